"""Declarations with what they state: medicines, reactions, what does not count, seriousness; F1 and latency.

A `.jsonl` file, one declaration a line: text, suspects (substances), others, reactions and set_aside (CTCAE terms),
serious (criteria without `serious-`), and perhaps split (`tune`, `judge`: only `judge` counts where there is one).
Those that ship
(`vignettes.jsonl`) were written by the authors of the rules, before these were tuned on the other half: they show that
the parts work
together, not how well a stranger's words are read.
"""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.pharmacy.reactions.app import propose
from cognoscope.apps.pharmacy.reactions.case import build_case
from cognoscope.apps.pharmacy.reactions.declaration import Declaration
from cognoscope.apps.pharmacy.reactions.lexicon import known
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Metric
from cognoscope.core.values import Finding, TextValue
from cognoscope.intake.knowledge.store import default_knowledge
from cognoscope.intake.plain_words import plain_words

AS_OF = datetime(2026, 11, 21, tzinfo=UTC)
RESAMPLED = 2000
Counts = tuple[int, int, int]
NAMES = ("drug_f1", "reaction_f1", "set_aside_f1", "seriousness_f1")


def evaluate(folder: Path) -> tuple[list[Metric], dict[str, Any], int]:
    """F1 over all declarations, with 95 % intervals (declarations resampled, seed 0), and milliseconds a declaration.

    Raises:
        InvalidInput: a file is not as above.
    """
    declared = [each for file in sorted(folder.glob("*.jsonl")) for each in _read(file)]
    judged = [each for each in declared if each.get("split", "judge") == "judge"]
    knowledge = default_knowledge()
    build_case(Declaration("warm", "tramadol"), knowledge, AS_OF)
    counts: dict[str, list[Counts]] = {name: [] for name in NAMES}
    missed: dict[str, list[str]] = {name: [] for name in NAMES}
    took = []
    for number, each in enumerate(judged):
        started = time.perf_counter()
        (proposal,) = propose(build_case(Declaration(f"judged{number}", each["text"]), knowledge, AS_OF))
        took.append(1000 * (time.perf_counter() - started))
        found = proposal.value.findings if isinstance(proposal.value, TextValue) else ()
        for name, (expected, got) in _compared(each, found).items():
            counts[name].append((len(expected & got), len(got - expected), len(expected - got)))
            missed[name] += [f"{each.get('id', number)} missed {one}" for one in sorted(expected - got)]
            missed[name] += [f"{each.get('id', number)} false {one}" for one in sorted(got - expected)]
    metrics = [_metric(name, counts[name]) for name in NAMES]
    half, most = np.percentile(took, (50, 95)) if took else (0.0, 0.0)
    metrics += [
        Metric(name="milliseconds_p50", value=round(float(half), 2)),
        Metric(name="milliseconds_p95", value=round(float(most), 2)),
    ]
    return metrics, {"declarations": len(judged), "differences": missed}, len(judged)


def _read(file: Path) -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            if not {"text", "suspects", "reactions"} <= set(row):
                raise ValueError
        except (ValueError, TypeError) as error:
            raise InvalidInput(
                f"{file}, line {number}: a declaration with text, suspects and reactions is needed."
            ) from error
        found.append(row)
    return found


def _compared(each: dict[str, Any], found: Sequence[Finding]) -> dict[str, tuple[set[str], set[str]]]:
    names = {one.code: one.term for one in known().values()}

    def terms(group: str) -> set[str]:
        return {names.get(one.code or "", str(one.code)) for one in found if one.group == group}

    serious = {one.key.removeprefix("serious-") for one in found if one.group == "seriousness"}
    # `other` is a judgement of the reader more than a statement of the text: it is not counted either way.
    stated = {one for one in each.get("serious", ()) if one != "other"}
    return {
        "drug_f1": _medicines(each, found),
        "reaction_f1": (set(each["reactions"]), terms("reaction")),
        "set_aside_f1": (set(each.get("set_aside", ())), terms("set-aside")),
        "seriousness_f1": (stated, serious - {"other"}),
    }


def _medicines(each: dict[str, Any], found: Sequence[Finding]) -> tuple[set[str], set[str]]:
    """Medicine with its role, one for each; a medicine of several substances is right by any of them."""
    got = set()
    expected = {f"suspect {name}" for name in each["suspects"]} | {f"other {name}" for name in each.get("others", ())}
    for one in found:
        said = {attribute.name: str(attribute.value) for attribute in one.attributes}
        if not one.group.endswith("-drug") or not said.get("substances"):
            continue
        role = "suspect" if one.group == "suspect-drug" else "other"
        plain = f" {plain_words(said['substances'])} "
        fitting = [name for name in expected if name.startswith(role) and _is(name.partition(" ")[2], plain)]
        got.add(fitting[0] if fitting else f"{role} {said['substances']}")
    return expected, got


def _is(name: str, substances: str) -> bool:
    plain = plain_words(name)
    return f" {plain} " in substances or f" {plain}e " in substances


def _metric(name: str, counts: list[Counts]) -> Metric:
    table = np.array(counts, dtype=np.int64).reshape(-1, 3)
    draws = np.random.default_rng(0).integers(0, len(table), (RESAMPLED, len(table))) if len(table) else None
    spread = [] if draws is None else [value for draw in draws if (value := _f1(table[draw].sum(axis=0))) is not None]
    low, high = np.percentile(spread, (2.5, 97.5)) if spread else (None, None)
    value = _f1(table.sum(axis=0)) if len(table) else None
    return Metric(
        name=name,
        value=None if value is None else round(value, 4),
        low=None if low is None else round(float(low), 4),
        high=None if high is None else round(float(high), 4),
    )


def _f1(total: Any) -> float | None:
    right, false, missed = (int(each) for each in total)
    return 2 * right / (2 * right + false + missed) if right + false + missed else None
