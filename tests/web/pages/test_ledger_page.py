"""The ledger explorer: searching, what is reserved, verifying, replaying, exporting."""

import json
import re

import pytest
from starlette.testclient import TestClient
from tests.web.pages.conftest import Enter
from tests.web.pages.test_decide import decide
from tests.web.people import post, token

from cognoscope.core.actor import Role
from cognoscope.core.events import EVENT, ExtractExported
from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.web.ledger_lines import EVENTS


@pytest.fixture
def officer(person: Enter) -> TestClient:
    return person("noor", Role.DATA_PROTECTION_OFFICER)


def rows(page: str) -> list[str]:
    return re.findall(r"<tr><td class=\"text-end num\">.*?</tr>", page, re.S)


def test_every_event_has_its_words() -> None:
    schema = json.dumps(EVENT.json_schema())
    names = set(re.findall(r'"const": "([A-Z][A-Za-z]+)", "default": "\1"', schema))
    assert set(EVENTS) == names


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("event=ProposalMade", 3),
        ("event=ProposalMade&application=ward.test", 3),
        ("application=other.app", 0),
        ("event=StateChanged&actor=directrice", 2),
        ("subject=unit:Nord&event=CaseOpened", 1),
        ("event=StateChanged&since=2026-11-01", 0),
        ("event=StateChanged&until=2026-10-22", 2),
        ("event=StateChanged&until=nonsense", 2),
    ],
)
def test_searching(officer: TestClient, query: str, count: int) -> None:
    assert len(rows(officer.get(f"/ledger?{query}").text)) == count


def test_pages_follow_one_another_by_number(
    officer: TestClient, ledger_of: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cognoscope.web.pages.ledger.PAGE", 2)
    first = officer.get("/ledger").text
    head = ledger_of.head().seq
    assert [f"/ledger/{head}", f"/ledger/{head - 1}"] == re.findall(r'href="(/ledger/\d+)" data-row', first)
    older = re.search(r'href="(/ledger\?[^"]*before=\d+)"', first)
    assert older
    second = officer.get(older.group(1).replace("&amp;", "&")).text
    assert [f"/ledger/{head - 2}", f"/ledger/{head - 3}"] == re.findall(r'href="(/ledger/\d+)" data-row', second)


def test_accounts_are_for_those_who_answer_for_the_whole(
    officer: TestClient, bed_manager: TestClient, ledger_of: Ledger
) -> None:
    entry = ledger_of.entries(event="AccountChanged")[0]
    assert "noor" in officer.get(f"/ledger/{entry.seq}").text
    reserved = bed_manager.get(f"/ledger/{entry.seq}").text
    assert "contenu réservé" in reserved
    assert "roles_set" not in reserved
    assert "created" not in reserved


def test_verifying_says_how_many_hold(officer: TestClient, bed_manager: TestClient, ledger_of: Ledger) -> None:
    answer = post(officer, "/ledger/verify")
    assert f"La chaîne tient : {ledger_of.head().seq} entrées" in answer.text
    assert post(bed_manager, "/ledger/verify").status_code == 403


def test_replaying_gives_the_same_bytes(officer: TestClient, person: Enter, proposals: dict[str, Proposal]) -> None:
    digest = proposals["daily"].digest
    assert "identique, octet pour octet" in post(officer, f"/ledger/replay/{digest}").text
    assert "identique, octet pour octet" in post(person("lea", Role.CLINICIAN), f"/ledger/replay/{digest}").text
    assert post(person("phil", Role.PHARMACIST), f"/ledger/replay/{digest}").status_code == 403


def test_an_export_needs_a_reason_and_is_itself_recorded(
    officer: TestClient, bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger
) -> None:
    decide(bed_manager, proposals["daily"], "accept||")
    assert post(bed_manager, "/ledger/export", purpose="curiosité").status_code == 403
    assert post(officer, "/ledger/export", purpose=" ").status_code == 303
    assert ledger_of.entries(event="ExtractExported") == []
    before = ledger_of.head()
    answer = post(officer, "/ledger/export", purpose="contrôle annuel")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert (len(lines), lines[-1]["hash"]) == (before.seq, before.hash)
    assert answer.headers["content-disposition"] == 'attachment; filename="cognoscope-ledger-2026-11-21.jsonl"'
    (entry,) = ledger_of.entries(event="ExtractExported")
    assert isinstance(entry.event, ExtractExported)
    assert (entry.event.rows, entry.event.purpose, entry.actor.id) == (before.seq, "contrôle annuel", "noor")


def test_a_form_without_our_token_verifies_nothing(officer: TestClient) -> None:
    assert officer.post("/ledger/verify").status_code == 403
    assert token(officer.get("/ledger").text)
