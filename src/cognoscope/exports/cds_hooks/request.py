"""Reading a call: its envelope and its hook's context, nothing else; what was not asked for is not looked at.

Specification: CDS Hooks 2.0, "Calling a CDS Service", and the contexts of the hooks patient-view 1.0, order-select 1.0
and order-sign 1.0. `fhirAuthorization` is not read: nothing is ever fetched from the client's server.
"""

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from cognoscope.exports.cds_hooks.refusals import bad_request
from cognoscope.exports.cds_hooks.services import Service

MOST_BYTES = 2 * 1024 * 1024
"""A prescription with its chart is 20 to 200 kB."""

Json = dict[str, Any]
_IDENTIFIER = re.compile(r"[A-Za-z0-9\-._|:/#%@+~=]{1,255}", re.ASCII)
_PRESCRIBERS = ("Practitioner", "PractitionerRole")


class _Envelope(msgspec.Struct):
    hook: str
    hookInstance: str  # noqa: N815 - the names are the specification's
    context: Json
    prefetch: Json | None = None


class _Context(msgspec.Struct, kw_only=True):
    userId: str  # noqa: N815
    patientId: str  # noqa: N815
    encounterId: str | None = None  # noqa: N815


class _Orders(_Context, kw_only=True):
    draftOrders: Json  # noqa: N815


class _Selection(_Context, kw_only=True):
    draftOrders: Json  # noqa: N815
    selections: list[str]


_CONTEXTS: dict[str, type[_Context]] = {"patient-view": _Context, "order-sign": _Orders, "order-select": _Selection}
_DECODER = msgspec.json.Decoder(_Envelope)


@dataclass(frozen=True)
class HookCall:
    """What was asked. `user`, `patient` and `encounter` are still the client's own identifiers: intake's
    pseudonymiser takes them, nobody else. `drafts` is the bundle of unsigned orders, `selected` the references of those
    just chosen.
    """

    hook: str
    instance: str
    user: str
    user_type: str
    patient: str
    encounter: str | None
    drafts: Json | None
    selected: tuple[str, ...]
    prefetch: Json

    @property
    def by_prescriber(self) -> bool:
        """Whether the user is a professional: a card is not for a patient's own eyes."""
        return self.user_type in ("", *_PRESCRIBERS)


def read_call(body: bytes, service: Service) -> HookCall:
    """The call in a request's body.

    Raises:
        Refused: 400, with what is wrong and where.
    """
    try:
        envelope = _DECODER.decode(body)
    except msgspec.ValidationError as error:
        raise bad_request(f"The body is not a CDS Hooks request: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request("The body is not JSON that can be read.") from error
    if envelope.hook != service.hook:
        raise bad_request(f"This service answers the hook {service.hook}: see /cds-services for the others.")
    if not envelope.hookInstance:
        raise bad_request("`hookInstance` is empty: each call needs one of its own.")
    try:
        context = msgspec.convert(envelope.context, _CONTEXTS[service.hook])
    except msgspec.ValidationError as error:
        raise bad_request(f"The context is not that of {service.hook}: {error}.") from error
    user_type, _, user = context.userId.rpartition("/")
    return HookCall(
        hook=service.hook,
        instance=envelope.hookInstance[:200],
        user=_identifier("userId", user),
        user_type=user_type.rpartition("/")[2],
        patient=_identifier("patientId", context.patientId.removeprefix("Patient/")),
        encounter=_identifier("encounterId", context.encounterId.removeprefix("Encounter/"))
        if context.encounterId
        else None,
        drafts=getattr(context, "draftOrders", None),
        selected=tuple(getattr(context, "selections", ())),
        prefetch=envelope.prefetch or {},
    )


def _identifier(name: str, text: str) -> str:
    if not _IDENTIFIER.fullmatch(text):
        raise bad_request(f"`context.{name}` is empty or not the identifier of a resource.")
    return text
