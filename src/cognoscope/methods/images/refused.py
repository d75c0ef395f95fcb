"""The two rows of an evaluation that say what an application refuses: of foreign images, and of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from cognoscope.core.evaluation import Metric
from cognoscope.methods.images.foreign import foreign_images, refusals
from cognoscope.methods.images.watchman import Watchman

SEED = 20261122
AIM = "issue: at least 0.95 of foreign images refused, at most 0.05 of its own"


def refused_metrics(
    watchman: Watchman,
    own: Sequence[NDArray[Any]],
    groups: Sequence[str],
    others_root: Path | None,
    kind: str,
) -> tuple[tuple[Metric, ...], dict[str, Any]]:
    """`refused_foreign` and `refused_own` with 95 % intervals, and the share refused by kind.

    Args:
        watchman: the gate, as the application asks it; there may be none.
        own: images that did not teach the model; without any nothing is said.
        others_root: folder with the sibling data sets; None, and images of other modalities are left out.
        kind: what the own images show (a value of `foreign_sets.toml`).
    """
    if not own or not watchman.present:
        nothing = tuple(Metric(name=name, value=None) for name in ("refused_foreign", "refused_own"))
        return nothing, {"gate": "not judged: there is no gate, or no image that did not teach the model"}
    root = others_root if others_root and others_root.is_dir() else None
    found = refusals(watchman.check, own, foreign_images(own, SEED, root, kind), groups)
    rows = (
        Metric(
            name="refused_foreign",
            value=found.foreign.value,
            low=found.foreign.low,
            high=found.foreign.high,
            baseline=0.0,
            reference=0.95,
            reference_source=AIM,
        ),
        Metric(
            name="refused_own",
            value=found.own.value,
            low=found.own.low,
            high=found.own.high,
            baseline=0.0,
            reference=0.05,
            reference_source=AIM,
        ),
    )
    detail = {name: {"refused": share.value, "count": share.count} for name, share in found.kinds.items()}
    return rows, {"refused_by_kind": detail, "refused_own_count": found.own.count}
