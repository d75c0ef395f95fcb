"""What `model.toml` says of an added model beyond any other: how its file is fed, and what people read of it."""

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Sentence
from cognoscope.methods.images.model_folder import Description, Part

Modality = Annotated[str, Field(pattern=r"^[A-Z]{2,8}$")]


class Feeding(Part):
    """`[more.onnx]`: names in the file and what it expects.

    The image is prepared as `[input]` says, in 0..1; then it is multiplied by `scale`, `mean` is taken away and it is
    divided by `std` (one number a channel). `gives` says what the output holds; `map` names an output of activations.
    """

    input: str = "image"
    output: str
    map: str = ""
    gives: Literal["logits", "probabilities"] = "logits"
    spread: Literal["sigmoid", "softmax"] = "softmax"
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    scale: Annotated[float, Field(gt=0)] = 1.0
    mean: tuple[float, ...] = ()
    std: tuple[Annotated[float, Field(gt=0)], ...] = ()


class Wording(Part):
    """`[more.application]`: which images it reads, and the words of its answers.

    labels: of heads and regions, by their names. classes: of the classes of heads, by their names; where one is
    missing, its name in `model.toml` is shown.
    """

    modalities: Annotated[tuple[Modality, ...], Field(min_length=1)]
    image: Sentence
    least: Annotated[int, Field(ge=8)] = 64
    useful_days: Annotated[int, Field(ge=1, le=3650)] = 30
    labels: dict[str, Sentence] = {}
    classes: dict[str, Sentence] = {}
    would_change: tuple[Sentence, ...] = (
        Sentence(fr="Une image de meilleure qualité.", en="An image of better quality."),
    )

    def label(self, name: str) -> Sentence:
        """How a head or region is called."""
        return self.labels.get(name) or Sentence(fr=name, en=name)

    def class_(self, name: str) -> Sentence:
        """How a class is called."""
        return self.classes.get(name) or Sentence(fr=name, en=name)


class AddedSettings(Part):
    """Both parts of `[more]`, checked against the rest of `model.toml`."""

    onnx: Feeding
    application: Wording
    channels: int

    @model_validator(mode="after")
    def _one_number_a_channel(self) -> Self:
        for name, numbers in (("mean", self.onnx.mean), ("std", self.onnx.std)):
            if len(numbers) not in (0, 1, self.channels):
                raise ValueError(f"{name} has one number a channel")
        return self


def settings_of(about: Description) -> AddedSettings:
    """The settings in `[more]`.

    Raises:
        InvalidInput: something is missing or cannot be; the message says what.
    """
    try:
        return AddedSettings.model_validate({"channels": about.input.channels, **about.more})
    except (ValidationError, TypeError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else {"loc": (), "msg": str(error)}
        where = ".".join(str(step) for step in first["loc"])
        raise InvalidInput(
            f"model.toml, [more.{where}]: {first['msg']}. `docs/models.md` says what is needed."
        ) from error
