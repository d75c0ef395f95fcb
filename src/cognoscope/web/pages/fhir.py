"""The FHIR interface behind our sign-in: proposals for those who may read them, the access log for its readers."""

from zoneinfo import ZoneInfo

from fastapi import Request

from cognoscope.exports.fhir_routes import Asker, Refusals, fhir_router
from cognoscope.exports.fhir_search import FhirSources
from cognoscope.exports.practitioners import practitioners
from cognoscope.web.permissions import Permission, may_read
from cognoscope.web.security import NotPermitted, PasswordChangeNeeded, SignInNeeded, require
from cognoscope.web.services import Services

_REFUSALS: Refusals = {
    SignInNeeded: (401, "login", "Sign in first."),
    PasswordChangeNeeded: (403, "forbidden", "Choose your own password on the pages first."),
    NotPermitted: (403, "forbidden", "Your role does not give access to this."),
}


def _sources(request: Request, asker: Asker) -> FhirSources:
    services: Services = request.app.state.services
    role = asker.actor.role
    readable = [each for each in services.applications if role is not None and may_read(role, each.card)]
    return FhirSources(
        ledger=services.ledger,
        access_log=services.access_log,
        applications=readable,
        pseudonym=practitioners(services.home),
        zone=ZoneInfo(services.settings.time_zone),
        hospital=services.settings.hospital,
        started=services.clock(),
    )


def _note(request: Request, asker: Asker, what: str, subjects: frozenset[str]) -> None:
    services: Services = request.app.state.services
    at = services.clock()
    services.access_log.record_many((asker.actor, what, subject, at) for subject in sorted(subjects or {""}))


router = fhir_router(require(Permission.READ_FHIR), require(Permission.READ_ACCESS_LOG), _sources, _note, _REFUSALS)
