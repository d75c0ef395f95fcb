"""A Case: the pseudonymised slice of data that one question needs, as of an instant."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from cognoscope.core.noun import Instant, Noun, Slug, Subject
from cognoscope.core.pixels import Raster

Cell = bool | int | float | str | None
ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Column(Noun):
    """Named values of one type; dates and instants are ISO 8601 text, missing values are null."""

    name: ColumnName
    type: Literal["date", "datetime", "integer", "number", "text", "boolean"]
    unit: str | None = None
    values: tuple[Cell, ...]


class Table(Noun):
    """Columns of one length.

    Raises:
        pydantic.ValidationError: two columns share a name or differ in length.
    """

    name: ColumnName
    columns: tuple[Column, ...]

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"table {self.name}: two columns have the same name")
        if len({len(column.values) for column in self.columns}) > 1:
            raise ValueError(f"table {self.name}: its columns differ in length")
        return self

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0].values) if self.columns else 0

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


class Fact(Noun):
    """One named value that is not a table: a school zone, an age in years, a unit's name."""

    name: ColumnName
    value: Cell
    unit: str | None = None


class CaseImage(Noun):
    """An image, or the slices of one series in order, under the names DICOM gives its attributes.

    `spacing` is in mm between frames, rows and columns (None where unknown; the first is 0 for a single image).
    `affine` is the 4 x 4 matrix by rows from (column, row, frame) to mm in DICOM patient coordinates (LPS, PS3.3
    C.7.6.2). Pixels of a CT are in Hounsfield units (`unit` "[hnsf'U]"). `instances` are the SOPInstanceUIDs of the
    frames, made pseudonymous by `intake`; empty for an image that did not come by DICOM.
    """

    name: ColumnName
    raster: Raster
    modality: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}$")]
    unit: str | None = None
    spacing: tuple[float, float, float] | None = None
    affine: Annotated[tuple[float, ...], Field(min_length=16, max_length=16)] | None = None
    laterality: Literal["L", "R"] | None = None
    view: str | None = None
    window: tuple[float, float] | None = None
    study: str = ""
    series: str = ""
    instances: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_instance_a_frame(self) -> Self:
        if self.instances and len(self.instances) not in (1, self.raster.frames):
            raise ValueError(f"image {self.name}: {self.raster.frames} frames, {len(self.instances)} instances")
        return self


class Case(Noun):
    """What an application is given: no identity, nothing later than `as_of`.

    A case without images digests as if there were no such field.
    """

    kind: Slug
    subject: Subject
    as_of: Instant
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    images: tuple[CaseImage, ...] = Field(default=(), exclude_if=lambda images: not images)
    source: str = ""

    def table(self, name: str) -> Table | None:
        """The table of that name, or None."""
        return next((table for table in self.tables if table.name == name), None)

    def fact(self, name: str) -> Cell:
        """The value of that fact, or None."""
        return next((fact.value for fact in self.facts if fact.name == name), None)

    def image(self, name: str) -> CaseImage | None:
        """The image of that name, or None."""
        return next((image for image in self.images if image.name == name), None)
