"""What is found, in which order, and how it is shown."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.search.hospital import texts, with_reports

from cognoscope.core.database import migrate
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake.search import SearchQuery, open_index

pytest.importorskip("tantivy")

REPORTS = texts(
    "Patient hospitalisé pour insuffisance rénale aiguë.",  # 1
    "L'insuffisance cardiaque est stable ; pas d'insuffisance rénale.",  # 2
    "Deux insuffisances rénales dans la famille.",  # 3
    "Insufisance renale connue.",  # 4
    "Œdème du poumon traité par furosémide, HbA1c à 7,5 %, diabète codé E11.9.",  # 5
    "Le rein droit présente une insuffisance de perfusion.",  # 6
    'RAS <b>gras</b> & "guillemets"\n\n\nsuite',  # 7
    "e\u0301tat ge\u0301ne\u0301ral conserve\u0301",  # 8
)
REPORTS[0] |= {"note_date": date(2025, 3, 1), "note_title": "Lettre", "person_id": 7}
REPORTS[1] |= {"note_date": date(2025, 2, 1), "note_class_concept_id": 5, "person_id": 7}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("hospital"))
    migrate(home.ledger_url)
    warehouse = with_reports(home, REPORTS)
    opened = open_index(home)
    opened.update(warehouse)
    return opened


def found(index, text="", **filters):
    return [hit.note_id for hit in index.search(SearchQuery(text, **filters)).hits]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("insuffisance rénale", {1, 2, 3, 4}),
        ("INSUFFISANCE RENALE", {1, 2, 3, 4}),
        ("l'insuffisance du rein", {6}),
        ('"insuffisance rénale"', {1, 2}),
        ('"insuffisance renale aigue"', {1}),
        ("insuffisance -cardiaque", {1, 3, 4, 6}),
        ('insuffisance -"insuffisance rénale"', {3, 4, 6}),
        ("insufisance", {1, 2, 4, 6}),  # two letters away from "insuffisances"
        ("isnuffisance", {1, 2, 6}),
        ("oedeme", {5}),
        ("œdème", {5}),
        ("E11.9", {5}),
        ("E11.8", set()),
        ("7,5", {5}),
        ("hba1c", {5}),
        ("furo*", {5}),
        ("cardiaque OU furosémide", {2, 5}),
        ("poumon OU cardiaque diabète", {5}),
        ("état général", {8}),
        ("gras", {7}),
        ("-insuffisance", {5, 7, 8, 4}),
        ("", {1, 2, 3, 4, 5, 6, 7, 8}),
    ],
)
def test_words_find_their_reports(index, text, ids):
    assert set(found(index, text)) == ids
    assert set(index.note_ids(SearchQuery(text))) == ids
    assert index.search(SearchQuery(text)).total == len(ids)


def test_exact_words_come_before_other_forms_and_those_before_errors(index):
    ordered = found(index, "insuffisance rénale")
    assert set(ordered[:2]) == {1, 2}
    assert ordered[2:] == [3, 4]


def test_how_many_are_exact_is_told_and_errors_can_be_ruled_out(index):
    results = index.search(SearchQuery("insuffisance rénale"))
    assert (results.total, results.exact) == (4, 3)
    assert set(found(index, "insuffisance rénale", fuzzy=False)) == {1, 2, 3}


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"person_id": 7}, [1, 2]),
        ({"note_ids": (2, 5, 999)}, [2]),
        ({"note_ids": ()}, []),
        ({"since": date(2025, 2, 1)}, [1, 2]),
        ({"since": date(2025, 2, 1), "until": date(2025, 2, 1)}, [2]),
        ({"until": date(2025, 1, 1)}, [3, 4, 6]),
        ({"titles": ("Lettre",)}, [1]),
        ({"titles": ("lettre",)}, []),
        ({"kinds": (5,)}, [2]),
        ({"kinds": (32831,), "person_id": 7}, [1]),
    ],
)
def test_filters(index, filters, ids):
    assert sorted(found(index, "insuffisance", **filters)) == ids


def test_newest_first_and_page_by_page(index):
    assert found(index, "insuffisance", order="date")[:2] == [1, 2]
    whole = found(index, "insuffisance")
    assert [found(index, "insuffisance", limit=1, offset=number)[0] for number in range(len(whole))] == whole
    assert found(index, "insuffisance", offset=50) == []


def test_a_hit_carries_what_a_page_shows(index):
    (hit,) = index.search(SearchQuery("aiguë")).hits
    assert (hit.note_id, hit.person_id, hit.note_date, hit.title, hit.kind) == (1, 7, date(2025, 3, 1), "Lettre", 32831)
    assert "".join(piece.text for piece in hit.snippet) == REPORTS[0]["note_text"]
    assert [piece.text for piece in hit.snippet if piece.marked] == ["aiguë"]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("insuffisance cardiaque", ["insuffisance", "cardiaque", "insuffisance"]),
        ('"insuffisance cardiaque"', ["insuffisance cardiaque"]),
        ("insufisance", ["insuffisance", "insuffisance"]),
        ("stables", ["stable"]),
    ],
)
def test_what_was_found_is_marked(index, text, marked):
    hits = {hit.note_id: hit for hit in index.search(SearchQuery(text)).hits}
    assert [piece.text for piece in hits[2].snippet if piece.marked] == marked


def test_a_passage_is_plain_text_on_one_line(index):
    (hit,) = index.search(SearchQuery("gras")).hits
    text = "".join(piece.text for piece in hit.snippet)
    assert "<b>" in text
    assert text.isprintable()


@pytest.mark.parametrize(
    "query", [SearchQuery("x", limit=0), SearchQuery("x", offset=-1), SearchQuery("x", offset=10**7)]
)
def test_pages_that_cannot_be_are_refused(index, query):
    with pytest.raises(InvalidInput):
        index.search(query)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(text=st.text(max_size=60) | st.text(alphabet='"-*OU ()+:^~\\/[]{}insuffaice', max_size=60))
def test_no_query_breaks_it(index, text):
    try:
        results = index.search(SearchQuery(text))
    except InvalidInput as error:
        assert str(error).endswith(".")
    else:
        assert 0 <= results.exact <= results.total <= len(REPORTS)
        assert results.total == len(index.note_ids(SearchQuery(text)))


def test_without_an_index_a_sentence_says_what_to_do(home):
    index = open_index(home)
    assert index.documents == 0
    with pytest.raises(InvalidInput, match="cognoscope index"):
        index.search(SearchQuery("toux"))


def test_the_passage_is_where_the_words_are_close_together(home):
    long = (
        "toux sèche. " + "rien à signaler. " * 100 + "Toux et fièvre depuis trois jours. " + "rien. " * 100 + "fièvre."
    )
    index = open_index(home)
    index.update(with_reports(home, texts(long)))
    (hit,) = index.search(SearchQuery("toux fièvre")).hits
    assert [piece.text for piece in hit.snippet if piece.marked] == ["Toux", "fièvre"]
    assert len("".join(piece.text for piece in hit.snippet)) <= 300
