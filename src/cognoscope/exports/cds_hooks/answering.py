"""Answering a call: the application is run and recorded, and what it shows becomes cards; often there are none.

Specification: CDS Hooks 2.0, "CDS Service Response". `systemActions` are never sent: nothing is done without a person.
"""

from typing import Any

from cognoscope.apps.pharmacy.interactions.case import build_case
from cognoscope.core.lifecycle import state_of
from cognoscope.core.proposal import Proposal
from cognoscope.core.running import run
from cognoscope.core.transaction import Transaction
from cognoscope.exports.cds_hooks.calling import Circumstances
from cognoscope.exports.cds_hooks.cards import Reading, cards_of
from cognoscope.exports.cds_hooks.issued import Issued, card_uuid, keep, shown_to
from cognoscope.exports.cds_hooks.question import read_question
from cognoscope.exports.cds_hooks.request import read_call
from cognoscope.exports.cds_hooks.services import APPLICATION, Service

Json = dict[str, Any]
RUNNING = ("shadow", "advisory")


def answer(body: bytes, service: Service, around: Circumstances) -> Json:
    """The answer to a call of a service.

    In the state `shadow` the application runs, is recorded and shows nothing; in `draft` and `suspended` it does not
    run.

    Raises:
        Refused: the call cannot be answered; nothing was recorded.
        NotAllowed: its token was used before.
    """
    installation = around.installation
    call = read_call(body, service)
    question = read_question(call, installation.pseudonymiser, installation.zone, around.at)
    application = installation.applications.get(APPLICATION)
    with installation.ledger.engine.connect() as connection:
        state = "draft" if application is None else state_of(connection, APPLICATION)
    if application is None or state not in RUNNING or not question.orders or not call.by_prescriber:
        installation.ledger.write(around.caller.use)
        return {"cards": []}
    shown = shown_to(installation.ledger, question.patient.subject, around.caller.name, call.instance)
    case = build_case(question.patient, question.orders, installation.knowledge, around.at, shown=shown)
    reading = Reading(service.hook, question, around.language, around.base, application.card)
    made: list[Json] = []

    def beside(transaction: Transaction, proposals: list[Proposal]) -> None:
        around.caller.use(transaction)
        made.clear()
        if state == "advisory":
            issued = []
            for proposal in proposals:
                for element, card in cards_of(proposal, case, reading):
                    identifier = card_uuid(around.caller.name, call.instance, proposal.digest, element)
                    made.append(card(identifier))
                    issued.append(
                        Issued(
                            uuid=identifier,
                            client=around.caller.name,
                            service=service.id,
                            proposal=proposal.digest,
                            element=element,
                            reader=around.reader(call.user),
                            shown_at=around.at,
                        )
                    )
            keep(transaction, issued)

    run(application, case, installation.ledger, around.caller.actor, around.at, beside)
    return {"cards": made}
