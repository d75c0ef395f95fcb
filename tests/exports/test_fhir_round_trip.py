"""Proposals, reviews, outcomes and accesses as FHIR: valid, with R4's own codes, and back without loss.

`fhir.resources` has R4B but not R4; for the resources used here the elements are the same in both. It does not check
codes against their value sets, so those are checked here by hand, from the R4 specification.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.provenance import Provenance
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.core.actor import Role, person, program
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evidence import RowsPointer
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Sentence
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.core.review import Review
from cognoscope.core.values import SeriesPoint, SeriesValue, TableColumn, TableRow, TableValue
from cognoscope.exports.fhir import (
    audit_event,
    outcome_observation,
    proposal_from,
    proposal_observation,
    proposal_provenance,
    review_provenance,
)

AT = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
R4_OBSERVATION_STATUS = {
    "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown",
}  # fmt: skip
R4_ABSENT = {
    "unknown", "asked-unknown", "temp-unknown", "not-asked", "asked-declined", "masked", "not-applicable",
    "unsupported", "as-text", "error", "not-a-number", "negative-infinity", "positive-infinity", "not-performed",
    "not-permitted",
}  # fmt: skip
R4_PARTICIPANTS = {
    "enterer", "performer", "author", "verifier", "legal", "attester", "informant", "custodian", "assembler",
    "composer",
}  # fmt: skip

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=40).filter(
    str.strip
)
sentences = st.builds(Sentence, fr=words, en=words)
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)
slugs = st.from_regex(r"\A[a-z0-9][a-z0-9._-]{0,30}\Z")
codes = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,30}\Z")
instants = st.integers(0, 10**9).map(lambda seconds: AT + timedelta(seconds=seconds - 5 * 10**8))


@st.composite
def points(draw: Any) -> SeriesPoint:
    centre, inner, outer = draw(numbers), draw(st.floats(0, 1e6)), draw(st.floats(0, 1e6))
    return SeriesPoint(
        key=draw(codes),
        expected=centre,
        intervals=(
            Interval(level=0.5, low=centre - inner, high=centre + inner),
            Interval(level=0.95, low=centre - inner - outer, high=centre + inner + outer),
        ),
        sentence=draw(st.none() | sentences),
    )


series = st.builds(
    SeriesValue,
    measure=slugs,
    unit=sentences,
    step=st.sampled_from(["day", "hour"]),
    points=st.lists(points(), min_size=1, max_size=5).map(tuple),
)
cells = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | numbers | st.just("") | words


@st.composite
def tables(draw: Any) -> TableValue:
    names = draw(st.lists(st.from_regex(r"\A[a-z][a-z0-9_]{0,20}\Z"), min_size=1, max_size=3, unique=True))
    rows = st.builds(TableRow, key=codes, cells=st.tuples(*[cells] * len(names)))
    return TableValue(
        columns=tuple(TableColumn(name=name, label=draw(sentences)) for name in names),
        rows=tuple(draw(st.lists(rows, max_size=4))),
    )


@st.composite
def proposals(draw: Any) -> Proposal:
    kind = draw(st.sampled_from(["unit", "person", "stay", "cohort"]))
    abstention = draw(st.none() | st.builds(Abstention, code=slugs, sentence=sentences))
    begins = draw(instants)
    common = {
        "application": draw(slugs),
        "version": draw(words),
        "model_digest": draw(digests),
        "case_digest": draw(digests),
        "subject": f"{kind}:{draw(codes)}",
        "as_of": begins,
        "useful_until": begins + timedelta(days=draw(st.integers(0, 30))),
        "question": draw(slugs),
        "title": draw(sentences),
        "would_change": draw(st.lists(sentences, max_size=2).map(tuple)),
    }
    if abstention is not None:
        return Proposal(**common, abstention=abstention)
    return Proposal(
        **common,
        value=draw(series | tables()),
        headline=Headline(text=draw(sentences)),
        evidence=(RowsPointer(table="counts", start=0, stop=3),),
    )


def everything_coded(resource: Any, system_end: str) -> set[str]:
    """Every code of a code system within a resource."""
    if isinstance(resource, list):
        return set().union(*(everything_coded(item, system_end) for item in resource))
    if not isinstance(resource, dict):
        return set()
    own = {resource["code"]} if str(resource.get("system", "")).endswith(system_end) and "code" in resource else set()
    return own.union(*(everything_coded(item, system_end) for item in resource.values()))


@settings(max_examples=150, deadline=None)
@given(proposals())
def test_every_proposal_is_a_valid_observation_and_comes_back_equal(proposal: Proposal):
    resource = json.loads(json.dumps(proposal_observation(proposal)))

    Observation.model_validate(resource)
    assert resource["status"] in R4_OBSERVATION_STATUS
    assert everything_coded(resource, "/data-absent-reason") <= R4_ABSENT
    assert ("dataAbsentReason" in resource) == (proposal.abstention is not None)
    assert proposal_from(resource) == proposal
    assert proposal_from(resource).digest == proposal.digest
    Provenance.model_validate(proposal_provenance(proposal, 1, AT))


@settings(max_examples=60, deadline=None)
@given(slugs, codes, st.booleans() | numbers | words, instants)
def test_every_outcome_is_a_valid_observation(measure, element, value, known_at):
    outcome = Outcome(
        application="emergency.arrivals",
        subject="unit:nord",
        measure=measure,
        element=element,
        value=value,
        known_at=known_at,
        source="table",
    )
    resource = outcome_observation(outcome, 3)
    Observation.model_validate(resource)
    assert resource["status"] == "final"


def test_the_outcome_of_a_day_carries_that_day():
    outcome = Outcome(
        application="emergency.arrivals",
        subject="unit:nord",
        measure="arrivals",
        element="2026-11-26T14",
        value=12.0,
        known_at=AT,
        source="table",
    )
    assert outcome_observation(outcome, 3)["effectiveDateTime"] == "2026-11-26"
    assert outcome_observation(outcome, 3)["valueQuantity"] == {"value": 12.0}


def made(**changes: Any) -> Proposal:
    common: dict[str, Any] = {
        "application": "emergency.arrivals",
        "version": "1",
        "model_digest": "a" * 64,
        "case_digest": "b" * 64,
        "subject": "unit:nord",
        "as_of": AT,
        "useful_until": AT + timedelta(days=5),
        "question": "arrivals-daily",
        "title": Sentence(fr="Passages", en="Arrivals"),
        "abstention": Abstention(code="too-short", sentence=Sentence(fr="Trop court.", en="Too short.")),
    }
    return Proposal(**common | changes)


def review(proposal: Proposal, verdict: str, **more: Any) -> Review:
    reason = {"reason": "local-event"} if verdict == "overrule" else {}
    return Review.model_validate(
        {"proposal": proposal.digest, "verdict": verdict, "shown_at": AT, "decided_at": AT} | reason | more
    )


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([], "preliminary"),
        (["defer"], "preliminary"),
        (["accept"], "final"),
        (["overrule"], "cancelled"),
        (["defer", "accept"], "final"),
        (["accept", "overrule"], "cancelled"),
    ],
)
def test_the_status_is_what_people_last_decided(verdicts, status):
    proposal = made()
    reviews = [review(proposal, verdict) for verdict in verdicts]
    assert proposal_observation(proposal, reviews)["status"] == status


def test_accepting_one_element_leaves_the_whole_preliminary_and_amending_one_does_not():
    proposal = made()
    assert proposal_observation(proposal, [review(proposal, "accept", element="2026-11-26")])["status"] == "preliminary"
    amended = review(proposal, "amend", element="2026-11-26", amended=210.0)
    assert proposal_observation(proposal, [amended])["status"] == "amended"


def test_a_review_names_its_verifier_by_pseudonym_and_keeps_free_text_home():
    given_review = review(made(), "overrule", element="2026-11-26", comment="vu avec Mme Martin")
    resource = review_provenance(given_review, person("demo-clinician", Role.CLINICIAN), 2, AT, lambda account: "p123")

    Provenance.model_validate(resource)
    text = json.dumps(resource)
    assert "p123" in text
    assert "demo-clinician" not in text and "Martin" not in text
    assert everything_coded(resource, "/provenance-participant-type") == {"verifier"} <= R4_PARTICIPANTS
    assert resource["reason"][0]["coding"][0]["code"] == "local-event"


@pytest.mark.parametrize("amended", [210.0, "deux cents"])
def test_an_amended_value_travels(amended):
    resource = review_provenance(
        review(made(), "amend", amended=amended), person("a", Role.MANAGER), 2, AT, lambda account: "p"
    )
    Provenance.model_validate(resource)
    assert amended in resource["extension"][0].values()


def test_an_access_is_an_audit_event_of_a_pseudonym():
    resource = audit_event(7, person("jean", Role.CLINICIAN), "/proposals/1", "unit:nord", AT, lambda account: "p9")
    AuditEvent.model_validate(resource)
    assert resource["action"] in {"C", "R", "U", "D", "E"}
    assert resource["outcome"] in {"0", "4", "8", "12"}
    assert "jean" not in json.dumps(resource)
    AuditEvent.model_validate(audit_event(8, program("cron"), "export", None, AT, lambda account: "p9"))


def test_an_altered_observation_is_refused():
    resource = proposal_observation(made())
    other = proposal_observation(made(version="2"))
    with pytest.raises(InvalidInput, match="altered"):
        proposal_from(resource | {"identifier": other["identifier"]})
    with pytest.raises(InvalidInput, match="holds no proposal"):
        proposal_from({"resourceType": "Observation"})
    with pytest.raises(InvalidInput, match="cannot be read"):
        broken = [{**resource["extension"][0], "valueBase64Binary": "!"}]
        proposal_from(resource | {"extension": broken})
