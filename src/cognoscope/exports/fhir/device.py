"""An application of the platform as a Device: name, version, digest of its model, what it is for."""

from cognoscope.core.application import Application
from cognoscope.exports.fhir.elements import OURS, Resource, concept, device_id, identifier


def device(application: Application) -> Resource:
    """The Device that authors this application's proposals."""
    card = application.card
    return {
        "resourceType": "Device",
        "id": device_id(application.name, card.version, application.model_digest),
        "identifier": [identifier("model", application.model_digest)],
        "status": "active",
        "manufacturer": "Cognoscope",
        "deviceName": [
            {"name": card.title.fr, "type": "user-friendly-name"},
            {"name": application.name, "type": "model-name"},
        ],
        "version": [{"value": card.version}],
        "type": concept(OURS + "application", application.name, card.title.fr),
        "note": [{"text": card.purpose.fr}],
    }
