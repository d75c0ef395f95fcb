"""What the pages show, to whom, and that each look is written down."""

import html
import json
import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from tests.web.pages.conftest import Enter
from tests.web.pages.test_decide import decide
from tests.web.pages.ward import RUNNER, SIGNER, THURSDAY, propose
from tests.web.people import START, Clock, post, token

from cognoscope.core.actor import Role
from cognoscope.core.application import Application
from cognoscope.core.events import OutcomeKnown, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state, states
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.web.app import create_app
from cognoscope.web.services import Services


def plain(page: str) -> str:
    """The words of a page, white space made one."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def test_the_inbox_shows_what_waits_most_urgent_first(
    bed_manager: TestClient, proposals: dict[str, Proposal], services: Services
) -> None:
    page = bed_manager.get("/").text
    assert [page.index(proposals[name].digest) for name in ("daily", "beds", "silent")] == sorted(
        page.index(proposals[name].digest) for name in ("daily", "beds", "silent")
    )
    words = plain(page)
    assert "3 propositions attendent, les plus urgentes d'abord." in words
    assert "entre 182 et 214, 8 fois sur 10" in words
    assert "il y a 2 heures" in words
    assert "S'abstient : Historique trop court." in words
    assert [look.what for look in services.access_log.entries(actor="lea")] == ["inbox"]


def test_the_inbox_filters_by_application_and_unit(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger, ward: Application
) -> None:
    propose(ledger_of, ward, START, unit="Sud")
    assert "6 propositions" in bed_manager.get("/").text
    south = bed_manager.get("/?subject=unit:Sud").text
    assert "3 propositions" in south
    assert proposals["daily"].digest not in south
    nothing = bed_manager.get("/?application=other").text
    assert "Rien n'attend avec ce filtre" in nothing


def test_nothing_waiting_is_a_good_screen(person: Enter, clock: Clock) -> None:
    clock.forward(days=10)
    assert "Tout ce qui demandait votre avis" in person("lea", Role.BED_MANAGER).get("/").text


def test_the_inbox_of_another_role_is_empty_or_closed(person: Enter, proposals: dict[str, Proposal]) -> None:
    assert proposals["daily"].digest not in person("phil", Role.PHARMACIST).get("/").text
    assert person("admin", Role.ADMINISTRATOR).get("/").status_code == 403


def test_drivers_add_up_as_they_are_read(bed_manager: TestClient, proposals: dict[str, Proposal]) -> None:
    page = bed_manager.get(f"/proposals/{proposals['daily'].digest}").text
    table = page[page.index('class="table table-sm cg-figures cg-drivers') :]
    rows = re.findall(r"<tr><th scope=\"row\".*?</tr>", table[: table.index("</table>")], re.S)
    assert len(rows) == 7
    for row in rows:
        cells = [int(cell.replace("−", "-")) for cell in re.findall(r'<td class="text-end[^"]*">([−+\d]+)</td>', row)]
        assert sum(cells[:-1]) == cells[-1]


def test_the_chart_has_its_data_its_sentence_and_its_table(
    bed_manager: TestClient, proposals: dict[str, Proposal]
) -> None:
    page = bed_manager.get(f"/proposals/{proposals['daily'].digest}").text
    found = re.search(r'<script type="application/json" id="chart-data">(.*?)</script>', page, re.S)
    assert found
    data = json.loads(found.group(1))
    assert data["now"] == "2026-11-21"
    assert len(data["history"]) == 35
    assert data["history"][-1][2] == 59
    assert [point["key"] for point in data["points"]][5] == THURSDAY
    assert [band[0] for band in data["points"][0]["bands"]] == [0.95, 0.8, 0.5]
    assert "Les mêmes nombres en tableau" in page


def test_what_a_case_holds_is_escaped(bed_manager: TestClient, proposals: dict[str, Proposal]) -> None:
    for question in ("daily", "beds"):
        page = bed_manager.get(f"/proposals/{proposals[question].digest}").text
        assert "<b>&" not in page
        assert "<i>12B" not in page
    assert "Nord &lt;b&gt;&amp;" in page


def test_rows_behind_the_evidence_are_shown_and_marked(bed_manager: TestClient, proposals: dict[str, Proposal]) -> None:
    daily = proposals["daily"]
    page = bed_manager.get(f"/proposals/{daily.digest}").text
    assert f"/proposals/{daily.digest}/rows/daily?row=59#row-59" in page
    rows = bed_manager.get(f"/proposals/{daily.digest}/rows/daily?row=59").text
    assert 'id="row-59" tabindex="-1" class="cg-marked"' in rows
    assert "20/11/2026" in rows
    assert bed_manager.get(f"/proposals/{daily.digest}/rows/daily?row=60").status_code == 404
    assert bed_manager.get(f"/proposals/{daily.digest}/rows/nothing").status_code == 404


def test_outcomes_say_who_was_closer(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger, clock: Clock
) -> None:
    daily = proposals["daily"]
    decide(bed_manager, daily, f"amend|{THURSDAY}|", **{f"amended:{THURSDAY}": "215"})
    known = Outcome(
        application=daily.application,
        subject=daily.subject,
        measure="arrivals",
        element=THURSDAY,
        value=214.0,
        known_at=clock.at,
        source="comptage",
    )
    ledger_of.append(OutcomeKnown(outcome=known), RUNNER, clock.at)
    words = plain(bed_manager.get(f"/proposals/{daily.digest}").text)
    assert "Réel : 214 , la personne était plus près" in words
    assert "La personne était plus près 1" in words
    timeline = plain(bed_manager.get(f"/subjects/{daily.subject}").text)
    assert "Résultats connus (passages)" in timeline
    assert "jeu. 26 nov. : 214" in timeline
    assert "Corrigée" in timeline


def test_every_look_is_written_down(
    bed_manager: TestClient, proposals: dict[str, Proposal], services: Services
) -> None:
    digest = proposals["daily"].digest
    for path in (
        f"/proposals/{digest}",
        f"/proposals/{digest}/rows/daily",
        "/applications",
        "/applications/ward.test",
        "/subjects/unit:Nord",
        "/ledger",
        "/ledger/1",
    ):
        assert bed_manager.get(path).status_code == 200, path
    looks = [look.what for look in services.access_log.entries(actor="lea")]
    assert looks == ["proposal", "case_rows", "applications", "application", "timeline", "ledger", "ledger-entry"]


def test_shadow_proposals_are_seen_by_nobody(
    bed_manager: TestClient, ledger_of: Ledger, ward: Application, clock: Clock
) -> None:
    change_state(ledger_of, "ward.test", "shadow", SIGNER, "à revoir", clock.at)
    hidden = propose(ledger_of, ward, START + timedelta(hours=1))["daily"]
    assert bed_manager.get(f"/proposals/{hidden.digest}").status_code == 404
    assert hidden.digest not in bed_manager.get("/").text
    assert hidden.digest not in bed_manager.get("/subjects/unit:Nord").text
    assert hidden.digest not in bed_manager.get("/ledger").text


def test_an_erased_case_leaves_a_page_without_its_history(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger, clock: Clock
) -> None:
    daily = proposals["daily"]
    assert bed_manager.get(f"/proposals/{daily.digest}").status_code == 200
    ledger_of.erase_case(daily.case_digest, SIGNER, clock.at, "demande")
    page = bed_manager.get(f"/proposals/{daily.digest}")
    assert page.status_code == 200
    assert '"history": []' in page.text
    assert bed_manager.get(f"/proposals/{daily.digest}/rows/daily").status_code == 404


def test_english_pages_speak_english(bed_manager: TestClient, proposals: dict[str, Proposal]) -> None:
    page = plain(bed_manager.get(f"/proposals/{proposals['daily'].digest}?lang=en").text)
    assert "EN Passages" in page
    assert "Computed 2 hours ago" in page
    assert "Thursday 26 November" in page
    assert "Votre décision" not in page


def test_promotion_needs_a_permission_and_a_reason(person: Enter, ledger_of: Ledger, ward: Application) -> None:
    clinician, director = person("lea", Role.BED_MANAGER), person("dir", Role.MANAGER)
    path = "/applications/ward.test/state"
    assert post(clinician, path, after="shadow", reason="x").status_code == 403
    assert post(director, path, after="suspended", reason="  ").status_code == 422
    assert post(clinician, path, after="suspended", reason="Erreur de 40 % hier").status_code == 303
    assert states(ledger_of, [ward])["ward.test"] == "suspended"
    page = director.get("/applications/ward.test").text
    assert "Signé lea" in page
    assert "Erreur de 40 % hier" in page
    assert post(director, path, after="advisory", reason="raccourci").status_code == 409
    assert post(director, path, after="shadow", reason="corrigée").status_code == 303


def test_unknown_things_are_not_found(bed_manager: TestClient) -> None:
    for path in ("/proposals/" + "0" * 64, "/applications/none", "/ledger/999999"):
        assert bed_manager.get(path).status_code == 404
    assert bed_manager.get("/proposals/zzz").status_code == 422


def test_each_reader_of_a_kept_page_finds_their_own_name_and_token(
    person: Enter, proposals: dict[str, Proposal]
) -> None:
    path = f"/proposals/{proposals['daily'].digest}"
    first, second = person("lea", Role.BED_MANAGER), person("sam", Role.BED_MANAGER)
    pages = [client.get(path).text for client in (first, second, first)]
    assert ["Lea" in page for page in pages] == [True, False, True]
    assert ["Sam" in page for page in pages] == [False, True, False]
    assert len({token(page) for page in pages}) == 3
    for client, page in zip((first, second), pages, strict=False):
        shown = re.search(r'name="shown" value="([^"]+)"', page)
        assert shown
        data = {"csrf_token": token(page), "shown": shown.group(1), "choice": "defer||"}
        assert client.post(f"{path}/reviews", data=data).status_code == 303


def test_a_decision_is_on_the_next_page_of_everybody_in_every_worker(
    home: Home, ward: Application, clock: Clock, person: Enter, proposals: dict[str, Proposal], ledger_of: Ledger
) -> None:
    path = f"/proposals/{proposals['daily'].digest}"
    lea = person("lea", Role.BED_MANAGER)
    other = create_app(home, (ward,), clock)
    try:
        with TestClient(other, cookies=lea.cookies) as elsewhere:
            assert ["Personne n'a encore décidé" in client.get(path).text for client in (lea, elsewhere)] == [True] * 2
            review = Review(
                proposal=proposals["daily"].digest, verdict="accept", shown_at=clock.at, decided_at=clock.at
            )
            ledger_of.append(ReviewGiven(review=review), SIGNER, clock.at)
            assert ["Acceptée" in client.get(path).text for client in (lea, elsewhere)] == [True] * 2
            assert [path in client.get("/").text for client in (lea, elsewhere)] == [False] * 2
    finally:
        other.state.services.close()


def test_signing_out_ends_the_session_of_a_kept_page(bed_manager: TestClient, proposals: dict[str, Proposal]) -> None:
    path = f"/proposals/{proposals['daily'].digest}"
    cookies = dict(bed_manager.cookies)
    assert bed_manager.get(path).status_code == 200
    assert post(bed_manager, "/sign-out").status_code == 303
    bed_manager.cookies.clear()
    bed_manager.cookies.update(cookies)
    assert bed_manager.get(path).status_code == 303


@pytest.mark.parametrize("role", [Role.COLLEGE_MEMBER, Role.DATA_PROTECTION_OFFICER])
def test_those_whom_the_card_names_as_readers_read_and_do_not_decide(
    person: Enter, proposals: dict[str, Proposal], ledger_of: Ledger, role: Role
) -> None:
    reader, path = person("noor", role), f"/proposals/{proposals['daily'].digest}"
    assert path in reader.get("/applications/ward.test").text
    page = reader.get(path)
    assert page.status_code == 200
    assert "votre rôle n'en décide pas" in page.text
    for address in set(re.findall(r'href="(/[^"#]*)"', page.text)) - {"/public"}:
        assert reader.get(address.replace("&amp;", "&")).status_code == 200, address
    data = {"csrf_token": token(page.text), "choice": "accept||", "shown": "x"}
    assert reader.post(f"{path}/reviews", data=data).status_code == 403
    assert ledger_of.entries(event="ReviewGiven") == []


def test_a_role_that_the_card_does_not_name_finds_no_link_to_its_proposals(
    person: Enter, proposals: dict[str, Proposal]
) -> None:
    page = person("root", Role.ADMINISTRATOR).get("/applications/ward.test")
    assert page.status_code == 200
    assert "/proposals/" not in page.text
    assert "/subjects/" not in page.text
