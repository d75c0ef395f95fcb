"""Whatever the input, nothing crashes, and every record read is written, quarantined or ignored."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.fhir_examples import EVERY, bundle, lines

from cognoscope.intake.cdm import TABLES
from cognoscope.intake.fhir_mapping import Mapped
from cognoscope.intake.fhir_work import Setup, Worker
from cognoscope.intake.sources import Batch, Form, Piece

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))
Map = Callable[[bytes, Form], Mapped]


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Map:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    at = datetime(2026, 11, 21, tzinfo=UTC)
    worker = Worker(Setup(folder, bytes(32), bytes(32), True, "Europe/Paris", at, (), ()))

    def run(text: bytes, form: Form) -> Mapped:
        return worker.map(Batch("a" * 64, 0, (Piece("in", form, text),), len(text)))

    return run


def check(result: Mapped) -> None:
    tally = result.tallies["in"]
    assert tally.read == tally.written + tally.quarantined + tally.ignored
    aside = result.tables["quarantine"].num_rows if "quarantine" in result.tables else 0
    assert aside == tally.quarantined
    for name, rows in result.tables.items():
        TABLES[name].conform(rows)


def mutated(resource: dict[str, Any], path: list[int], value: object) -> dict[str, Any]:
    """The resource with the value at a place that the numbers lead to replaced."""
    changed: Any = json.loads(json.dumps(resource))
    place: Any = changed
    for step, number in enumerate(path):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = keys[number % len(keys)]
        if step == len(path) - 1 or not isinstance(place[key], dict | list) or not place[key]:
            place[key] = value
            break
        place = place[key]
    return changed


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    resource=st.sampled_from(EVERY),
    path=st.lists(st.integers(0, 20), min_size=1, max_size=5),
    value=JSON | st.sampled_from(["2026-13-01", "9999-12-31", "\ud800", "Patient/", "#", "?identifier=", -1e308]),
)
def test_a_field_with_another_value(mapped: Map, resource: dict[str, Any], path: list[int], value: object) -> None:
    changed = mutated(resource, path, value)
    check(mapped(lines(changed, resource), "lines"))
    check(mapped(bundle(resource, changed, full_url="urn:uuid:1"), "document"))


@settings(max_examples=300, deadline=None)
@given(
    cut=st.integers(0, 4000),
    noise=st.binary(max_size=20),
    at=st.integers(0, 4000),
    document=st.booleans(),
)
def test_bytes_cut_off_or_put_in(mapped: Map, cut: int, noise: bytes, at: int, document: bool) -> None:
    text = bundle(*EVERY) if document else lines(*EVERY)
    spoilt = text[:at] + noise + text[at + len(noise) : len(text) - cut]
    check(mapped(spoilt, "document" if document else "lines"))


@settings(max_examples=200, deadline=None)
@given(text=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()), document=st.booleans())
def test_anything_at_all(mapped: Map, text: bytes, document: bool) -> None:
    check(mapped(text, "document" if document else "lines"))
