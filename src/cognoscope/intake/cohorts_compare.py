"""Two cohorts side by side: how many of each have a condition or take a drug, and how far apart they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from cognoscope.intake.cohorts import Cohort
from cognoscope.intake.cohorts_text import TextFinder


@dataclass(frozen=True)
class Prevalence:
    """Persons of a cohort who have something, with the share and its 95 % Wilson interval (0 to 1).

    Where the number is small, `shown` is `<10` and the others are None.
    """

    shown: str
    number: int | None
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Row:
    """One condition or drug in both cohorts.

    source: where it was found, `code` (tables of OMOP) or `text` (mentions in reports, asserted of the patient).
    key: the first three characters of a CIM-10 code, the first five of an ATC code, or the label of the mention.
    difference: standardised difference of the two shares, (a - b) / sqrt((a(1-a) + b(1-b)) / 2); None where a share
        is masked. Above 0.1 in size is commonly called an imbalance (Austin 2009, doi:10.1002/sim.3697).
    """

    kind: Literal["condition", "drug"]
    source: Literal["code", "text"]
    key: str
    a: Prevalence
    b: Prevalence
    difference: float | None


@dataclass(frozen=True)
class Comparison:
    """`persons_a` and `persons_b` as they may be shown; `both` the persons in the two; rows, widest apart first."""

    persons_a: str
    persons_b: str
    both: str
    rows: tuple[Row, ...]


def compare(
    a: Cohort,
    b: Cohort,
    backend: Any,
    *,
    most: int = 30,
    opted_out: Iterable[int] = (),
    find_text: TextFinder | None = None,
) -> Comparison:
    """Compare two cohorts; of each kind and source the `most` frequent in either are shown.

    The other arguments are those of `members`.
    """
    raise NotImplementedError
