"""A mention: some words of a report that say something, with what qualifies them."""

from typing import Literal

import msgspec

Group = Literal["condition", "disorder", "drug", "measurement", "stage", "date", "section"]


class Mention(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Characters `start` (included) to `stop` (excluded) of a text, and what they mean.

    group: what kind of thing it is; `condition` are the conditions of the Charlson index, tobacco and alcohol,
        `disorder` any other disorder, `stage` a TNM stage, `section` a part of the report.
    label: which one: `diabetes`, `drug`, `creatinine`, `antecedents`.
    code, vocabulary: in a nomenclature where there is one (`E11.9` in `CIM-10`, `A10BA02` in `ATC`).
    negated ... reported: the qualifiers; `history` of the patient, `family` somebody else's, `reported` speech.
    status, severity: as the condition's own rules grade it (`complicated`, `metastatic`, `3`).
    value, unit: of a measurement. date: ISO 8601, where the words are dated.
    """

    start: int
    stop: int
    group: Group
    label: str
    code: str = ""
    vocabulary: str = ""
    negated: bool = False
    hypothesis: bool = False
    family: bool = False
    history: bool = False
    reported: bool = False
    status: str = ""
    severity: str = ""
    value: float | None = None
    unit: str = ""
    date: str = ""

    @property
    def asserted(self) -> bool:
        """Whether the words say it of the patient: neither negated, supposed, somebody else's nor hearsay."""
        return not (self.negated or self.hypothesis or self.family or self.reported)
