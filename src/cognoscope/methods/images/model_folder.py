"""A model folder: the weights `model.onnx` and what is known of them, `model.toml`, read and checked.

Beside them may lie a gate (`gate.onnx`, `gate.toml`) and `seen.csv`: the first 16 hexadecimal digits of the SHA-256 of
every image file that taught or tuned the model, so that no figure is ever taken on one of them.
"""

import csv
import hashlib
import tomllib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cognoscope.core.canonical import digest
from cognoscope.core.errors import InvalidInput

FILES = ("model.onnx", "model.toml", "gate.onnx", "gate.toml")
SHORT = 16
View = Literal["identity", "flip-rows", "flip-columns", "rotate-180", "rotate-90", "rotate-270"]
Side = Annotated[int, Field(ge=8, le=4096)]


class Part(BaseModel):
    """A part of `model.toml`; a word that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Input(Part):
    """How an image is prepared (`cognoscope.methods.images.prepare`): 0..1, normalised by the network itself.

    views: the image is shown so many times, turned or mirrored, and the answers are averaged.
    """

    size: tuple[Side, Side]
    channels: Literal[1, 3]
    fit: Literal["stretch", "pad"] = "stretch"
    views: tuple[View, ...] = ("identity",)


class Calibration(Part):
    """From a score (log-odds) to a probability, fitted on predictions for images that did not teach the network.

    platt: sigmoid(slope x + intercept) of a binary head. temperature: logits / temperature before the softmax.
    isotonic: straight lines between the points (x, y) of a binary head. `prevalence`: of the images it was fitted on.
    """

    kind: Literal["none", "platt", "temperature", "isotonic"] = "none"
    slope: float = 1.0
    intercept: float = 0.0
    temperature: Annotated[float, Field(gt=0)] = 1.0
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    prevalence: Annotated[float, Field(gt=0, lt=1)] | None = None

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if self.kind == "isotonic" and (
            len(self.x) != len(self.y) or len(self.x) < 2 or list(self.x) != sorted(self.x)
        ):
            raise ValueError("an isotonic calibration has as many x as y, at least two, the x in order")
        return self


class Conformal(Part):
    """The set of all classes whose probability is at least 1 - quantile holds the truth in a share `level` of cases.

    One quantile for all classes, or one for each (Vovk 2012: coverage in each class; Sadinle, Lei and Wasserman 2019).
    """

    level: Annotated[float, Field(gt=0, lt=1)]
    quantiles: Annotated[tuple[Annotated[float, Field(ge=0, le=1)], ...], Field(min_length=1)]


class OperatingPoint(Part):
    """A threshold on the calibrated probability, with what it gave on images that did not teach the network."""

    name: str
    threshold: Annotated[float, Field(ge=0, le=1)]
    sensitivity: float | None = None
    specificity: float | None = None


class Head(Part):
    """One question that the network answers, from some columns of `logits`.

    binary: the log-odds are column `outputs[0]`, less the log-sum-exp of the columns `against` where there are any (a
        class of a softmax against others); `classes` are (no, yes).
    categorical: softmax over `outputs`, one class each.
    ordinal: `outputs[k]` are the log-odds that the class is above k; one class more than outputs.
    """

    name: str
    kind: Literal["binary", "categorical", "ordinal"]
    outputs: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
    against: tuple[Annotated[int, Field(ge=0)], ...] = ()
    classes: Annotated[tuple[str, ...], Field(min_length=2)]
    map: int | None = None
    calibration: Calibration = Calibration()
    conformal: Conformal | None = None
    operating_points: tuple[OperatingPoint, ...] = ()

    @model_validator(mode="after")
    def _counted(self) -> Self:
        expected = {"binary": 2, "categorical": len(self.outputs), "ordinal": len(self.outputs) + 1}[self.kind]
        if len(self.classes) != expected or (self.kind == "binary" and len(self.outputs) != 1):
            raise ValueError(f"the {self.kind} head {self.name} has {expected} classes, not {len(self.classes)}")
        if self.conformal and len(self.conformal.quantiles) not in (1, len(self.classes)):
            raise ValueError(f"the head {self.name} has one conformal quantile, or one for each class")
        return self

    def operating_point(self, name: str) -> OperatingPoint | None:
        """The operating point of that name, or None."""
        return next((point for point in self.operating_points if point.name == name), None)


class Region(Part):
    """One thing that a network outlines: which channel of `probabilities`, from which probability on."""

    name: str
    channel: Annotated[int, Field(ge=0)]
    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5


class TrainedOn(Part):
    """A set that taught, pre-taught or tuned the network."""

    name: str
    licence: str
    ships: bool
    images: int | None = None


class Figure(Part):
    """What was measured when the model was made, and how (cross-validated, or on images set aside)."""

    value: float
    low: float | None = None
    high: float | None = None
    how: str


class Description(Part):
    """All that `model.toml` says. `more` is free: what one application needs and no other."""

    name: str
    version: str
    task: Literal["classification", "segmentation"]
    source: str
    research_only: bool
    gate: Literal["own", "none"] = "own"
    input: Input
    heads: tuple[Head, ...] = ()
    regions: tuple[Region, ...] = ()
    trained_on: Annotated[tuple[TrainedOn, ...], Field(min_length=1)]
    split: str
    seeds: tuple[int, ...] = ()
    figures: dict[str, Figure] = {}
    more: dict[str, Any] = {}

    @model_validator(mode="after")
    def _answers(self) -> Self:
        if not (self.heads if self.task == "classification" else self.regions):
            raise ValueError("a classification needs [[heads]], a segmentation [[regions]]")
        if not self.research_only and not all(each.ships for each in self.trained_on):
            raise ValueError("weights learnt on data that may not ship are for research: research_only = true")
        return self

    def head(self, name: str) -> Head | None:
        """The head of that name, or None."""
        return next((head for head in self.heads if head.name == name), None)


class ModelFolder:
    """A folder of weights. Nothing but `model.toml` is read before it is needed.

    Raises:
        InvalidInput: by everything but `path`, where the folder lacks a file or holds one that cannot be understood.
    """

    def __init__(self, path: Path):
        self.path = Path(path)

    @cached_property
    def about(self) -> Description:
        """What `model.toml` says."""
        return read_description(self.path / "model.toml")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of weights, gate and description together: other pixels or other thresholds are another method."""
        found = {name: self.path / name for name in FILES if (self.path / name).is_file()}
        for needed in FILES[:2]:
            if needed not in found:
                raise InvalidInput(f"The model folder {self.path} lacks {needed}: put it back, or add the model again.")
        return digest({name: _file_digest(path, *_stamp(path)) for name, path in found.items()})

    @cached_property
    def seen(self) -> frozenset[str]:
        """Short digests of the image files that taught or tuned the model; empty where it does not say."""
        path = self.path / "seen.csv"
        if not path.is_file():
            return frozenset()
        with path.open(encoding="utf-8", newline="") as stream:
            return frozenset(row["sha256"][:SHORT] for row in csv.DictReader(stream))

    def unseen(self, files: Sequence[Path]) -> list[bool]:
        """For each image file whether it neither taught nor tuned the model."""
        return [hashlib.sha256(path.read_bytes()).hexdigest()[:SHORT] not in self.seen for path in files]


def _stamp(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_mtime_ns, about.st_size


@lru_cache(maxsize=256)
def _file_digest(path: Path, changed: int, size: int) -> str:
    """SHA-256 of a file; asked for at each page that lists applications, so read once while it is not changed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digest_with(method: str, weights: Path | None) -> str:
    """The digest of a method with the weights of a folder: the method's own without any."""
    return digest({"method": method, "weights": ModelFolder(weights).digest}) if weights else method


def read_description(path: Path) -> Description:
    """Read a `model.toml`.

    Raises:
        InvalidInput: it is missing, no TOML, or lacks something; the message says what.
    """
    try:
        return Description.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: a model folder holds model.onnx and model.toml.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is no TOML file: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise InvalidInput(f"{path}: {where}: {first['msg']}. `docs/models.md` says what is needed.") from error
