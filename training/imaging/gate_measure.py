"""Measures the images that teach or judge the gates: `python -m training.imaging.gate_measure FOLDER [NAME ...]`.

Each file of FOLDER holds the measures of one gate's own images and of their spoiled copies, or of one kind of foreign
images.
"""

import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from os import environ
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cognoscope.methods.images import foreign_generated, foreign_spoiled
from cognoscope.methods.images.gate_features import LARGE, measures
from training.imaging import gate_outliers, gate_sets

Bytes = NDArray[np.uint8]
SEED = 20261122
TAUGHT = {"scenes": 700, "pages": 350, "lookalikes": 900}
JUDGED = {"photograph": 240, "text": 160}
EACH_SET = 220


def smaller(image: Bytes) -> Bytes:
    """Half as large, as the gate looks at large images anyway."""
    return foreign_spoiled.resized(image, image.shape[0] // 2, image.shape[1] // 2)


def turned(image: Bytes, turns: str, draw: np.random.Generator) -> Bytes:
    """Mirrored or turned as the kind allows."""
    if turns != "none" and draw.random() < 0.5:
        image = image[:, ::-1]
    return np.ascontiguousarray(np.rot90(image, int(draw.integers(4))) if turns == "all" else image)


def allowed(image: Bytes, margin: float, draw: np.random.Generator) -> Bytes:
    """A copy that must still be accepted, as another camera gives it: light, contrast, tint, size, compression.

    Also a little less of the edges, a little softness, a black surround.
    """
    image = surrounded(image, margin, draw)
    if draw.random() < 0.5:
        image = foreign_spoiled.cropped(image, draw.uniform(0.75, 1), draw, enlarge=False)
    if draw.random() < 0.3:
        image = foreign_spoiled.blurred(image, draw.uniform(0.3, 0.8), "gaussian", draw)
    if draw.random() < 0.5:
        scale = draw.uniform(0.8, 1.25)
        image = foreign_spoiled.resized(image, *(round(side * scale) for side in image.shape[:2]))
    values = image.astype(np.float32)
    middle = float(values.mean())
    values = (values - middle) * draw.uniform(0.85, 1.15) + middle * draw.uniform(0.9, 1.1)
    if image.ndim == 3:
        grey = values.mean(axis=2, keepdims=True)
        values = grey + (values - grey) * draw.uniform(0.7, 1.3)
        values = values * draw.uniform(0.88, 1.12, 3).astype(np.float32)
    copy = np.asarray(np.clip(values, 0, 255), np.uint8)
    return compressed(copy, int(draw.integers(55, 95))) if draw.random() < 0.5 else copy


def compressed(image: Bytes, quality: int) -> Bytes:
    """As JPEG gives it back."""
    stream = BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=quality)
    return gate_sets.greyed(np.asarray(Image.open(stream), np.uint8))


def surrounded(image: Bytes, margin: float, draw: np.random.Generator) -> Bytes:
    """A black surround of up to `margin` of each side, half of the time, as around the body in a whole slice."""
    if not margin or draw.random() < 0.5:
        return image
    pads = [(int(side * draw.uniform(0, margin)), int(side * draw.uniform(0, margin))) for side in image.shape[:2]]
    return np.pad(image, pads + [(0, 0)] * (image.ndim - 2))


def spoiled(image: Bytes, draw: np.random.Generator, judge: bool) -> Iterator[tuple[str, Bytes]]:
    """Copies that must be refused. Those that judge differ in kind and in strength from those that teach."""
    side = min(image.shape[:2])
    yield "inverted", foreign_spoiled.inverted(image)
    for _ in range(1 if judge else 2):
        share = draw.uniform(0.3, 0.5) if judge else draw.uniform(0.2, 0.6)
        yield "cropped", foreign_spoiled.cropped(image, share, draw, enlarge=draw.random() < 0.5)
        blurs = ("gaussian", "defocus", "motion") if judge else ("gaussian", "box", "enlarged", "oblong", "shaken")
        least = max(2.0, side / 200)
        radius = float(
            np.exp(draw.uniform(np.log(least * (1.25 if judge else 1.0)), np.log(least * (3 if judge else 5))))
        )
        yield "blurred", foreign_spoiled.blurred(image, radius, blurs[int(draw.integers(len(blurs)))], draw)
        noises = ("grey", "colour", "speckle") if judge else ("grey", "colour", "salt", "uniform", "photon")
        strength = draw.uniform(0.1, 0.25) if judge else draw.uniform(0.06, 0.4)
        yield "noisy", foreign_spoiled.noisy(image, strength, noises[int(draw.integers(len(noises)))], draw)


def own(name: str, settings: dict[str, Any], root: Path) -> dict[str, NDArray[Any]]:
    """Measures of the own images, of allowed copies and of spoiled ones (`kind`), with `judge` and `group`."""
    config, folder = settings[name], root / settings[name]["own"]
    draw = np.random.default_rng(SEED)
    rows = gate_sets.rows_of(folder, config.get("only"))
    rows = [rows[index] for index in sorted(draw.permutation(len(rows))[: config.get("most", len(rows))])]
    found: list[tuple[str, str, bool, NDArray[np.float32]]] = []
    turns, margin = config["turns"], config.get("margin", 0.0)
    for row in rows:
        image = gate_sets.read(folder / row["file"])
        group = gate_sets.group_of(row, settings["groups"].get(config["own"]))
        found.append(("own", group, True, measures(image)))
        found += [(kind, group, True, measures(copy)) for kind, copy in spoiled(image, draw, judge=True)]
        for _ in range(config["copies"]):
            base = turned(image if min(image.shape[:2]) < LARGE else smaller(image), turns, draw)
            found.append(("allowed", group, False, measures(allowed(base, margin, draw))))
            found += [
                (kind, group, False, measures(copy))
                for kind, copy in spoiled(surrounded(base, margin, draw), draw, judge=False)
            ]
    kinds, groups, judges, features = zip(*found, strict=True)
    return {
        "kind": np.array(kinds),
        "group": np.array(groups),
        "judge": np.array(judges),
        "features": np.stack(features),
    }


def main(folder: Path, names: list[str]) -> None:
    """Measure the gates named, or all of them and everything foreign."""
    settings = tomllib.loads(Path(__file__).with_name("gate.toml").read_text(encoding="utf-8"))
    root = Path(environ["COGNOSCOPE_DATASETS"]) / "imaging"
    folder.mkdir(parents=True, exist_ok=True)
    gates = [name for name, config in settings.items() if isinstance(config, dict) and "own" in config]
    for name in names or [*TAUGHT, *JUDGED, "sets", *gates]:
        draw = np.random.default_rng([SEED, len(name), ord(name[0])])
        if name in TAUGHT:
            images = islice(getattr(gate_outliers, name)(draw), TAUGHT[name])
            np.savez_compressed(folder / f"taught_{name}.npz", features=np.stack([measures(image) for image in images]))
        elif name in JUDGED:
            source = foreign_generated.photographs if name == "photograph" else foreign_generated.text_pages
            images = islice(source(draw), JUDGED[name])
            np.savez_compressed(folder / f"judged_{name}.npz", features=np.stack([measures(image) for image in images]))
        elif name == "sets":
            for entry in settings["shipping"] + settings["research"]:
                images = gate_sets.some(root / entry, EACH_SET, SEED)
                np.savez_compressed(
                    folder / f"set_{entry}.npz", features=np.stack([measures(image) for image in images])
                )
        else:
            np.savez_compressed(folder / f"own_{name}.npz", **own(name, settings, root))
        print(f"{name} measured", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
