"""Reports in which the words are only denied, supposed or somebody else's can be left out."""

from datetime import date

import pyarrow as pa
import pytest
from tests.intake.search.hospital import texts, with_reports

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.rows import content_digest, mention_rows, nlp_system
from cognoscope.intake.search import SearchQuery, open_index

pytest.importorskip("tantivy")

READER = Component(name="conditions", version="1", read=lambda texts: [])
TEXTS = (
    "Diabète connu.",  # 1 asserted
    "Pas de diabète.",  # 2 negated
    "Mère : diabète.",  # 3 family
    "Diabète ? Oui, diabète confirmé.",  # 4 supposed, then asserted
    "Carnet de diabète.",  # 5 unknown to the reading
    "Pas de diabète ; asthme traité.",  # 6 negated, beside something asserted
)
SAID = {
    1: [(0, 7, {})],
    2: [(7, 14, {"negated": True})],
    3: [(7, 14, {"family": True})],
    4: [(0, 7, {"hypothesis": True}), (15, 22, {})],
    6: [(7, 14, {"negated": True}), (17, 23, {})],
}


@pytest.fixture
def hospital(home):
    reports = texts(*TEXTS)
    warehouse = with_reports(home, reports)
    ids = [report["note_id"] for report in reports]
    found = [
        [Mention(start=a, stop=b, group="condition", label="x", **how) for a, b, how in SAID.get(note, [])]
        for note in ids
    ]
    readings = [
        {
            "note_reading_id": report["note_id"],
            "note_id": report["note_id"],
            "person_id": report["person_id"],
            "component": "conditions",
            "nlp_system": nlp_system(READER, content_digest(report["note_text"])),
            "content_digest": content_digest(report["note_text"]),
            "mentions": 1,
        }
        for report in reports
    ]
    rows = mention_rows(READER, ids, TEXTS, found, date(2025, 1, 2))
    warehouse.commit("b" * 64, 0, {"note_nlp": rows, "note_reading": pa.Table.from_pylist(readings)})
    index = open_index(home)
    index.update(warehouse)
    backend = warehouse.connect()
    yield index, backend
    backend.disconnect()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("diabète", [1, 4, 5]),
        ("diabete connu", [1]),
        ("diabète asthme", []),
        ("asthme", [6]),
        ("diabète OU asthme", [1, 4, 5, 6]),
        ('"diabète confirmé"', [4]),
        ("diabeet", [1, 4, 5]),
    ],
)
def test_only_what_is_said_of_the_patient(hospital, text, ids):
    index, backend = hospital
    results = index.search(SearchQuery(text, asserted_only=True), backend)
    assert sorted(hit.note_id for hit in results.hits) == ids
    assert (results.total, results.exact, results.complete) == (len(ids), len(ids), True)


def test_pages_go_on_where_the_last_one_ended(hospital):
    index, backend = hospital
    pages = [index.search(SearchQuery("diabète", asserted_only=True, limit=2, offset=at), backend) for at in (0, 2)]
    assert sorted(hit.note_id for page in pages for hit in page.hits) == [1, 4, 5]
    assert [page.total for page in pages] == [3, 3]


def test_beyond_what_was_looked_at_the_total_is_a_lower_bound(hospital, monkeypatch):
    from cognoscope.intake.search import said

    monkeypatch.setattr(said, "MOST", 4)
    index, backend = hospital
    results = index.search(SearchQuery("diabète", asserted_only=True), backend)
    assert not results.complete
    assert results.total <= 3


def test_without_the_warehouse_it_cannot_be_known(hospital):
    with pytest.raises(InvalidInput, match="warehouse"):
        hospital[0].search(SearchQuery("diabète", asserted_only=True))


def test_without_words_nothing_is_denied(hospital):
    assert hospital[0].search(SearchQuery("", asserted_only=True, person_id=102)).total == 1
