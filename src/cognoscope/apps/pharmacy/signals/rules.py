"""The thresholds of `rules.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Rules:
    """See `rules.toml`, where each has its source."""

    fewest_reports: int
    fewest: int
    eb05: float
    ic025: float
    masking_share: float
    masking_fewest: int
    masking_ratio: float
    growth: float
    shown: int
    candidates: int
    reports_shown: int
    outcome_fewest: int
    outcome_months: int


@cache
def rules() -> Rules:
    """The rules that ship."""
    said = tomllib.loads(files(__package__).joinpath("rules.toml").read_text(encoding="utf-8"))
    masking, shown, outcome = said["masking"], said["shown"], said["outcome"]
    return Rules(
        fewest_reports=said["reports"]["fewest"],
        fewest=said["signal"]["fewest"],
        eb05=said["signal"]["eb05"],
        ic025=said["signal"]["ic025"],
        masking_share=masking["share"],
        masking_fewest=masking["fewest"],
        masking_ratio=masking["ratio"],
        growth=said["review"]["growth"],
        shown=shown["signals"],
        candidates=shown["candidates"],
        reports_shown=shown["reports"],
        outcome_fewest=outcome["fewest"],
        outcome_months=outcome["months"],
    )
