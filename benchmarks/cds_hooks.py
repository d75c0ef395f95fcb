"""Calls of CDS Hooks by fifty prescribers at once, each with fifteen drugs, on the real server and the real ledger.

python -m benchmarks.cds_hooks [--json] [--users 50] [--seconds 20] [--drugs 15] [--workers 2]

Every call is another patient: fifteen French brands drawn at random of the public database, three of them being signed
and twelve taken already, with a chart of age, renal function, potassium, allergies and antecedents. Nothing can be
answered from what was kept of an earlier call; each is signed with a token of its own, runs the application, and is
durable in the ledger before it is answered. Twice: with a second's pause between a prescriber's calls (0.5 to 1.5 s),
then without any. Server and load share the machine's cores. Needs COGNOSCOPE_DATASETS (public database of medicines,
ANSM thesaurus); tokens and calls are made beforehand.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.web import serving
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from cognoscope.apps.pharmacy.interactions.app import APPLICATION
from cognoscope.cli.installation import install
from cognoscope.core.actor import Role, person, program
from cognoscope.core.events import KnowledgeLoaded
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.datasets.registry import datasets_folder
from cognoscope.intake.knowledge.ansm import ANSM
from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.knowledge.stopp_start import STOPP_START
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.intake.medicines import open_medicines
from cognoscope.web.machine_clients import MachineClients

RUNNER = program("benchmark")
ISSUER = "https://prescriptions.benchmark.example/"
SERVICE = "cognoscope-order-sign"
WARM_UP_SECONDS = 5.0
WARM_UP_CALLS = 120
SEED = 20261121
CIS = "http://data.esante.gouv.fr/ansm/medicament/CIS"
LOINC = "http://loinc.org"


def fill(home: Home, key: ECKey, at: datetime) -> list[tuple[str, str]]:
    """An installation with the knowledge, the client, and the application in service; codes and labels of its drugs."""
    install(home, {"hospital": "Benchmark"})
    folder, knowledge = datasets_folder(), open_knowledge(home)
    if folder is None:
        raise SystemExit("COGNOSCOPE_DATASETS must name the folder of the reference data.")
    jwks = home.path / "client.json"
    jwks.write_text(json.dumps(KeySet([key]).as_dict(private=False)))
    with Ledger.open(home.ledger_url) as ledger:
        for source in (BDPM, ANSM, STOPP_START):
            kept = knowledge.keep(source, source.load(folder / source.reference), at)
            loaded = KnowledgeLoaded(name=kept.name, edition=kept.edition, content=kept.content, rows=1)
            ledger.append(loaded, RUNNER, at)
        MachineClients(ledger).add("benchmark", ISSUER, jwks, RUNNER, at)
        for state in ("shadow", "advisory"):
            change_state(ledger, APPLICATION.name, state, person("pharmacist", Role.MANAGER), "Benchmark", at)
    products = [each.medicine for each in open_medicines(knowledge).products]
    return [(one.cis[0], one.label) for one in products if one.marketed and one.substances and not one.homeopathic]


def make_call(chance: random.Random, drugs: list[tuple[str, str]], number: int) -> bytes:
    """The body of one call: another patient, `number` drugs, one in four in words only."""
    patient = f"patient-{chance.getrandbits(48):012x}"

    def request(place: int, status: str) -> dict[str, Any]:
        code, label = chance.choice(drugs)
        coded = {"coding": [{"system": CIS, "code": code, "display": label}], "text": label}
        return {
            "resourceType": "MedicationRequest",
            "id": f"r{place}",
            "status": status,
            "intent": "order",
            "subject": {"reference": f"Patient/{patient}"},
            "authoredOn": "2026-11-20T08:00:00+01:00",
            "medicationCodeableConcept": coded if place % 4 else {"text": label},
            "dosageInstruction": [{"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "cp"}}]}],
        }

    def bundle(entries: list[dict[str, Any]]) -> dict[str, Any]:
        return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in entries]}

    def result(code: str, value: float, unit: str) -> dict[str, Any]:
        return {
            "resourceType": "Observation",
            "status": "final",
            "subject": {"reference": f"Patient/{patient}"},
            "code": {"coding": [{"system": LOINC, "code": code}]},
            "effectiveDateTime": "2026-11-20T07:00:00+01:00",
            "valueQuantity": {"value": value, "unit": unit},
        }

    drafts = min(3, number)
    body = {
        "hook": "order-sign",
        "hookInstance": str(uuid.UUID(int=chance.getrandbits(128))),
        "context": {
            "userId": f"Practitioner/{chance.randrange(50)}",
            "patientId": patient,
            "encounterId": f"stay-{chance.getrandbits(48):012x}",
            "draftOrders": bundle([request(place, "draft") for place in range(drafts)]),
        },
        "prefetch": {
            "patient": {
                "resourceType": "Patient",
                "id": patient,
                "gender": chance.choice(["male", "female"]),
                "birthDate": f"{chance.randrange(1930, 2005)}-05-03",
                "name": [{"family": "Invente", "given": ["Patient"]}],
            },
            "medications": bundle([request(place, "active") for place in range(drafts, number)]),
            "allergies": bundle(
                [
                    {
                        "resourceType": "AllergyIntolerance",
                        "patient": {"reference": f"Patient/{patient}"},
                        "code": {"text": "Pénicillines"},
                    }
                ]
            ),
            "conditions": bundle(
                [
                    {
                        "resourceType": "Condition",
                        "subject": {"reference": f"Patient/{patient}"},
                        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": code}]},
                    }
                    for code in ("I50.9", "N18.3")
                ]
            ),
            "observations": bundle(
                [
                    result("62238-1", chance.randrange(15, 110), "mL/min/{1.73_m2}"),
                    result("2823-3", round(chance.uniform(3, 6), 1), "mmol/L"),
                    result("14682-9", chance.randrange(50, 300), "umol/L"),
                ]
            ),
        },
    }
    return json.dumps(body, ensure_ascii=False).encode()


def make_calls(url: str, key: ECKey, drugs: list[tuple[str, str]], number: int, count: int, seed: int) -> list[bytes]:
    """Whole requests, ready to be written to a socket: what a client does is not what is measured."""
    chance = random.Random(seed)
    parts, now = urlsplit(url), int(time.time())
    made = []
    for _ in range(count):
        body = make_call(chance, drugs, number)
        claims = {"iss": ISSUER, "aud": url, "iat": now, "exp": now + 1800, "jti": f"{seed}-{chance.getrandbits(96):x}"}
        signed = jwt.encode({"alg": "ES384", "kid": key.kid, "typ": "JWT"}, claims, key, algorithms=["ES384"])
        head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {signed}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


async def ask(address: str, calls: Iterator[bytes]) -> float:
    """Seconds that one call takes on a connection of its own."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    start = time.perf_counter()
    writer.write(next(calls))
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = re.search(r"(?im)^content-length: (\d+)", head)
    await reader.readexactly(int(length.group(1)) if length else 0)
    writer.close()
    return time.perf_counter() - start


async def warm(address: str, calls: Iterator[bytes]) -> None:
    """Call until every worker has read its knowledge: a dozen quick answers in a row."""
    quick = 0
    for _ in range(WARM_UP_CALLS):
        quick = quick + 1 if await ask(address, calls) < 1 else 0
        if quick == 12:
            return
    raise SystemExit("the server did not get warm")


async def drive(address: str, calls: list[bytes], users: int, seconds: float, think: float) -> dict[str, Any]:
    """Let the prescribers call; times in milliseconds, counted after a warm-up."""
    parts = urlsplit(address)
    next_call = iter(calls)
    await warm(address, next_call)
    begin = time.perf_counter() + WARM_UP_SECONDS
    end = begin + seconds
    taken: list[float] = []
    errors, cards = 0, 0

    async def prescribe(number: int) -> None:
        nonlocal errors, cards
        chance = random.Random(number)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        await asyncio.sleep(chance.random() * max(think, 0.1))
        while time.perf_counter() < end:
            call = next(next_call, None)
            if call is None:
                break
            start = time.perf_counter()
            writer.write(call)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = re.search(r"(?im)^content-length: (\d+)", head)
            content = await reader.readexactly(int(length.group(1)) if length else 0)
            if start >= begin:
                taken.append(1000 * (time.perf_counter() - start))
                errors += head.split(" ", 2)[1] != "200"
                cards += content.count(b'"uuid"') // 2
            await asyncio.sleep(think * (0.5 + chance.random()))
        writer.close()

    await asyncio.gather(*(prescribe(number) for number in range(users)))
    taken.sort()
    ended = min(time.perf_counter(), end)
    return {
        "pause_s": think,
        "calls": len(taken),
        "errors": errors,
        "cards": cards,
        "calls_per_s": round(len(taken) / (ended - begin), 1),
        **{
            f"p{share}_ms": round(taken[min(int(len(taken) * share / 100), len(taken) - 1)], 1)
            for share in (50, 95, 99)
        },
    }


def main() -> None:
    """Fill, serve, drive, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--drugs", type=int, default=15)
    parser.add_argument("--most", type=int, default=500, help="calls a second prepared for the run without pause")
    parser.add_argument("--drive", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.drive:
        job = json.loads(Path(given.drive).read_text())
        key = ECKey.import_key(job["key"])
        url = f"{job['address']}/cds-services/{SERVICE}"
        calls = make_calls(url, key, [tuple(one) for one in job["drugs"]], given.drugs, job["count"], job["seed"])
        print(json.dumps(asyncio.run(drive(job["address"], calls, given.users, given.seconds, job["think"]))))
        return
    at = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        key = ECKey.generate_key("P-384", {"kid": "benchmark"})
        started = time.perf_counter()
        drugs = fill(home, key, at)
        filled = time.perf_counter() - started
        runs = []
        with serving(home, given.workers) as address:
            for think in (1.0, 0.0):
                whole = WARM_UP_SECONDS + given.seconds
                count = WARM_UP_CALLS + int(whole * (given.users * 1.2 if think else given.most))
                job = {"address": address, "key": key.as_dict(private=True), "drugs": drugs, "count": count}
                path = Path(folder) / "job.json"
                path.write_text(json.dumps({**job, "think": think, "seed": SEED + int(think * 7)}))
                done = subprocess.run(
                    [
                        *(sys.executable, "-m", "benchmarks.cds_hooks", "--drive", str(path)),
                        *("--users", str(given.users), "--seconds", str(given.seconds), "--drugs", str(given.drugs)),
                    ],
                    stdout=subprocess.PIPE,
                    text=True,
                    check=True,
                )
                runs.append(json.loads(done.stdout))
        with Ledger.open(home.ledger_url) as ledger:
            verified = ledger.verify()
            entries = ledger.head().seq
    result = {
        "benchmark": "cds_hooks",
        "date": at.date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "users": given.users,
        "drugs": given.drugs,
        "workers": given.workers,
        "fill_s": round(filled, 1),
        "ledger_entries": entries,
        "ledger_verified": verified.intact,
        "with_pause": runs[0],
        "without_pause": runs[1],
    }
    print(json.dumps(result, indent=None if given.json else 2))


if __name__ == "__main__":
    main()
