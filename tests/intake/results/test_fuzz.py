"""Whatever arrives: a result, or a sentence; never a crash, never half a result."""

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exports.dicom import studies
from tests.intake.results import messages

from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import ImageValue
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.results.case import case_of
from cognoscope.intake.results.fhir import Refusal
from cognoscope.intake.results.ingest import read_results
from cognoscope.intake.results.proposing import propose

pytest.importorskip("highdicom")
MUTATIONS = 120


def followed_through(content: bytes) -> str:
    """Reads the bytes as a result and goes on to the proposal; says what came of it."""
    try:
        results = read_results(content)
    except InvalidInput as error:
        assert str(error).strip()
        return "refused"
    for result in results:
        if isinstance(result, Refusal):
            assert result.sentence.strip()
            continue
        try:
            case = case_of(result, Pseudonymiser(b"k" * 32), studies.AS_OF)
        except InvalidInput:
            continue
        title = studies.proposal_of(studies.case_of(1), None).title
        (proposal,) = propose(case, "foreign.x", "1", "ab" * 32, title)
        assert isinstance(proposal.value, ImageValue)
        assert type(proposal).from_json(proposal.canonical()) == proposal
        assert all(pointer.exists_in(case) for pointer in proposal.evidence)
        for name in ("Imaginaire", "IPP-0001"):
            assert name not in case.canonical().decode()
    return "read"


@pytest.fixture(scope="module")
def objects() -> tuple[bytes, bytes]:
    return messages.sent(headers=messages.images(3))


def mutated(content: bytes, rng: random.Random) -> bytes:
    """A few bytes changed, cut out, doubled or cut off behind the preamble."""
    whole = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(132, len(whole))
        how = rng.random()
        if how < 0.6:
            whole[at] = rng.randrange(256)
        elif how < 0.75:
            del whole[at : at + rng.randint(1, 40)]
        elif how < 0.9:
            whole[at:at] = whole[at : at + rng.randint(1, 40)]
        else:
            del whole[at:]
        if len(whole) < 140:
            break
    return bytes(whole)


@pytest.mark.parametrize("which", [0, 1], ids=["SEG", "SR"])
def test_mutations_of_dicom_objects(objects: tuple[bytes, bytes], which: int) -> None:
    rng = random.Random(which)
    outcomes = [followed_through(mutated(objects[which], rng)) for _ in range(MUTATIONS)]
    assert outcomes.count("refused") > 5
    assert outcomes.count("read") > 5


def test_mutations_of_fhir() -> None:
    content = messages.as_json(messages.bundle())
    rng = random.Random(3)
    outcomes = [followed_through(mutated(content, rng)) for _ in range(MUTATIONS)]
    assert outcomes.count("refused") > 5


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_anything_in_the_place_of_any_element_of_fhir(data: st.DataObject) -> None:
    whole: Any = json.loads(messages.as_json(messages.bundle()))
    parent: Any = whole
    key: Any = "entry"
    for _ in range(data.draw(st.integers(0, 6))):
        below = parent[key]
        keys = list(below) if isinstance(below, dict) else list(range(len(below))) if isinstance(below, list) else []
        if not keys:
            break
        parent, key = below, data.draw(st.sampled_from(keys))
    parent[key] = data.draw(ANYTHING)
    followed_through(json.dumps(whole).encode())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    assert followed_through(content) == "refused"
    assert followed_through(b"\0" * 128 + b"DICM" + content) == "refused"
