"""Sample cases of imaging.mammography: half discs drawn here, and a network that finds bright places suspect."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from tests.apps.imaging.tiny_models import by_brightness
from tests.apps.imaging.warehouse_rows import SUBJECT, commit, conditions

from cognoscope.apps.imaging.mammography.case import KIND, build_case
from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.home import Home

AS_OF = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CUTS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9)
HEADS = f"""
[[heads]]
name = "malignant"
kind = "binary"
outputs = [0]
classes = ["no", "malignant"]
[heads.conformal]
level = 0.9
quantiles = [0.7, 0.7]
[[heads]]
name = "abnormal"
kind = "binary"
outputs = [1]
classes = ["no", "abnormal"]
[[heads]]
name = "density"
kind = "categorical"
outputs = [2, 3, 4]
classes = ["F", "G", "D"]
[heads.conformal]
level = 0.9
quantiles = [0.8]
[more.score]
cuts = {list(CUTS)}
[more.marks]
slope = 1.0
intercept = 0.0
least = 0.6
"""


def model() -> Path:
    """Weights for the tests."""
    weights = np.array([[12.0], [12.0], [-4.0], [0.0], [4.0]])
    return by_brightness("imaging.mammography", weights, np.array([-2.5, -8.0, 1.0, 0.5, 0.0]), (512, 320), HEADS)


def film(spot: tuple[int, int] | None = None, tissue: int = 90, side: int = 512, right: bool = False) -> np.ndarray:
    """A half disc at one edge under a little noise, with a bright spot; a label in a corner."""
    rows, columns = np.mgrid[:side, :side] / (side / 512)
    breast = ((rows - 256) / 220) ** 2 + (columns / 260) ** 2 < 1
    picture = np.where(breast, tissue + np.random.default_rng(5).normal(0, 4, (side, side)), 3.0)
    if spot is not None:
        picture += 140 * np.exp(-((rows - spot[0]) ** 2 + (columns - spot[1]) ** 2) / (2 * 15.0**2)) * breast
    picture[(rows < 24) & (columns > 440)] = 250
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    return picture[:, ::-1].copy() if right else picture


def case(*films: np.ndarray, sides: str = "", subject: str = SUBJECT, modality: str = "MG") -> Case:
    """A case of some films; `sides` says L, R or nothing (a dot) of each."""
    images = [
        CaseImage(
            name="image",
            raster=pixels.keep(array),
            modality=modality,
            laterality=None if sides[at : at + 1] in ("", ".") else sides[at],
        )
        for at, array in enumerate(films)
    ]
    return build_case(images, AS_OF, subject)


def usable() -> list[Case]:
    """Cases on which there is something to propose."""
    other = f"{SUBJECT[:-1]}1"
    return [
        case(film((250, 120))),
        case(film((300, 90)), film(None, 80, right=True), sides="LR", subject=other),
    ]


def abstaining() -> dict[str, Case]:
    """Cases on which there is nothing honest to say, by what is wrong with them."""
    broken = film().astype(np.float32)
    broken[2, 3] = np.nan
    return {
        "empty": Case(kind=KIND.case, subject=SUBJECT, as_of=AS_OF),
        "too short": case(film()[:100, :100].copy()),
        "out of range": case(np.full((512, 512), 250, np.uint8)),
        "garbage": case(broken),
        "no breast": case(np.where(film() > 200, 250, 0).astype(np.uint8)),
        "another modality": case(film(), modality="CT"),
        "too many": case(*[film(None, 60 + at) for at in range(9)]),
        "another's case": Case(kind="lung-scan", subject=SUBJECT, as_of=AS_OF),
    }


def happen(home: Home) -> datetime:
    """Let a breast cancer be coded ten days later."""
    commit(home, condition_occurrence=conditions("C50.4", day=date(2026, 12, 1)))
    return AS_OF + timedelta(days=20)
