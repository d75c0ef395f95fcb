"""Searching in documents: what is found, what is left out, states without an index or the extra, hostile words."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web import records
from tests.web.pages.conftest import Enter
from tests.web.pages.test_document import READERS
from tests.web.people import START, TEST, Clock

from cognoscope.core.actor import Role
from cognoscope.core.errors import NotInstalled
from cognoscope.core.home import Home
from cognoscope.intake.optout import change
from cognoscope.intake.warehouse import open_warehouse
from cognoscope.web.app import create_app
from cognoscope.web.record_search import filled, open_search


@pytest.fixture
def web(home: Home, clock: Clock) -> Iterator[FastAPI]:
    records.fill_warehouse(home)
    app = create_app(home, (records.application(),), clock)
    yield app
    app.state.services.close()


@pytest.fixture
def indexed(home: Home, web: FastAPI) -> None:
    """The documents are in the index."""
    pytest.importorskip("tantivy", reason="searching needs the extra text")
    open_search(home).update(open_warehouse(home))


@pytest.fixture
def clinician(person: Enter) -> TestClient:
    return person("sam", Role.CLINICIAN)


def hits(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'href="/documents/(\d+)" data-row', page)]


@pytest.mark.usefixtures("indexed")
class TestIndexed:
    """With an index."""

    def test_words_are_found_and_marked_and_what_is_denied_is_left_out(self, clinician: TestClient) -> None:
        page = clinician.get("/search?q=diabete").text
        assert set(hits(page)) == {11, 14}
        assert re.search(r'<mark class="cg-hit">[Dd]iabète</mark>', page)
        assert '<input class="form-control form-control-lg" id="q"' in page
        assert "data-search" in page
        assert set(hits(clinician.get("/search?q=diabete&denied=1").text)) == {11, 13, 14}

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("since=2025-01-01", {12, 13, 14}),
            ("until=2024-12-31", {11}),
            ("q=diab%C3%A8te&since=2025-01-01&denied=1", {13, 14}),
            ("title=Courrier", {12, 14}),
            ("condition=diabetes", {11, 14}),
            ("condition=diabetes&denied=1", {11, 13, 14}),
            ("q=metformine&title=Courrier", set()),
            ("since=nonsense&q=metformine", {11}),
        ],
    )
    def test_filters(self, clinician: TestClient, query: str, found: set[int]) -> None:
        assert set(hits(clinician.get(f"/search?{query}").text)) == found

    def test_counts_by_year_have_no_holes(self, clinician: TestClient) -> None:
        page = clinician.get("/search?q=diab%C3%A8te&denied=1").text
        assert re.findall(r'<th scope="row">(\d+)</th>.*?<span>(\d+)</span>', page) == [
            ("2024", "1"),
            ("2025", "1"),
            ("2026", "1"),
        ]

    @pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x>', "' OR 1=1 --", "%00", "{{ 7*7 }}"])
    def test_hostile_words_are_only_words(self, clinician: TestClient, words: str) -> None:
        answer = clinician.get("/search", params={"q": words})
        assert answer.status_code in (200, 422)
        for text in ("<script>alert", "<img src=x", 'value="49"'):
            assert text not in answer.text

    @pytest.mark.parametrize("query", ["q=!!!", "q=" + "mot+" * 100, "q=" + "x" * 1500])
    def test_what_cannot_be_searched_for_is_said(self, clinician: TestClient, query: str) -> None:
        answer = clinician.get(f"/search?{query}")
        assert answer.status_code == 422
        assert "écrivez au moins un mot" in answer.text

    def test_dates_upside_down(self, clinician: TestClient) -> None:
        answer = clinician.get("/search?q=a&since=2026-01-01&until=2025-01-01")
        assert answer.status_code == 422
        assert "après la date de fin" in answer.text

    def test_pages_follow_one_another(self, clinician: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cognoscope.web.record_search.PAGE", 2)
        first = clinician.get("/search?since=2020-01-01").text
        assert "page 1 sur 2" in first
        assert 'href="/search?since=2020-01-01&amp;p=2"' in first
        second = clinician.get("/search?since=2020-01-01&p=2").text
        assert sorted(hits(first) + hits(second)) == [11, 12, 13, 14]

    def test_nobody_who_refused(self, clinician: TestClient, web: FastAPI, home: Home) -> None:
        services = web.state.services
        change(home, "c" * 32, refuses=True, ledger=services.ledger, actor=TEST, at=START)
        assert set(hits(clinician.get("/search?q=diabete").text)) == {11}

    def test_the_question_can_become_a_cohort(self, clinician: TestClient, person: Enter) -> None:
        link = 'href="/cohorts/new?text=diab%C3%A8te&amp;since=2025-01-01"'
        assert link in clinician.get("/search?q=diabète&since=2025-01-01").text
        officer = person("noor", Role.DATA_PROTECTION_OFFICER)
        assert "/cohorts/new" not in officer.get("/search?q=diabète").text

    def test_nothing_found_says_what_to_try(self, clinician: TestClient) -> None:
        assert "Aucun document ne correspond" in clinician.get("/search?q=xylophone").text


def test_without_an_index_the_page_names_the_command(clinician: TestClient) -> None:
    pytest.importorskip("tantivy", reason="searching needs the extra text")
    page = clinician.get("/search?q=toux").text
    assert "<code>cognoscope index</code>" in page
    assert 'name="q"' not in page


def test_without_the_extra_the_page_names_the_command(clinician: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: Home) -> None:
        raise NotInstalled("Searching in reports needs the extra `text`: run `make text`.")

    monkeypatch.setattr("cognoscope.web.pages.search.open_search", missing)
    answer = clinician.get("/search")
    assert answer.status_code == 200
    assert "<code>make text</code>" in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_who_may_search(person: Enter, role: Role) -> None:
    answer = person("somebody", role).get("/search?q=toux")
    assert answer.status_code == (200 if role in READERS else 403)
    assert ('href="/search"' in person("other", role).get("/profile").text) == (role in READERS)


def test_the_look_is_noted_without_the_words(clinician: TestClient, web: FastAPI) -> None:
    clinician.get("/search?q=dupont")
    (look,) = web.state.services.access_log.entries(what="search")
    assert (look.actor.id, look.subject) == ("sam", "")


def test_years_without_documents_count_none() -> None:
    assert filled([(2020, 3), (2022, 1)]) == [(2020, 3), (2021, 0), (2022, 1)]
    assert filled([]) == []
