"""Deciding on a proposal: what is recorded, by whom, when it was shown, and what is refused."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from tests.web.pages.conftest import Enter
from tests.web.pages.ward import THURSDAY, application, propose
from tests.web.people import START, Clock, token

from cognoscope.core.actor import Role
from cognoscope.core.application import Application
from cognoscope.core.events import ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.core.queries import Reviewed, reviews


def shown_token(page: str) -> str:
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def decide(client: TestClient, proposal: Proposal, choice: str, headers: dict[str, str] | None = None, **fields: str):  # type: ignore[no-untyped-def]
    page = client.get(f"/proposals/{proposal.digest}").text
    data = {"csrf_token": token(page), "shown": shown_token(page), "choice": choice, **fields}
    return client.post(f"/proposals/{proposal.digest}/reviews", data=data, headers=headers)


def made(ledger: Ledger, proposal: Proposal) -> list[Reviewed]:
    return reviews(ledger, proposal.digest)


def test_one_click_sets_thursday_aside(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger, clock: Clock
) -> None:
    daily = proposals["daily"]
    page = bed_manager.get(f"/proposals/{daily.digest}").text
    assert f'value="overrule|{THURSDAY}|experience"' in page
    shown_at = clock.at
    clock.forward(minutes=3)
    data = {"csrf_token": token(page), "shown": shown_token(page), "choice": f"overrule|{THURSDAY}|experience"}
    answer = bed_manager.post(f"/proposals/{daily.digest}/reviews", data=data)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/proposals/{daily.digest}")
    (given,) = made(ledger_of, daily)
    review = given.review
    assert (given.actor.id, given.actor.role) == ("lea", Role.BED_MANAGER)
    assert (review.element, review.verdict, review.reason) == (THURSDAY, "overrule", "experience")
    assert (review.shown_at, review.decided_at) == (shown_at, clock.at)
    after = bed_manager.get(f"/proposals/{daily.digest}").text
    assert "Écartée" in after
    assert "jeudi 26 novembre. Enregistré au registre" in after


def test_htmx_gets_the_proposal_and_a_sentence_for_the_live_region(
    bed_manager: TestClient, proposals: dict[str, Proposal]
) -> None:
    answer = decide(bed_manager, proposals["daily"], "accept||", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.text.count('id="proposal"') == 1
    assert "<html" not in answer.text
    assert '<hx-partial hx-target="#said"' in answer.text
    assert "Acceptée : toute la proposition" in answer.text


def test_a_corrected_number_may_have_a_comma(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger
) -> None:
    decide(bed_manager, proposals["daily"], f"amend|{THURSDAY}|", **{f"amended:{THURSDAY}": "207,5"}, comment=" match ")
    (given,) = made(ledger_of, proposals["daily"])
    assert (given.review.amended, given.review.comment) == (207.5, "match")


def test_correcting_all_days_records_only_what_was_changed(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger
) -> None:
    daily = proposals["daily"]
    page = bed_manager.get(f"/proposals/{daily.digest}").text
    fields = dict(re.findall(r'name="(all:[^"]+)" value="([^"]+)"', page))
    assert len(fields) == 7
    fields["all:2026-11-22"] = "150"
    fields["all:2026-11-24"] = "160"
    decide(bed_manager, daily, "amend||", **fields)
    given = {one.review.element: one.review.amended for one in made(ledger_of, daily)}
    assert given == {"2026-11-22": 150.0, "2026-11-24": 160.0}


@pytest.mark.parametrize(
    ("choice", "number", "words"),
    [
        (f"amend|{THURSDAY}|", "beaucoup", "pas un nombre"),
        (f"amend|{THURSDAY}|", "-3", "pas un nombre"),
        (f"amend|{THURSDAY}|", "nan", "pas un nombre"),
        (f"amend|{THURSDAY}|", "1e99", "pas un nombre"),
        (f"amend|{THURSDAY}|", "", "pas un nombre"),
        (f"amend|{THURSDAY}|", "203", "Aucun nombre"),
        ("amend|2031-01-01|", "150", "comprise"),
        (f"overrule|{THURSDAY}|", "150", "comprise"),
        (f"overrule|{THURSDAY}|because", "150", "comprise"),
        ("applaud||", "150", "comprise"),
        ("", "150", "comprise"),
    ],
)
def test_what_cannot_be_a_review_is_refused_with_a_sentence(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger, choice: str, number: str, words: str
) -> None:
    answer = decide(bed_manager, proposals["daily"], choice, **{f"amended:{THURSDAY}": number})
    assert answer.status_code == 409
    assert words in answer.text
    assert made(ledger_of, proposals["daily"]) == []


def test_when_it_was_shown_cannot_be_invented(person: Enter, proposals: dict[str, Proposal], ledger_of: Ledger) -> None:
    daily = proposals["daily"]
    lea, sam = person("lea", Role.BED_MANAGER), person("sam", Role.CLINICIAN)
    of_sam = shown_token(sam.get(f"/proposals/{daily.digest}").text)
    other = shown_token(lea.get(f"/proposals/{proposals['beds'].digest}").text)
    for stolen in (of_sam, other, "2026-11-21T10:00:00+00:00", ""):
        page = lea.get(f"/proposals/{daily.digest}").text
        data = {"csrf_token": token(page), "shown": stolen, "choice": "accept||"}
        assert lea.post(f"/proposals/{daily.digest}/reviews", data=data).status_code == 409
    assert made(ledger_of, daily) == []


def test_only_the_roles_of_the_card_decide(person: Enter, proposals: dict[str, Proposal], ledger_of: Ledger) -> None:
    daily = proposals["daily"]
    outsider = person("phil", Role.PHARMACIST)
    refused = outsider.get(f"/proposals/{daily.digest}")
    assert refused.status_code == 403
    assert "Votre rôle" in refused.text
    data = {"csrf_token": token(outsider.get("/profile").text), "choice": "accept||", "shown": "x"}
    assert outsider.post(f"/proposals/{daily.digest}/reviews", data=data).status_code == 403
    assert made(ledger_of, daily) == []


def test_without_our_token_nothing_is_recorded(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger
) -> None:
    daily = proposals["daily"]
    shown = shown_token(bed_manager.get(f"/proposals/{daily.digest}").text)
    answer = bed_manager.post(f"/proposals/{daily.digest}/reviews", data={"shown": shown, "choice": "accept||"})
    assert answer.status_code == 403
    assert made(ledger_of, daily) == []


def test_a_later_decision_replaces_an_earlier_one_and_both_are_told(
    bed_manager: TestClient, proposals: dict[str, Proposal], clock: Clock
) -> None:
    decide(bed_manager, proposals["daily"], f"overrule|{THURSDAY}|other")
    clock.forward(minutes=1)
    decide(bed_manager, proposals["daily"], f"accept|{THURSDAY}|")
    page = bed_manager.get(f"/proposals/{proposals['daily'].digest}").text
    assert page.count("remplacée depuis") == 1


def test_a_row_of_a_table_and_an_abstention_are_decided_too(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger
) -> None:
    assert decide(bed_manager, proposals["beds"], "accept|12A|").status_code == 303
    assert decide(bed_manager, proposals["silent"], "accept||").status_code == 303
    assert decide(bed_manager, proposals["silent"], "overrule||other").status_code == 409
    assert [one.review.element for one in made(ledger_of, proposals["beds"])] == ["12A"]
    assert len(made(ledger_of, proposals["silent"])) == 1


def test_a_superseded_proposal_says_so_and_takes_no_decision(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger, ward: Application
) -> None:
    old = proposals["daily"]
    before = bed_manager.get(f"/proposals/{old.digest}").text
    newer = propose(ledger_of, ward, START + timedelta(hours=1))["daily"]
    page = bed_manager.get(f"/proposals/{old.digest}").text
    assert "Une proposition plus récente la remplace" in page
    assert f"/proposals/{newer.digest}" in page
    assert 'name="choice"' not in page
    data = {"csrf_token": token(before), "shown": shown_token(before), "choice": "accept||"}
    answer = bed_manager.post(f"/proposals/{old.digest}/reviews", data=data)
    assert answer.status_code == 409
    assert made(ledger_of, old) == []


def test_an_expired_proposal_says_so(person: Enter, proposals: dict[str, Proposal], clock: Clock) -> None:
    clock.forward(days=8)
    page = person("lea", Role.BED_MANAGER).get(f"/proposals/{proposals['daily'].digest}").text
    assert "plus à décider depuis le 28/11/2026" in page
    assert 'name="choice"' not in page


class TestBulk:
    """Accepting a page of lines at once, where the card allows it."""

    @pytest.fixture
    def ward(self) -> Application:
        return application(bulk_accept=True)

    def test_ticked_lines_are_accepted(
        self, bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger
    ) -> None:
        page = bed_manager.get("/").text
        data = dict(re.findall(r'name="(shown:[^"]+)" value="([^"]+)"', page))
        assert len(data) == 3
        chosen = [proposals["daily"].digest, proposals["beds"].digest]
        answer = bed_manager.post("/reviews", data={**data, "csrf_token": token(page), "proposal": chosen})
        assert answer.status_code == 303
        assert len(ledger_of.entries(event="ReviewGiven")) == 2
        assert "1 proposition attend." in bed_manager.get("/").text


def test_bulk_acceptance_is_refused_where_the_card_does_not_allow_it(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger
) -> None:
    daily = proposals["daily"]
    page = bed_manager.get(f"/proposals/{daily.digest}").text
    data = {"csrf_token": token(page), "proposal": daily.digest, f"shown:{daily.digest}": shown_token(page)}
    bed_manager.post("/reviews", data=data)
    assert ledger_of.entries(event="ReviewGiven") == []
    assert "checkbox" not in bed_manager.get("/").text


def test_reviews_name_the_event_of_the_closed_list(
    bed_manager: TestClient, proposals: dict[str, Proposal], ledger_of: Ledger
) -> None:
    decide(bed_manager, proposals["daily"], "defer||")
    (entry,) = ledger_of.entries(event="ReviewGiven")
    assert isinstance(entry.event, ReviewGiven)
    assert "à revoir" in bed_manager.get("/").text
