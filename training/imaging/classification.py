"""The recipe of classification: dictionaries of windows, a committee of perceptrons, judged by groups, exported."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cognoscope.methods.images.answers import log_odds, probabilities
from cognoscope.methods.images.model_folder import Head
from cognoscope.methods.images.scores import auc_by_group, calibration_error, specificity_by_group
from training.imaging.cls_calibrate import fitted
from training.imaging.cls_data import Examples, drawn, read
from training.imaging.cls_fit import asked, columns_of, comparable, features_of, surrogate, teach
from training.imaging.cls_located import LocatedReader, located
from training.imaging.cls_network import Perceptron, Reader, Windows
from training.imaging.cls_scored import scored
from training.imaging.cls_windows import windows_of
from training.imaging.export import write_onnx, write_seen, write_toml

Array = NDArray[np.float64]
GRID = 24


def run(settings: Mapping[str, Any], data: Path, out: Path, folds: int | None = None) -> dict[str, Any]:
    """Teach, judge and export one application; the figures that `model.toml` now holds.

    folds: of the committee; None: as the configuration says.

    Raises:
        ValueError: the exported file is too large or answers otherwise than the network.
    """
    torch.set_num_threads(1)
    examples = read(data, settings)
    aside = set_aside(examples, settings)
    windows = windows_of(examples.images[~aside], settings, settings["seed"])
    features = features_of(windows, examples.images, settings["input"]["views"])
    return finish(settings, examples, aside, windows, features, out, folds)


def set_aside(examples: Examples, settings: Mapping[str, Any]) -> NDArray[np.bool_]:
    """(N,) whether an image teaches nothing and is judged once, at the end."""
    if not settings.get("aside"):
        return np.zeros(len(examples), bool)
    return drawn(examples.strata, examples.groups, settings["aside"], settings["seed"]) == 0


def finish(
    settings: Mapping[str, Any],
    examples: Examples,
    aside: NDArray[np.bool_],
    windows: Windows,
    features: torch.Tensor,
    out: Path,
    folds: int | None = None,
) -> dict[str, Any]:
    """The second half of `run`, from the pooled answers on."""
    out.mkdir(parents=True, exist_ok=True)
    taught = np.flatnonzero(~aside)
    rows = features[taught].flatten(0, 1)
    middle, spread = rows.mean(0), rows.std(0) + 1e-4
    ready = comparable(features, middle, spread)
    members, logits = committee(settings, examples, ready, taught, folds or settings["folds"])
    logits[aside] = asked(members, ready[torch.from_numpy(aside)]) if aside.any() else logits[aside]
    place = None
    if "lesions" in settings:
        place = located(settings, examples, taught, logits, folds or settings["folds"], out)
        logits = place.logits
    heads, figures = judged(settings, examples, aside, logits)
    more: dict[str, Any] = {}
    if place is not None:
        heads[0], more, found = scored(heads[0], examples, place.maps, logits, out)
        figures |= found
    slopes = surrogate(windows, middle, features[taught, 0], asked(members, ready[taught]))
    height, width = settings["input"]["size"]
    grid = (max(4, round(GRID * height / max(height, width))), max(4, round(GRID * width / max(height, width))))
    example = torch.from_numpy(examples.images[taught[:8]]).float() / 255
    slopes = in_units(windows, middle, spread, members, slopes, grid, example)
    reader: nn.Module = Reader(windows, middle, spread, members, slopes, grid)
    if place is not None:
        reader = LocatedReader(reader, place)
    outputs = ("logits", "map", "features")
    try:
        write_onnx(reader, example[:2], out / "model.onnx", outputs, half=True)
    except ValueError:
        # Where float16 answers otherwise than the network, the weights stay as they are.
        write_onnx(reader, example[:2], out / "model.onnx", outputs)
    write_seen([examples.digests[place] for place in taught], out / "seen.csv")
    write_toml(described(settings, heads, figures, len(taught)) | {"more": more}, out / "model.toml")
    write_out_of_fold(settings, examples, logits, heads, out / "out_of_fold.csv")
    return figures


@torch.inference_mode()
def in_units(
    windows: Windows,
    middle: torch.Tensor,
    spread: torch.Tensor,
    members: list[Perceptron],
    slopes: list[torch.Tensor],
    grid: tuple[int, int],
    example: torch.Tensor,
) -> list[torch.Tensor]:
    """The slopes of the map, so that the map of each column stays within 1 on some images."""
    maps = Reader(windows, middle, spread, members, slopes, grid).eval()(example)[1]
    unit = maps.abs().amax((0, 2, 3)).clamp_min(1e-6)
    return [slope / unit[:, None] for slope in slopes]


def write_out_of_fold(
    settings: Mapping[str, Any], examples: Examples, logits: Array, heads: list[Head], path: Path
) -> None:
    """By image what those members said that were not taught on its group: number of the group (not its name), truth and
    calibrated probability of the last class of each head. Tables of reliability are made from it."""
    groups = {name: number for number, name in enumerate(sorted(set(examples.groups)))}
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["group", *(f"{head.name}_{what}" for head in heads for what in ("truth", "chance"))])
        chances = [np.round(probabilities(head, logits)[:, -1], 5) for head in heads]
        truths = [truth_of(given, examples) for given in settings["heads"]]
        for place in range(len(examples)):
            cells = [cell for t, c in zip(truths, chances, strict=True) for cell in (int(t[place]), float(c[place]))]
            rows.writerow([groups[examples.groups[place]], *cells])


def committee(
    settings: Mapping[str, Any], examples: Examples, ready: torch.Tensor, taught: NDArray[np.int64], folds: int
) -> tuple[list[Perceptron], Array]:
    """All members, and for each image what those answer that were not taught on its group (NaN for those set aside)."""
    fit, seed = settings["fit"], settings["seed"]
    answers = {name: torch.from_numpy(values) for name, values in examples.answers.items()}
    groups = [examples.groups[place] for place in taught]
    strata = [examples.strata[place] for place in taught]
    fold = drawn(strata, groups, folds, seed + 1)
    members: list[Perceptron] = []
    logits = np.full((len(examples), sum(map(len, columns_of(settings["tasks"]).values()))), np.nan)
    for number in range(folds):
        chosen, left = taught[fold != number], taught[fold == number]
        own = [
            teach(ready, answers, settings["tasks"], chosen, fit, seed + 100 * number + member)
            for member in range(fit["members"])
        ]
        logits[left] = asked(own, ready[torch.from_numpy(left)])
        members += own
    return members, logits


def truth_of(given: Mapping[str, Any], examples: Examples) -> NDArray[np.int64]:
    """(N,) class of a head: that of its task, or 1 for the classes in `yes`; -1 where not known."""
    answer = examples.answers[given["task"]]
    if "yes" not in given:
        return answer
    return np.where(answer < 0, -1, np.isin(answer, given["yes"]).astype(np.int64))


def judged(
    settings: Mapping[str, Any], examples: Examples, aside: NDArray[np.bool_], logits: Array
) -> tuple[list[Head], dict[str, Any]]:
    """The calibrated heads, and what each reaches out of fold and, once, on what was set aside."""
    heads, figures = [], {}
    groups = np.array(examples.groups)
    words = {"name", "kind", "outputs", "against", "classes", "map"}
    for given in settings["heads"]:
        truth = truth_of(given, examples)
        plain = Head(**{key: value for key, value in given.items() if key in words})
        taught = ~aside & (truth >= 0)
        head = fitted(plain, logits[taught], truth[taught], given)
        heads.append(head)
        for how, part in (("cross-validated", taught), ("set aside, judged once", aside & (truth >= 0))):
            if part.any():
                short = "" if how == "cross-validated" else "_aside"
                found = _figures(head, logits[part], truth[part], groups[part], settings["seed"])
                # The first question is the application's own: its figures bear no other name.
                first = "" if head.name == settings["heads"][0]["name"] else f"{head.name}_"
                figures |= {
                    f"{first}{name}{short}": {"how": how, **{k: v for k, v in figure.items() if v is not None}}
                    for name, figure in found.items()
                }
    return heads, figures


def _figures(head: Head, logits: Array, truth: NDArray[np.int64], groups: NDArray[Any], seed: int) -> dict[str, Any]:
    chances = probabilities(head, logits)
    if head.kind != "binary":
        likely = chances.argmax(1)
        return {
            "accuracy": {"value": float((likely == truth).mean())},
            "mean_distance": {"value": float(np.abs(likely - truth).mean())},
        }
    yes = truth > 0
    area = auc_by_group(log_odds(head, logits), yes, groups, seed)
    special = specificity_by_group(log_odds(head, logits), yes, 0.866, groups, seed)
    return {
        "auc": {"value": area.value, "low": area.low, "high": area.high},
        "specificity_at_sensitivity_866": {"value": special.value, "low": special.low, "high": special.high},
        "ece": {"value": calibration_error(chances[:, 1], yes)},
        "ece_equal_width": {"value": equal_width_error(chances[:, 1], yes)},
    }


def equal_width_error(chances: Array, truth: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width (Naeini, Cooper and Hauskrecht 2015)."""
    place = np.minimum((chances * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(chances[place == number].mean() - truth[place == number].mean()) * (place == number).mean()
            for number in np.unique(place)
        )
    )


def described(
    settings: Mapping[str, Any], heads: list[Head], figures: Mapping[str, Any], images: int
) -> dict[str, Any]:
    """What `model.toml` says."""
    data = settings["data"]
    taken = {name: settings["input"][name] for name in ("size", "channels", "fit", "views")}
    trained_on = {"name": data["name"], "licence": data["licence"], "ships": data["ships"], "images": images}
    return {
        "name": settings["name"],
        "version": settings["version"],
        "task": "classification",
        "source": settings["source"],
        "research_only": settings["research_only"],
        "split": settings["split"],
        "seeds": [settings["seed"]],
        "input": taken,
        "heads": [head.model_dump(mode="json", exclude_none=True, exclude_defaults=True) for head in heads],
        "trained_on": [trained_on],
        "figures": dict(figures),
    }
