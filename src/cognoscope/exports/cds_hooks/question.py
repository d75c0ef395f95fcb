"""A call becomes a question to the application: orders, and a patient under a pseudonym. Identities end here.

The person's and the stay's pseudonyms are those of the warehouse: what was ingested over FHIR and what is asked over
CDS Hooks are about the same subjects.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cognoscope.apps.pharmacy.interactions.case import Order, Patient
from cognoscope.exports.cds_hooks.chart import listed, patient_of, read_chart, was_sent
from cognoscope.exports.cds_hooks.fhir import resources, string
from cognoscope.exports.cds_hooks.masking import masker
from cognoscope.exports.cds_hooks.medications import Found, orders, references
from cognoscope.exports.cds_hooks.refusals import precondition_failed
from cognoscope.exports.cds_hooks.request import HookCall
from cognoscope.exports.cds_hooks.services import WANTED
from cognoscope.intake.pseudonyms import Pseudonymiser

MOST_ORDERS = 200


@dataclass(frozen=True)
class Question:
    """What the application is asked. `orders` is empty where there is nothing to look at; `unknown` are the keys
    that were not sent.
    """

    patient: Patient
    orders: tuple[Order, ...]
    unknown: tuple[str, ...]


def read_question(call: HookCall, pseudonymiser: Pseudonymiser, zone: ZoneInfo, as_of: datetime) -> Question:
    """The question in a call.

    Raises:
        Refused: 400 for resources of the wrong type or about somebody else; 412 where the present treatment was not
            sent and the prescription alone leaves nothing to compare.
    """
    subject = (
        f"stay:{pseudonymiser.key63('visit_occurrence', call.encounter)}"
        if call.encounter
        else f"person:{pseudonymiser.person(call.patient)}"
    )
    mask = masker(patient_of(call.prefetch, call.patient), call.patient)
    drafts = resources(call.drafts, "context.draftOrders", "MedicationRequest") if call.drafts is not None else []
    asked = [resource for _, resource in references(drafts)]
    chosen = _chosen(call, drafts)
    written = orders(
        drafts,
        call.patient,
        "context.draftOrders",
        zone,
        prefix="o",
        is_draft=lambda request: id(request) in chosen,
        mask=mask,
    )
    current = orders(
        listed(call.prefetch, "medications", "MedicationRequest"),
        call.patient,
        "prefetch.medications",
        zone,
        prefix="m",
        is_draft=lambda _: False,
        known=asked,
        mask=mask,
    )
    patient = read_chart(call.prefetch, subject, call.patient, as_of, zone, mask)
    if call.drafts is not None and not chosen:
        return Question(patient, (), ())
    unknown = tuple(key for key in WANTED if not was_sent(call.prefetch, key))
    if not was_sent(call.prefetch, "medications") and len(written) < 2:
        raise precondition_failed(
            "The present treatment is needed and was not sent: satisfy the prefetch key `medications` (null where the "
            "patient takes nothing). This service fetches nothing by itself."
        )
    if len(written) + len(current) > MOST_ORDERS:
        raise precondition_failed(f"More than {MOST_ORDERS} drugs for one patient: the list cannot be right.")
    return Question(patient, (*written, *current), unknown)


def _chosen(call: HookCall, drafts: Found) -> set[int]:
    """The requests to look at first, by identity of the object: those just selected, or all that are to be signed.

    Selections that are in the bundle and are not drugs leave nothing to look at; selections that are not in the bundle
    at all are not followed, and every draft counts.
    """
    asked = list(references(drafts))
    if call.hook != "order-select":
        return {id(request) for _, request in asked}
    entries = {f"{one.get('resourceType')}/{string(one.get('id'))}" for _, one in drafts} | {url for url, _ in drafts}
    if not set(call.selected) & entries:
        return {id(request) for _, request in asked}
    return {id(request) for name, request in asked if name in call.selected}
