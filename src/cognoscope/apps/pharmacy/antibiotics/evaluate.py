"""`cognoscope evaluate pharmacy.antibiotics --data DIR`: what of this application can be measured honestly.

DIR is laid out like the AMR package's tables: EUCAST's tables, and `example_isolates.tsv.gz` (any table of isolates of
that layout). Nobody published which treatment each of these patients should have had: agreement with experts is not
measured here, only counting, breakpoints, calibration in time, and vignettes that the project wrote itself.
"""

import time
from datetime import date
from pathlib import Path

import numpy as np

from cognoscope.apps.pharmacy.antibiotics.card import CARD
from cognoscope.apps.pharmacy.antibiotics.case_microbes import Microbes, open_microbes
from cognoscope.apps.pharmacy.antibiotics.isolates import Isolates, from_wide
from cognoscope.apps.pharmacy.antibiotics.judged_breakpoints import agreement
from cognoscope.apps.pharmacy.antibiotics.judged_ecology import (
    Choice,
    Predicted,
    choices,
    predicted,
    recounted,
    split_day,
)
from cognoscope.apps.pharmacy.antibiotics.judged_proposals import intrinsic_proposed
from cognoscope.apps.pharmacy.antibiotics.judged_vignettes import judge
from cognoscope.apps.pharmacy.antibiotics.tables import agent_rows
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.intake.knowledge.eucast import EUCAST
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.methods.antibiogram import clopper_pearson, foreseen

TINY = 1e-9
ISOLATES = ("example_isolates.tsv.gz", "example_isolates.tsv", "isolates.tsv.gz", "isolates.tsv")


def evaluate(folder: Path) -> Evaluation:
    """Counting, breakpoints, calibration in time, coverage of choices, and vignettes.

    Raises:
        InvalidInput: the folder does not hold EUCAST's tables and a table of isolates.
    """
    started = time.perf_counter()
    path = next((folder / name for name in ISOLATES if (folder / name).is_file()), None)
    if path is None:
        raise InvalidInput(f"{folder} holds no table of isolates: one of {', '.join(ISOLATES)} is needed.")
    knowledge = _Folder(folder)
    microbes, isolates = open_microbes(knowledge), from_wide(path)
    day = split_day(isolates)
    right, judged = agreement(microbes.eucast)
    shares = predicted(isolates, microbes, day)
    bounds = [(one, foreseen(one.learnt_susceptible, one.learnt_tested, one.tested)) for one in shares]
    inside = sum(low - TINY <= one.seen <= high + TINY for one, (low, high) in bounds)
    error = [abs(one.share - one.seen) for one in shares]
    chosen = choices(isolates, microbes, day)
    vignettes = judge(knowledge)
    local = judge(knowledge, isolates)
    hits = sum(one.right for one in vignettes)
    cells, same = _counted_twice(isolates, microbes)
    wrong, proposed = intrinsic_proposed(knowledge, microbes, isolates)
    metrics = (
        _share("antibiogram_agreement", same, cells),
        _share("breakpoint_agreement", right, judged),
        Metric(
            name="susceptibility_error",
            value=round(float(np.mean(error)), 4) if error else None,
            baseline=round(_hospital_error(shares), 4) if shares else None,
        ),
        _share("foreseen_interval_holds", inside, len(shares)),
        _share("covered_chosen_by_ward", *_sum(chosen["chosen"]), baseline=_ratio(*_sum(chosen["fixed"]))),
        Metric(name="coverage_error", value=_calibration(chosen["all"])),
        _share("intrinsic_proposed", wrong, proposed),
        _share("vignettes_first_right", hits, len(vignettes)),
        _share("vignettes_never_proposed", sum(bool(one.never) for one in vignettes), len(vignettes)),
    )
    return Evaluation(
        application=CARD.name,
        version=CARD.version,
        dataset=folder.resolve().name,
        rows=len(isolates),
        metrics=metrics,
        seconds=round(time.perf_counter() - started, 1),
        detail={
            "learnt_before": day.isoformat(),
            "shares_judged": len(shares),
            "choices": {
                name: [[round(one.foreseen, 4), _ratio(one.covered, one.tested), one.tested] for one in held]
                for name, held in chosen.items()
            },
            "vignettes_wrong": {
                one.vignette["id"]: [one.vignette["expected"], one.first] for one in vignettes if not one.right
            },
            "vignettes_changed_by_ecology": {
                one.vignette["id"]: [before.first, one.first]
                for before, one in zip(vignettes, local, strict=True)
                if before.first != one.first
            },
        },
    )


class _Folder(Knowledge):
    """EUCAST's tables of one folder; nothing else is loaded."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "none")
        self._folder = folder

    def _stand_in(self, source: object) -> Path | None:
        return self._folder if source is EUCAST else None


def _counted_twice(isolates: Isolates, microbes: Microbes) -> tuple[int, int]:
    """Cells of the antibiogram (germ by agent, the last years) and those equal in both ways of counting."""
    last: date = isolates.day[-1].astype("datetime64[D]").item()
    years = 15
    ecology = microbes.ecology(isolates, last, years=years)
    germs, counts = np.unique(ecology.isolates.germ, return_counts=True)
    cells = same = 0
    for germ in (str(germ) for germ, count in zip(germs, counts, strict=True) if count >= 10):
        for agent in sorted({row["tested"] for row in agent_rows().values()}):
            share = ecology.share(germ, (agent,))
            cells += 1
            same += (share.susceptible, share.tested) == recounted(isolates, microbes, germ, agent, last, years)
    return cells, same


def _hospital_error(shares: list[Predicted]) -> float:
    """The error of saying, for every germ and ward, the mean share of the agent over all germs."""
    by_agent: dict[str, list[float]] = {}
    for one in shares:
        by_agent.setdefault(one.agents, []).append(one.share)
    return float(np.mean([abs(np.mean(by_agent[one.agents]) - one.seen) for one in shares]))


def _share(name: str, part: int, whole: int, baseline: float | None = None) -> Metric:
    low, high = clopper_pearson(part, whole)
    value = _ratio(part, whole)
    return Metric(name=name, value=value, low=round(low, 4), high=round(high, 4), baseline=baseline)


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _sum(held: list[Choice]) -> tuple[int, int]:
    return sum(one.covered for one in held), sum(one.tested for one in held)


def _calibration(held: list[Choice]) -> float | None:
    """Mean distance between coverage foreseen and seen, over rules and wards."""
    apart = [abs(one.foreseen - one.covered / one.tested) for one in held]
    return round(float(np.mean(apart)), 4) if apart else None
