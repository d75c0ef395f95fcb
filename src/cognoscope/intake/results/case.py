"""A received result as a case: what it says in tables, its pixels on our images where these are kept here."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np

from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage, Cell, Column, Fact, Table
from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import Coded
from cognoscope.core.noun import Sentence
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.intake.results.kept import KeptImage
from cognoscope.intake.results.received import PlacedSegment, Received

KIND = "received-result"
NOBODY = "This result does not say whose it is: it cannot be joined to anybody and was refused."
SEGMENTS = "segments"
Row = tuple[Cell, ...]


def case_of(
    result: Received,
    pseudonymiser: Pseudonymiser,
    received_at: datetime,
    kept: Callable[[str, frozenset[str]], Sequence[KeptImage]] = lambda study, instances: (),
) -> Case:
    """The case of a result: no identifier as it was sent is in it.

    kept: the images kept here of a study that hold some instances, by pseudonymous UIDs; marks and pixels that lie on
        none of them are left out.

    Raises:
        InvalidInput: it names no patient.
    """
    if not result.patient:
        raise InvalidInput(NOBODY)
    person = pseudonymiser.person(result.patient)
    study = pseudonymiser.uid(result.study) if result.study else ""
    wanted = frozenset(pseudonymiser.uid(instance) for instance in _instances(result))
    where = _Places(kept(study, wanted) if study and wanted else (), pseudonymiser)
    made = min(result.at or received_at, received_at)
    tables = [_measurements(result), _marks(result, where)]
    layers, segments = _segments(result, where)
    used = {cell for table in (*tables, segments) if table for cell in _images_in(table)}
    return Case(
        kind=KIND,
        subject=f"person:{person}",
        as_of=made + timedelta(days=pseudonymiser.shift_days(person)),
        facts=(
            Fact(name="source", value=result.source),
            Fact(name="algorithm", value=result.algorithm.name),
            Fact(name="algorithm_version", value=result.algorithm.version),
            Fact(name="manufacturer", value=result.algorithm.manufacturer),
            Fact(name="result", value=pseudonymiser.uid(result.identifier)),
            Fact(name="study", value=study),
            Fact(name="preliminary", value=result.preliminary),
        ),
        tables=tuple(table for table in (*tables, segments) if table is not None),
        images=(*(image for name, image in where.images.items() if name in used), *layers),
        source=result.source,
    )


def _instances(result: Received) -> set[str]:
    places = [place for segment in result.segments for place in segment.masks]
    return {mark.instance for mark in result.marks} | {instance for instance, _ in places}


class _Places:
    """Where a frame of an object that was sent lies among our images."""

    def __init__(self, kept: Sequence[KeptImage], pseudonymiser: Pseudonymiser) -> None:
        self._uid = pseudonymiser.uid
        self.images = {each.image.name: each.image for each in kept}
        self._place = {
            (instance, number): (each.image.name, place)
            for each in kept
            for place, (instance, number) in enumerate(each.frames)
        }

    def of(self, instance: str, frame: int) -> tuple[str, int] | None:
        return self._place.get((self._uid(instance), frame))


def _images_in(table: Table) -> set[Cell]:
    column = table.column("image")
    return set(column.values) if column else set()


def _table(name: str, columns: Sequence[tuple[str, str]], rows: Sequence[Row]) -> Table | None:
    if not rows:
        return None
    cells = list(zip(*rows, strict=True))
    made = [
        Column.model_validate({"name": n, "type": t, "values": c}) for (n, t), c in zip(columns, cells, strict=True)
    ]
    return Table(name=name, columns=tuple(made))


CODE = (("code", "text"), ("scheme", "text"), ("meaning", "text"))


def _coded(code: Coded | None) -> Row:
    return (code.value, code.scheme, code.meaning) if code else (None, None, None)


def _measurements(result: Received) -> Table | None:
    columns = [("key", "text"), ("label_fr", "text"), ("label_en", "text"), ("amount", "number"), ("unit", "text")]
    columns += [("words_fr", "text"), ("words_en", "text"), *CODE]
    rows: list[Row] = [
        (one.key, one.label.fr, one.label.en, one.amount, one.unit, *_words(one.words), *_coded(one.code))
        for one in result.measurements
    ]
    return _table("measurement", columns, rows)


def _words(words: Sentence | None) -> Row:
    return (words.fr, words.en) if words else (None, None)


def _marks(result: Received, where: _Places) -> Table | None:
    columns = [("key", "text"), ("label", "text"), ("image", "text"), ("frame", "integer"), ("shape", "text")]
    columns += [("points", "text"), ("certainty", "number"), *CODE]
    rows: list[Row] = []
    for mark in result.marks:
        place = where.of(mark.instance, mark.frame)
        if place is not None:
            points = json.dumps([[round(row, 3), round(column, 3)] for row, column in mark.points])
            key = f"mark-{len(rows) + 1}"
            rows.append((key, mark.label or "-", *place, mark.shape, points, mark.certainty, *_coded(mark.code)))
    return _table("mark", columns, rows)


def _segments(result: Received, where: _Places) -> tuple[list[CaseImage], Table | None]:
    """One layer for each of our images, each pixel the number of its segment (a later one over an earlier one)."""
    arrays: dict[str, np.ndarray] = {}
    rows: list[Row] = []
    for number, segment in enumerate(result.segments, start=1):
        for name in _drawn(segment, number, where, arrays):
            layer = f"{SEGMENTS}_{list(arrays).index(name) + 1}"
            rows.append((number, segment.label or "-", name, layer, *_coded(segment.code)))
    columns = [("number", "integer"), ("label", "text"), ("image", "text"), ("layer", "text"), *CODE]
    layers = [
        CaseImage(name=f"{SEGMENTS}_{place}", raster=pixels.keep(array), modality="SEG")
        for place, array in enumerate(arrays.values(), start=1)
    ]
    return layers, _table("segment", columns, rows)


def _drawn(segment: PlacedSegment, number: int, where: _Places, arrays: dict[str, np.ndarray]) -> list[str]:
    drawn: dict[str, None] = {}
    for (instance, frame), mask in segment.masks.items():
        place = where.of(instance, frame)
        if place is None or mask.shape != where.images[place[0]].raster.shape[1:3] or not mask.any():
            continue
        name, at = place
        array = arrays.setdefault(name, np.zeros(where.images[name].raster.shape[:3], dtype=np.uint8))
        array[at][mask] = number
        drawn[name] = None
    return list(drawn)
