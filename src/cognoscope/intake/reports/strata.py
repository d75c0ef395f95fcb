"""Sex, age band and year of a report as one number, which the rows of its drugs and reactions carry too.

Counting a margin by stratum then needs no join with the report: on twenty million reports that is half the time.
"""

from dataclasses import dataclass

SEXES = ("", "male", "female")
AGE_BANDS = ("", "0-1", "2-11", "12-17", "18-44", "45-64", "65-74", "75-")
"""In completed years; the cuts of the WHO's database, so that what it sends fits in. An infant is below two."""

FROM_YEARS = (0, 2, 12, 18, 45, 65, 75)
OLDEST = 120
FIRST_YEAR, LAST_YEAR = 1960, 2200


@dataclass(frozen=True)
class Stratum:
    """What is compared with its like; an empty text or year 0: not known."""

    sex: str
    age_band: str
    year: int

    @property
    def code(self) -> int:
        """The number that rows carry: year x 100 + age band x 10 + sex."""
        return self.year * 100 + AGE_BANDS.index(self.age_band) * 10 + SEXES.index(self.sex)


def stratum_of(code: int) -> Stratum:
    """The stratum of a row's number; a number that no row can carry is the stratum of which nothing is known."""
    year, rest = divmod(max(code, 0), 100)
    band, sex = divmod(rest, 10)
    if band >= len(AGE_BANDS) or sex >= len(SEXES):
        return Stratum("", "", 0)
    return Stratum(SEXES[sex], AGE_BANDS[band], year)


def age_band(years: float | None) -> str:
    """The band of an age in years; empty where it is unknown or impossible."""
    if years is None or not 0 <= years <= OLDEST:
        return ""
    return AGE_BANDS[sum(years >= start for start in FROM_YEARS)]
