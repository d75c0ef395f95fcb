"""One recipe for everything that is outlined: folds choose the thresholds and give the figures, then all teach."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cognoscope.methods.images.prepare import prepare
from training.imaging.export import write_onnx, write_seen, write_toml
from training.imaging.seg_circumference import circumferences
from training.imaging.seg_data import Examples, load
from training.imaging.seg_fit import fit, network_of
from training.imaging.seg_judge import best_threshold, dice, dice_by_threshold, predict
from training.imaging.seg_network import Exported
from training.imaging.seg_shares import shares

MOST_SHOWN = 50
"""Images that show the exported network what it will see."""
FINAL = 9
"""The part that is no fold: all that may be learnt from."""


def run(settings: dict[str, Any], data: Path, out: Path, folds: int | None = None) -> dict[str, Any]:
    """Cross-validate, train on all that may be learnt from, write the model folder `out`.

    With `single` under `[split]` one network is trained, without the first fold; that fold chooses the thresholds. With
    `eight_bits` under `[fit]` the file holds integers of 8 bits.

    folds: how many of the folds to run; all where None. Without any the thresholds stay 0.5.

    Returns:
        The figures on images that did not teach the network, also written to `out/folds.json`.
    """
    torch.set_num_threads(settings["fit"].get("threads", 1))
    out.mkdir(parents=True, exist_ok=True)
    examples = load(settings, data)
    teaching, held = np.flatnonzero(~examples.held_out), np.flatnonzero(examples.held_out)
    single = settings["split"].get("single", False)
    predicted: dict[int, Any] = {}
    for part in sorted(set(examples.folds[teaching].tolist()))[: 1 if single else folds]:
        chosen, judged = (teaching[test(examples.folds[teaching], part)] for test in (np.not_equal, np.equal))
        network = _taught(settings, examples, chosen, part, out)
        predicted |= predict(network, settings, examples, judged)
        print(f"fold {part}: {judge(settings, examples, predicted)['figures']}", file=sys.stderr)
    figures = judge(settings, examples, predicted) if predicted else {}
    final = network if single else _taught(settings, examples, teaching, FINAL, out)
    if len(held):
        figures["held_out"] = judge(settings, examples, predict(final, settings, examples, held), figures)
    write_folder(settings, examples, final, figures, out)
    (out / "folds.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return figures


def _taught(settings: dict[str, Any], examples: Examples, chosen: NDArray[np.int64], part: int, out: Path) -> Exported:
    """The network of a fold, or (`part` 9) all members of the final one; weights are kept beside, so that nothing is
    taught again only to be looked at again."""
    how = settings["fit"]
    final = part == FINAL
    members = []
    for member in range(how.get("members", 1) if final else 1):
        kept = out / f"weights_{part}{f'_{member}' if member else ''}.pt"
        if kept.exists():
            network = network_of(settings)
            network.load_state_dict(torch.load(kept))
        else:
            steps = how["steps"] if final else how.get("fold_steps", how["steps"])
            network = fit(settings, examples, chosen, how["seed"] * 10 + part + 100 * member, steps)
            torch.save(network.state_dict(), kept)
        members.append(network)
    return Exported(members).eval()


def write_folder(
    settings: dict[str, Any], examples: Examples, network: Exported, figures: dict[str, Any], out: Path
) -> None:
    """The model folder: weights, description, digests of what was learnt from."""
    height, width = settings["input"]["size"]
    taught = [source for source, held in zip(examples.sources, examples.held_out, strict=True) if not held]
    shown = [prepare(source, (height, width), settings["input"]["channels"]) for source in taught[:MOST_SHOWN]]
    example, how = torch.from_numpy(np.stack(shown)), settings["fit"]
    names = ("probabilities", "features")
    write_onnx(network, example, out / "model.onnx", names, how.get("half", True), how.get("eight_bits", False))
    write_seen(
        [each for each, held in zip(examples.digests, examples.held_out, strict=True) if not held], out / "seen.csv"
    )
    thresholds = figures.get("thresholds", {})
    described = {
        **settings["about"],
        "task": "segmentation",
        "seeds": [settings["fit"]["seed"]],
        "input": {key: settings["input"][key] for key in ("size", "channels", "views") if key in settings["input"]},
        "regions": [
            {"name": name, "channel": channel, "threshold": thresholds.get(name, 0.5)}
            for channel, name in enumerate(settings["classes"])
            if channel
        ],
        "trained_on": settings["trained_on"],
    }
    how = "on the fold that chose the thresholds" if settings["split"].get("single") else "cross-validated"
    told = {name: {"value": value, "how": how} for name, value in figures.get("figures", {}).items()}
    if "held_out" in figures:
        how = "on groups set aside"
        told |= {f"{name}_held_out": {"value": v, "how": how} for name, v in figures["held_out"]["figures"].items()}
    more = {"threshold_any": thresholds["any"]} if "any" in thresholds else {}
    write_toml({**described, "figures": told, "more": {**more, **figures.get("more", {})}}, out / "model.toml")


def judge(
    settings: dict[str, Any], examples: Examples, predicted: dict[int, Any], given: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Dice of anything but background (`any`) and of each class, at the threshold that suits each, or as given."""
    numbers = sorted(predicted)
    figures: dict[str, float] = {}
    thresholds: dict[str, float] = {}
    by_image: dict[str, list[float]] = {}
    for channel, name in enumerate(settings["classes"]):
        if channel == 0 and len(settings["classes"]) == 2:
            continue
        name = "any" if channel == 0 else name
        planes = [1 - predicted[n][0] if channel == 0 else predicted[n][channel] for n in numbers]
        masks = [examples.whole[n] > 0 if channel == 0 else examples.whole[n] == channel for n in numbers]
        held = [place for place, mask in enumerate(masks) if mask.any()] if channel else list(range(len(numbers)))
        if not held:
            continue
        found = dice_by_threshold([planes[place] for place in held], [masks[place] for place in held])
        threshold = (given or {}).get("thresholds", {}).get(name) or best_threshold(found)
        thresholds[name] = threshold
        each = [dice(planes[place] >= threshold, masks[place]) for place in held]
        by_image[name] = [round(value, 4) for value in each]
        figures[f"dice_{name}"] = round(float(np.mean(each)), 4)
    more: dict[str, Any] = {}
    if "measure" in settings:
        known = (given or {}).get("more", {}).get("circumference")
        told, more["circumference"] = circumferences(
            settings, examples, predicted, thresholds[settings["classes"][1]], known
        )
        figures |= told
    if "shares" in settings:
        more["shares"] = shares(examples, predicted, thresholds["any"])
    return {
        "figures": figures,
        "thresholds": thresholds,
        "images": [examples.identifiers[n] for n in numbers],
        "dice": by_image,
        "more": more,
    }
