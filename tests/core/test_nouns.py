"""The nouns: one canonical form for each value, refused when incoherent, the same after a journey through JSON."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.core.ledger_examples import AT, make_case, make_outcome, make_proposal, make_review, words

from cognoscope.core.actor import Actor, Role, person, program
from cognoscope.core.canonical import canonical_bytes, digest
from cognoscope.core.card import read_card
from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evidence import FactPointer, RowsPointer
from cognoscope.core.home import Home, Settings, default_home
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Sentence
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.values import Driver, SeriesPoint, TableColumn, TableRow, TableValue

TEXT = st.text(st.characters(codec="utf-8"))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def shuffled(value: Any, random: Any) -> Any:
    """The same value with the keys of each object in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(item, random) for item in value] if isinstance(value, list) else value


@given(PLAIN, st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(value: Any, random: Any) -> None:
    assert digest(shuffled(value, random)) == digest(value)


@given(PLAIN)
def test_canonical_bytes_read_back_as_the_same_value(value: Any) -> None:
    written = canonical_bytes(value)
    assert canonical_bytes(json.loads(written)) == written


@given(PLAIN, PLAIN)
def test_different_bytes_have_different_digests(one: Any, other: Any) -> None:
    assert (digest(one) == digest(other)) == (canonical_bytes(one) == canonical_bytes(other))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), [float("nan")]])
def test_what_is_no_number_has_no_canonical_form(value: object) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_bytes(value)


def test_the_canonical_form_is_what_it_was() -> None:
    """A digest that changes breaks every ledger: this one was computed by `sha256sum` on the text beside it."""
    value = {"é": [1, 1.0, 0.1, 1e300, True, None], "a": {"b": "œ\u2028\x1f"}}
    assert canonical_bytes(value) == '{"a":{"b":"œ\u2028\\u001f"},"é":[1,1.0,0.1,1e+300,true,null]}'.encode()
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_one_moment_has_one_form(moment: datetime, minutes: int) -> None:
    utc = moment.replace(tzinfo=UTC)
    local = utc.astimezone(timezone(timedelta(minutes=minutes)))
    assert make_case(as_of=utc).digest == make_case(as_of=local).digest


CELLS = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
)


@given(st.lists(CELLS, max_size=8), CELLS)
def test_a_case_survives_json(values: list[Any], fact: Any) -> None:
    table = Table(name="t", columns=(Column(name="c", type="text", values=tuple(values)),))
    case = Case(kind="k", subject="unit:x", as_of=AT, facts=(Fact(name="f", value=fact),), tables=(table,))
    again = Case.from_json(case.canonical())
    assert again == case
    assert again.digest == case.digest
    assert again.canonical() == case.canonical()


def test_every_noun_survives_json() -> None:
    proposal = make_proposal(make_case())
    assert Proposal.from_json(proposal.canonical()) == proposal
    review = make_review(proposal, "amend", element="2026-11-22", amended="quatre-vingts")
    assert Review.from_json(review.canonical()) == review
    outcome = make_outcome(proposal, "2026-11-22", 99.5)
    assert Outcome.from_json(outcome.canonical()).digest == outcome.digest


def test_nouns_do_not_change() -> None:
    case = make_case()
    with pytest.raises(ValidationError, match="frozen"):
        case.source = "other"


@pytest.mark.parametrize(
    ("subject", "valid"),
    [
        ("unit:north", True),
        ("person:0a1b", True),
        ("stay:9", True),
        ("cohort:copd.2026", True),
        ("patient:1", False),
        ("unit:", False),
        ("unit:Jean Dupont", False),
        ("north", False),
        ("unit:" + "x" * 81, False),
    ],
)
def test_a_subject_is_a_kind_and_a_code(subject: str, valid: bool) -> None:
    if valid:
        assert make_case(subject).subject == subject
    else:
        with pytest.raises(ValidationError):
            make_case(subject)


def refuse(noun: type, sentence: str, **fields: Any) -> None:
    with pytest.raises(ValidationError, match=sentence):
        noun(**fields)


def test_a_case_is_coherent() -> None:
    one, other = (Column(name=name, type="integer", values=(1,)) for name in ("a", "b"))
    refuse(Table, "same name", name="t", columns=(one, one))
    refuse(Table, "differ in length", name="t", columns=(one, other.model_copy(update={"values": (1, 2)})))
    refuse(Case, "timezone", kind="k", subject="unit:x", as_of=AT.replace(tzinfo=None))
    refuse(Case, "Extra inputs", kind="k", subject="unit:x", as_of=AT, name="Jean Dupont")
    assert Table(name="t", columns=()).rows == 0
    case = make_case()
    table = case.table("counts")
    assert table is not None
    assert table.rows == 7
    assert table.column("nothing") is None
    assert case.table("nothing") is None
    assert case.fact("zone") == "B"
    assert case.fact("nothing") is None


def test_a_proposal_holds_a_value_or_an_abstention() -> None:
    made = make_proposal(make_case()).model_dump()
    abstention = {"code": "too-short", "sentence": words().model_dump()}
    refuse(Proposal, "one of the two", **made | {"abstention": abstention})
    refuse(Proposal, "one of the two", **made | {"value": None})
    refuse(Proposal, "cites evidence", **made | {"evidence": ()})
    refuse(Proposal, "has a headline", **made | {"headline": None})
    bare = {"value": None, "headline": None, "evidence": ()}
    assert Proposal.model_validate(made | bare | {"abstention": abstention}).value is None


def test_a_point_adds_up_and_its_intervals_are_nested() -> None:
    drivers = (Driver(name="level", label=words(), amount=80), Driver(name="monday", label=words(), amount=20))
    assert SeriesPoint(key="a", expected=100 + 1e-9, drivers=drivers).drivers == drivers
    refuse(SeriesPoint, "add up to 100", key="a", expected=101, drivers=drivers)
    refuse(Interval, "upside down", level=0.8, low=2, high=1)
    narrow, wide = Interval(level=0.8, low=1, high=5), Interval(level=0.5, low=0, high=4)
    refuse(SeriesPoint, "not nested", key="a", expected=3, intervals=(narrow, wide))
    refuse(SeriesPoint, "finite", key="a", expected=float("nan"))


def test_a_proposed_table_is_rectangular() -> None:
    columns = (TableColumn(name="a", label=words()),)
    row = TableRow(key="r1", cells=(1,))
    value = TableValue(columns=columns, rows=(row,))
    assert value.element("r1") == row
    assert value.element("r2") is None
    refuse(TableValue, "one cell a column", columns=columns, rows=(TableRow(key="r1", cells=(1, 2)),))


def test_evidence_exists_or_not() -> None:
    case = make_case()
    assert RowsPointer(table="counts", start=0, stop=7, column="arrivals").exists_in(case)
    assert not RowsPointer(table="counts", start=0, stop=8).exists_in(case)
    assert not RowsPointer(table="counts", start=0, stop=1, column="nothing").exists_in(case)
    assert not RowsPointer(table="nothing", start=0, stop=1).exists_in(case)
    assert FactPointer(fact="zone").exists_in(case)
    assert not FactPointer(fact="nothing").exists_in(case)
    refuse(RowsPointer, "points at no row", table="counts", start=3, stop=3)


def test_a_review_is_coherent() -> None:
    proposal = make_proposal(make_case())
    for wrong, sentence in (
        ({"verdict": "overrule", "reason": None}, "needs a coded reason"),
        ({"verdict": "amend"}, "amended value"),
        ({"verdict": "accept", "amended": 3.0}, "amended value"),
        ({"verdict": "accept", "decided_at": AT - timedelta(1)}, "cannot precede"),
    ):
        refuse(Review, sentence, **make_review(proposal).model_dump() | wrong)


def test_a_person_acts_in_a_role_and_a_program_in_none() -> None:
    assert person("claire", Role.CODER).role == "coder"
    assert program("demo").role is None
    refuse(Actor, "a person acts in a role", kind="person", id="claire")
    refuse(Actor, "a program in none", kind="program", id="demo", role=Role.CODER)


def test_a_sentence_has_both_languages() -> None:
    sentence = Sentence(fr="oui", en="yes")
    assert (sentence.in_language("en"), sentence.in_language("fr"), sentence.in_language("de")) == ("yes", "oui", "oui")
    refuse(Sentence, "at least 1 character", fr="", en="yes")


def test_an_incomplete_card_is_named(tmp_path: Path) -> None:
    path = tmp_path / "card.toml"
    for content in ("name = ", 'name = "a.b"'):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InvalidInput, match=r"The card .*card.toml is not complete"):
            read_card(path)


def test_a_home_and_its_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    assert home.settings() == Settings()
    assert home.ledger_url == f"sqlite:///{tmp_path}/ledger.sqlite"
    home.settings_file.write_text('ledger_url = "postgresql://h/n"\naccess_log_months = 6\n', encoding="utf-8")
    assert home.ledger_url == "postgresql://h/n"
    assert home.settings().access_log_months == 6
    for content in ('time_zone = "Europe/Nowhere"', "access_log_months = 0", "unknown = 1", "= 1", "hospital = '\x00'"):
        home.settings_file.write_text(content, encoding="utf-8")
        with pytest.raises(InvalidInput, match=r"settings.toml cannot be used"):
            home.settings()
    home.settings_file.write_bytes(b'hospital = "H\xf4pital"')
    with pytest.raises(InvalidInput, match=r"settings.toml cannot be used"):
        home.settings()
    monkeypatch.setenv("COGNOSCOPE_HOME", str(tmp_path))
    assert default_home() == home
    monkeypatch.delenv("COGNOSCOPE_HOME")
    assert default_home().path == Path.home() / ".cognoscope"
