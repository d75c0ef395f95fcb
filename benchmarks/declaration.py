"""How long the live reading of a declaration takes, from the request to the answer, by the length of what is typed.

python -m benchmarks.declaration [--json] [--times N]

Needs COGNOSCOPE_DATASETS (the public database of medicines and CTCAE are loaded into an installation made for it). The
text is made of the
invented declarations that ship with the application, one after the other, cut at each length; each time another one
begins.
"""

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from starlette.testclient import TestClient

from cognoscope.apps.pharmacy.reactions import APPLICATION
from cognoscope.core.actor import Role, program
from cognoscope.core.database import migrate
from cognoscope.core.home import Home
from cognoscope.datasets.registry import datasets_folder
from cognoscope.intake import keys
from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.knowledge.ctcae import CTCAE
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.web.app import create_app

LENGTHS = (300, 1_500, 10_000)
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
PASSWORD = "un cheval de course bleu"


def main() -> int:
    """Print p50 and p95 in milliseconds for each length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--times", type=int, default=60)
    asked = parser.parse_args()
    data = datasets_folder()
    if data is None:
        print("COGNOSCOPE_DATASETS names no folder: the medicines and terms are read from there.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        client, token, first = _client(Path(folder), data)
        figures: dict[str, float] = {"first_ms": round(first, 1)}
        for length in LENGTHS:
            took = sorted(_milliseconds(client, token, text) for text in _texts(length, asked.times))
            figures[f"p50_{length}"] = round(statistics.median(took), 1)
            figures[f"p95_{length}"] = round(took[min(len(took) - 1, int(0.95 * len(took)))], 1)
    if asked.json:
        print(json.dumps({"benchmark": "declaration", "times": asked.times, **figures}))
    else:
        for name, value in figures.items():
            print(f"{name:12} {value:8.1f} ms")
    return 0


def _client(folder: Path, data: Path) -> tuple[TestClient, str, float]:
    """A signed-in patient, a token of the session, and how long the first reading took (tables are read once a
    process).
    """
    home = Home(folder)
    migrate(home.ledger_url)
    migrate(home.access_url, "access")
    keys.create(home)
    knowledge = open_knowledge(home)
    edition = sorted((data / "drugs" / "bdpm").iterdir())
    newest = [each for each in edition if each.is_dir()][-1]
    knowledge.keep(BDPM, BDPM.load(newest), AT)
    knowledge.keep(CTCAE, CTCAE.load(data / CTCAE.reference), AT)
    app = create_app(home, (APPLICATION,), lambda: AT)
    services = app.state.services
    services.accounts.create("ana", "Ana", (Role.PATIENT,), program("benchmark"), AT, password=PASSWORD)
    services.accounts.set_password("ana", PASSWORD, program("benchmark"), AT, must_change=False)
    client = TestClient(app, follow_redirects=False)
    client.post("/sign-in", data={"account": "ana", "password": PASSWORD, "csrf_token": _token(client, "/sign-in")})
    token = _token(client, "/declare")
    return client, token, _milliseconds(client, token, "J'ai pris du tramadol et j'ai la tête qui tourne.")


def _token(client: TestClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None, path
    return found[1]


def _milliseconds(client: TestClient, token: str, text: str) -> float:
    started = time.perf_counter()
    answer = client.post("/declare/reading", data={"csrf_token": token, "text": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return 1000 * (time.perf_counter() - started)


def _texts(length: int, times: int) -> list[str]:
    lines = files("cognoscope.apps.pharmacy.reactions").joinpath("vignettes.jsonl").read_text(encoding="utf-8")
    texts = [json.loads(line)["text"] for line in lines.splitlines()]
    made = []
    for number in range(times):
        turned = texts[number % len(texts) :] + texts[: number % len(texts)]
        joined = "\n".join(turned * (1 + length // len("\n".join(texts))))
        made.append(joined[:length])
    return made


if __name__ == "__main__":
    raise SystemExit(main())
