"""A document's page: what was read in it, in words and looks; who may open it; nothing in it is markup."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web import records
from tests.web.pages.conftest import Enter
from tests.web.people import START, TEST, Clock

from cognoscope.core.actor import Role
from cognoscope.core.home import Home
from cognoscope.intake.optout import change
from cognoscope.web.app import create_app
from cognoscope.web.documents import documents_of

READERS = {Role.CLINICIAN, Role.PHARMACIST, Role.RADIOLOGIST, Role.CODER, Role.DATA_PROTECTION_OFFICER}


@pytest.fixture
def web(home: Home, clock: Clock) -> Iterator[FastAPI]:
    records.fill_warehouse(home)
    app = create_app(home, (records.application(),), clock)
    yield app
    app.state.services.close()


@pytest.fixture
def clinician(person: Enter) -> TestClient:
    return person("sam", Role.CLINICIAN)


def text_of(page: str) -> str:
    """The document's own text as the page holds it."""
    return page.partition('<div class="cg-text cg-sheet"')[2].partition('id="side"')[0]


def marks(page: str) -> list[tuple[str, str, str]]:
    """Looks, text and the word behind each highlight of the text."""
    text = text_of(page)
    found = re.findall(
        r'<mark class="cg-mark ([^"]+)"[^>]*>([^<]*)</mark>(?:<small class="cg-mark-word">([^<]*))?', text
    )
    return [(look, words, behind) for look, words, behind in found]


def test_each_mention_has_the_look_of_its_group_and_its_qualifier_in_words(clinician: TestClient) -> None:
    page = clinician.get("/documents/11").text
    assert marks(page) == [
        ("cg-look-2", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;", ""),
        ("cg-look-1", "diabète de type 2", ""),
        ("cg-look-3", "metformine", ""),
        ("cg-look-1 cg-hollow", "infarctus du myocarde", "famille"),
        ("cg-look-1 cg-hollow", "insuffisance cardiaque", "nié"),
        ("cg-look-2 cg-hollow", "embolie pulmonaire", "hypothèse"),
    ]
    assert 'title="diabète · CIM-10 E11.9"' in page
    assert "insuffisance cardiaque (nié)" in page


def test_nothing_of_a_text_or_a_label_is_markup(clinician: TestClient) -> None:
    page = clinician.get("/documents/11").text
    assert "<script>alert" not in page
    assert "hostile<b>" not in page
    assert "hostile&lt;b&gt;" in page


def test_sections_are_a_table_of_contents(clinician: TestClient) -> None:
    page = clinician.get("/documents/11").text
    contents = re.search(r'aria-labelledby="contents-title">.*?</nav>', page, re.S)
    assert contents
    places = re.findall(r'<a href="#(m\d+)">([^<]+)</a>', contents.group())
    assert [words for _, words in places] == ["Motif", "Antécédents", "Conclusion"]
    for anchor, words in places:
        assert f'<strong class="cg-section" id="{anchor}">{words}</strong>' in page
    assert "contents-title" not in clinician.get("/documents/13").text


def test_groups_are_shown_and_hidden_by_the_address(clinician: TestClient) -> None:
    only = marks(clinician.get("/documents/11?chosen=1&g=drug").text)
    assert [words for _, words, _ in only] == ["metformine"]
    assert marks(clinician.get("/documents/11?chosen=1").text) == []
    said = marks(clinician.get("/documents/11?chosen=1&g=condition&asserted=1").text)
    assert [words for _, words, _ in said] == ["diabète de type 2"]
    assert marks(clinician.get("/documents/11?chosen=1&g=nonsense").text) == []
    both = clinician.get("/documents/11?chosen=1&g=drug&g=condition").text
    assert "g=drug&amp;g=condition&amp;lang=en" in both
    assert len(marks(both)) == 4


def test_neighbours_and_person(clinician: TestClient) -> None:
    first, second = clinician.get("/documents/11").text, clinician.get("/documents/12").text
    assert 'href="/documents/12" rel="next"' in first
    assert 'rel="prev"' not in first
    assert 'href="/documents/11" rel="prev"' in second
    assert 'rel="next"' not in second
    assert f'href="/subjects/person:{"a" * 32}"' in first
    person = clinician.get(f"/subjects/person:{'a' * 32}")
    assert person.status_code in (200, 403)


def test_a_persons_page_lists_their_documents_newest_first(person: Enter) -> None:
    page = person("camille", Role.CODER).get(f"/subjects/person:{'a' * 32}").text
    assert re.findall(r'href="/documents/(\d+)"', page) == ["12", "11"]
    assert "/documents/" not in person("noor", Role.CODER).get("/subjects/person:nobody").text
    assert "Document sans titre" in person("kim", Role.CODER).get(f"/subjects/person:{'b' * 32}").text


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_it(person: Enter, role: Role) -> None:
    answer = person("somebody", role).get("/documents/11")
    assert answer.status_code == (200 if role in READERS else 403)
    assert ("metformine" in answer.text) == (role in READERS)


@pytest.mark.parametrize("note", ["99", "-1", "x", "9223372036854775808", "11?part=2", "11?part=0"])
def test_what_does_not_exist(clinician: TestClient, note: str) -> None:
    answer = clinician.get(f"/documents/{note}")
    assert answer.status_code in (404, 422)
    assert "<h1>" in answer.text


def test_who_refused_is_not_shown(clinician: TestClient, web: FastAPI, home: Home) -> None:
    services = web.state.services
    assert clinician.get("/documents/13").status_code == 200
    change(home, "b" * 32, refuses=True, ledger=services.ledger, actor=TEST, at=START)
    answer = clinician.get("/documents/13")
    assert answer.status_code == 404
    assert "sportif" not in answer.text
    assert documents_of(services.warehouse, "b" * 32, 10) == []


def test_the_look_is_noted_and_the_page_says_so(clinician: TestClient, web: FastAPI) -> None:
    page = clinician.get("/documents/11").text
    assert "Votre consultation de cette page est enregistrée." in page
    (look,) = web.state.services.access_log.entries(what="document")
    assert (look.actor.id, look.subject) == ("sam", f"person:{'a' * 32}")
    clinician.get("/documents/99")
    assert len(web.state.services.access_log.entries(what="document")) == 1


def test_a_long_document_is_read_in_parts(clinician: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cognoscope.web.pages.document.PART", 200)
    first = clinician.get("/documents/11").text
    assert "page 1 sur 3" in first
    assert "embolie" not in text_of(first)
    assert 'href="/documents/11?part=2#m' in first
    assert "non confirmée" in clinician.get("/documents/11?part=3").text
