"""Fits the gates on what `gate_measure` measured: `python -m training.imaging.gate_fit MEASURES OUT [NAME ...]`.

With `--left-out`, each set that teaches also judges a gate that was taught without it.

Four small networks (one hidden layer) are each taught without a quarter of the own groups; what each says of that
quarter gives the thresholds and the figures. The four together, and the distance from the own kind, are
written to one ONNX file.
"""

import json
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from training.imaging import gate_sets
from training.imaging.gate_export import export

Array = NDArray[np.float32]
CLASSES = ("own", "not-this-kind", "inverted", "cropped", "blurred", "noisy")
SEED, FOLDS, HIDDEN, STEPS, BATCH = 20261122, 4, 48, 600, 384
OWN_LOST, NOVEL_LOST, LENIENT = 0.025, 0.005, 1.5
COMPONENTS = 40


@dataclass(frozen=True)
class Taught:
    """Rows that teach, with their class, and what is common to all folds."""

    features: Array
    classes: NDArray[np.int64]


@dataclass(frozen=True)
class Distance:
    """Principal components of the own kind; the distance is the mean square along them and of what is left."""

    middle: Array
    spread: Array
    axes: Array
    scale: Array
    rest: float

    def of(self, features: Array) -> Array:
        """(n,) distances, about 1 for the own kind."""
        centred = np.clip((features - self.middle) / self.spread, -12, 12)
        along = centred @ self.axes
        left = np.maximum((centred**2).sum(1) - (along**2).sum(1), 0)
        return np.asarray(((along / self.scale) ** 2).mean(1) * 0.5 + left / self.rest * 0.5, np.float32)


def distance(features: Array) -> Distance:
    """Fitted to the own images."""
    middle, spread = features.mean(0), features.std(0) + 0.02
    centred = np.clip((features - middle) / spread, -12, 12)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    count = min(COMPONENTS, max(2, len(features) // 6))
    scale = sizes[:count] / np.sqrt(len(features))
    rest = float((centred**2).sum(1).mean() - (scale**2).sum())
    return Distance(middle, spread, axes[:count].T.copy(), scale, max(rest, 1e-3))


def teach(taught: Taught, seed: int) -> tuple[torch.nn.Sequential, Array, Array]:
    """One network and the mean and spread by which its measures are brought to one scale."""
    torch.manual_seed(seed)
    middle = taught.features.mean(0)
    spread = taught.features.std(0) + 0.02
    x = torch.tensor(np.clip((taught.features - middle) / spread, -5, 5))
    y = torch.tensor(taught.classes)
    network = torch.nn.Sequential(
        torch.nn.Linear(x.shape[1], HIDDEN),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.3),
        torch.nn.Linear(HIDDEN, len(CLASSES)),
    )
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=STEPS)
    counts = torch.bincount(y, minlength=len(CLASSES)).float().clamp(min=1)
    # Half of the weight on the own kind, so that a gate taught with few own images still knows them.
    share = torch.full((len(CLASSES),), 0.65 / (len(CLASSES) - 1))
    share[0] = 0.35
    sampler = torch.Generator().manual_seed(seed)
    weights = (share / counts)[y]
    for _ in range(STEPS):
        index = torch.multinomial(weights, BATCH, replacement=True, generator=sampler)
        rows = x[index] + 0.15 * torch.randn(BATCH, x.shape[1], generator=sampler)
        loss = torch.nn.functional.cross_entropy(network(rows), y[index], label_smoothing=0.02)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return network.eval(), middle, spread


def scores(part: tuple[torch.nn.Sequential, Array, Array], features: Array) -> Array:
    """(n, classes) probabilities."""
    network, middle, spread = part
    with torch.no_grad():
        return network(torch.tensor(np.clip((features - middle) / spread, -5, 5))).softmax(1).numpy()


def outliers(folder: Path, settings: dict[str, Any], name: str) -> tuple[dict[str, Array], dict[str, Array]]:
    """Foreign images that may teach this gate, and those that judge it, each by kind."""
    config = settings[name]
    kin = {config["own"], *config["kin"]}
    shipping = not config["folder"].startswith("research_models")
    sets = {
        entry: np.load(folder / f"set_{entry}.npz")["features"] for entry in settings["shipping"] + settings["research"]
    }
    taught = {entry: np.load(folder / f"taught_{entry}.npz")["features"] for entry in ("scenes", "pages", "lookalikes")}
    judged = {entry: np.load(folder / f"judged_{entry}.npz")["features"] for entry in ("photograph", "text")}
    for entry, features in sets.items():
        if entry in kin:
            continue
        (taught if entry in settings["shipping"] or not shipping else judged)[entry] = features
    judged |= {f"kin {entry}": sets[entry] for entry in config["kin"]}
    return taught, judged


def fit(folder: Path, settings: dict[str, Any], name: str, leave_out: str | None = None) -> dict[str, Any]:
    """Four networks, distances, thresholds and the figures of a gate; without one set where `leave_out`."""
    own = np.load(folder / f"own_{name}.npz")
    kinds, judge, features = own["kind"], own["judge"], own["features"]
    fold = np.array([gate_sets.fold_of(str(group), FOLDS) for group in own["group"]])
    taught, judged = outliers(folder, settings, name)
    if leave_out:
        judged = {leave_out: taught.pop(leave_out)}
    foreign = np.concatenate(list(taught.values()))
    classes = np.array([0 if kind in ("own", "allowed") else CLASSES.index(kind) for kind in kinds])
    teaches = ~judge | (kinds == "own")
    parts, far, chance = [], np.zeros(len(kinds)), np.zeros(len(kinds))
    distances = []
    for number in range(1 if leave_out else FOLDS):
        inside = teaches & (fold != number)
        rows = Taught(
            np.concatenate([features[inside], foreign]),
            np.concatenate([classes[inside], np.ones(len(foreign), np.int64)]),
        )
        part = teach(rows, SEED + number)
        gap = distance(features[inside & (classes == 0)])
        here = fold == number
        if here.any():
            chance[here], far[here] = scores(part, features[here])[:, 0], gap.of(features[here])
        parts.append(part)
        distances.append(gap)
    clean = (kinds == "own") & (fold == 0 if leave_out else True)
    least = float(np.quantile(chance[clean], settings[name].get("lost", OWN_LOST)))
    most = float(np.quantile(far[clean], 1 - NOVEL_LOST)) * LENIENT
    figures: dict[str, Any] = {"refused_own": share((chance < least) | (far > most), clean)}
    for kind in ("inverted", "cropped", "blurred", "noisy"):
        figures[kind] = share((chance < least) | (far > most), judge & (kinds == kind))
    for kind, rows_judged in judged.items():
        probability = np.mean([scores(part, rows_judged)[:, 0] for part in parts], axis=0)
        apart = np.mean([gap.of(rows_judged) for gap in distances], axis=0)
        figures[kind] = share((probability < least) | (apart > most), np.ones(len(rows_judged), bool))
        figures[kind + " (distance alone)"] = share(apart > most, np.ones(len(rows_judged), bool))
    return {
        "parts": parts,
        "distances": distances,
        "least": least,
        "most": most,
        "figures": figures,
        "taught": sorted(taught),
    }


def share(refused: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    """Share refused, to four decimals."""
    return round(float(refused[among].mean()), 4)


def main(folder: Path, out: Path, names: list[str], each_left_out: bool) -> None:
    """Fit, judge and write the gates named, or all."""
    torch.set_num_threads(1)
    settings = tomllib.loads(Path(__file__).with_name("gate.toml").read_text(encoding="utf-8"))
    gates = [entry for entry, config in settings.items() if isinstance(config, dict) and "own" in config]
    for name in names or gates:
        found = fit(folder, settings, name)
        held_out = {}
        for entry in found["taught"] if each_left_out else ():
            if entry in settings["shipping"] + settings["research"]:
                held_out[entry] = fit(folder, settings, name, entry)["figures"][entry]
        print(name, json.dumps(found["figures"]), "left out of teaching:", json.dumps(held_out), flush=True)
        export(found, CLASSES, settings, name, held_out, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [n for n in sys.argv[3:] if n[0] != "-"], "--left-out" in sys.argv)
