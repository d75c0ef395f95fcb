"""Run by the interpreter that has HealthChain (Apache-2.0), an SDK of other people, with PyJWT and fhir.resources.

Their models build and check requests, answers and feedback, their client sends; ours are only the words and the keys.
Arguments: the address of the server, the file of the private key (PEM), its `kid`, the issuer. Prints one JSON object.
"""

import functools
import json
import sys
import time
import uuid
from pathlib import Path

import httpx
import jwt
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.medicationrequest import MedicationRequest
from fhir.resources.R4B.patient import Patient
from healthchain.models.hooks import OrderSignContext, PatientViewContext
from healthchain.models.requests.cdsrequest import CDSRequest
from healthchain.models.responses.cdsdiscovery import CDSServiceInformation
from healthchain.models.responses.cdsfeedback import CDSFeedback
from healthchain.models.responses.cdsresponse import Card
from healthchain.sandbox import sandboxclient

ADDRESS, KEY, KID, ISSUER = sys.argv[1], Path(sys.argv[2]).read_text(), sys.argv[3], sys.argv[4]


class Signed(httpx.Auth):
    """Signs each request with a token of its own, by PyJWT."""

    def auth_flow(self, request):
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": str(request.url), "iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
        token = jwt.encode(claims, KEY, algorithm="ES384", headers={"kid": KID})
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


def plain(resource):
    return json.loads(resource.model_dump_json())


def order(number, text, status="draft"):
    return MedicationRequest(
        id=number,
        status=status,
        intent="order",
        subject={"reference": "Patient/hc-1"},
        medicationCodeableConcept={"text": text},
    )


# Their client has no place for a header: its HTTP client is given the signature.
sandboxclient.httpx.Client = functools.partial(httpx.Client, auth=Signed())
web = httpx.Client(auth=Signed(), base_url=ADDRESS)

discovered = CDSServiceInformation(**web.get("/cds-services").raise_for_status().json())
services = {each.hook: each.id for each in discovered.services}
statins = [order("a", "Clarimyx", "active"), order("b", "Simvax", "active")]
present = Bundle(type="searchset", entry=[{"resource": each} for each in statins])
patient = Patient(id="hc-1", gender="female", birthDate="1950-01-01")
prefetch = {"patient": plain(patient), "medications": plain(present)}

# Opening the chart, by their client from end to end.
viewed = sandboxclient.SandboxClient(f"{ADDRESS}/cds-services/{services['patient-view']}", workflow="patient-view")
view = PatientViewContext(userId="Practitioner/hc", patientId="hc-1")
viewed.requests.append(CDSRequest(hook="patient-view", context=view, prefetch=prefetch))
(opened,) = viewed.send_requests()

# Signing: their models, sent without their client, which leaves out what a context has beyond user and patient.
drafts = Bundle(type="collection", entry=[{"resource": order("a", "Clarimyx")}, {"resource": order("b", "Simvax")}])
context = OrderSignContext(userId="Practitioner/hc", patientId="hc-1", encounterId="hc-stay", draftOrders=plain(drafts))
signing = CDSRequest(hook="order-sign", context=context, prefetch={"patient": plain(patient), "medications": None})
body = signing.model_dump(mode="json", exclude_unset=True, serialize_as_any=True)
body["hookInstance"] = str(uuid.uuid4())
signed = web.post(f"/cds-services/{services['order-sign']}", json=body).raise_for_status().json()

# Their Link demands `autoLaunchable`, which is not in CDS Hooks 2.0: links are checked with it added.
cards = [
    Card(**{**card, "links": [{**link, "autoLaunchable": None} for link in card.get("links", [])]})
    for answer in (opened, signed)
    for card in answer["cards"]
]
feedback = CDSFeedback(card=cards[-1].uuid, outcome="overridden", outcomeTimestamp="2026-11-21T09:00:10Z")
said = web.post(
    f"/cds-services/{services['order-sign']}/feedback",
    json={"feedback": [feedback.model_dump(exclude_none=True, mode="json")]},
)
print(
    json.dumps(
        {
            "hooks": sorted(each.hook for each in discovered.services),
            "indicators": [card.indicator.value for card in cards],
            "summaries": [card.summary for card in cards],
            "feedback": said.status_code,
        }
    )
)
