"""Why a text is held back, as sentences for people; none of them quotes the text."""

import csv
from importlib.resources import files


def _read() -> dict[str, tuple[str, str, str]]:
    with files(__package__).joinpath("reasons.csv").open(encoding="utf-8") as lines:
        return {row["en"]: (row["sign"], row["en"], row["fr"]) for row in csv.DictReader(lines)}


REASONS = _read()
"""By English sentence: the sign it stands for, and the sentence in English and in French."""

_BY_SIGN = {sign: english for sign, english, _ in REASONS.values()}


def because_of(sign: str) -> str:
    """The English sentence of a sign of the leak detector, which is what is kept in the warehouse."""
    return _BY_SIGN.get(sign, _BY_SIGN["several"])


def in_french(reason: str) -> str:
    """The French sentence of a reason; a reason that is not known is given back as it is."""
    return REASONS[reason][2] if reason in REASONS else reason
