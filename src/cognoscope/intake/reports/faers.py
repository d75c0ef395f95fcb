"""The FDA's quarterly files (FAERS, ASCII): DEMO, DRUG, REAC and OUTC, fields between `$`, one heading line.

Layout: "ASC_NTS.DOC", delivered with each quarter. A case (`caseid`) comes again with a higher `caseversion`; cases
that the FDA withdrew are listed in the folder `deleted`.
"""

from collections.abc import Iterator
from pathlib import Path

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.reports.report import Delivery, Rejection, Report, day_of, name_of
from cognoscope.intake.reports.strata import age_band
from cognoscope.intake.reports.text_files import heading, lines_of

NEEDED = {
    "demo": ("primaryid", "caseid", "caseversion"),
    "drug": ("primaryid", "role_cod", "drugname"),
    "reac": ("primaryid", "pt"),
    "outc": ("primaryid", "outc_cod"),
}
ROLES = {"PS": "suspect", "SS": "suspect", "I": "interacting", "C": "concomitant"}
SEXES = {"M": "male", "F": "female"}
YEARS = {"DEC": 10.0, "YR": 1.0, "MON": 1 / 12, "WK": 7 / 365.25, "DY": 1 / 365.25, "HR": 1 / 8766}


def is_faers(folder: Path) -> bool:
    """Whether the folder holds a DEMO file in this layout."""
    return any("$" in heading(path) for path in _files(folder, "demo"))


def read(folder: Path) -> Delivery:
    """The reports of a quarter, or of several in one folder.

    Raises:
        InvalidInput: one of DEMO, DRUG and REAC is missing, or lacks a column that is needed.
    """
    rejected: list[Rejection] = []
    reports: dict[str, Report] = {}
    for path in _wanted(folder, "demo"):
        for number, row in _rows(path, "demo", rejected):
            _demo(path.name, number, row, reports, rejected)
    for path in _wanted(folder, "drug"):
        for number, row in _rows(path, "drug", rejected):
            name, role = name_of(row.get("prod_ai") or row["drugname"]), ROLES.get(row["role_cod"].upper())
            report = _belongs(path.name, number, row, reports, rejected)
            if report is not None:
                if name is None or role is None:
                    rejected.append(Rejection(path.name, number, "drug", "no usable name or role of a drug"))
                else:
                    report.name_drug(name, role)
    for path in _wanted(folder, "reac"):
        for number, row in _rows(path, "reac", rejected):
            name = name_of(row["pt"])
            report = _belongs(path.name, number, row, reports, rejected)
            if report is not None:
                if name is None:
                    rejected.append(Rejection(path.name, number, "reaction", "no usable name of a reaction"))
                else:
                    report.reactions.add(name)
    for path in _files(folder, "outc"):
        for _, row in _rows(path, "outc", rejected):
            if row["primaryid"] in reports:
                reports[row["primaryid"]].serious = True
    return Delivery("faers", reports.values(), _removed(folder), rejected)


def _demo(file: str, number: int, row: dict[str, str], reports: dict[str, Report], rejected: list[Rejection]) -> None:
    version = row["caseversion"].strip()
    if not row["primaryid"] or not row["caseid"] or not (version.isascii() and version.isdigit()):
        rejected.append(Rejection(file, number, "case", "no number of the report, of the case or of its version"))
        return
    if row["primaryid"] in reports:
        rejected.append(Rejection(file, number, "duplicate", "an earlier line has the same primaryid"))
        return
    years = _years(row.get("age", ""), row.get("age_cod", ""))
    reports[row["primaryid"]] = Report(
        case=row["caseid"],
        version=int(version[:9]),
        file=file,
        line=number,
        received=day_of(row.get("fda_dt", "")),
        sex=SEXES.get((row.get("sex") or row.get("gndr_cod") or "").upper(), ""),
        years=years,
        age_band=age_band(years),
        day=row.get("event_dt", "") if len(row.get("event_dt", "")) == 8 else "",
        country=(row.get("occr_country") or row.get("reporter_country") or "")[:2].upper(),
        serious=False,
    )


def _years(age: str, unit: str) -> float | None:
    try:
        return float(age) * YEARS[unit.upper() or "YR"]
    except (ValueError, KeyError):
        return None


def _belongs(
    file: str, number: int, row: dict[str, str], reports: dict[str, Report], rejected: list[Rejection]
) -> Report | None:
    report = reports.get(row["primaryid"])
    if report is None:
        rejected.append(Rejection(file, number, "orphan", "no line of DEMO has this primaryid"))
    return report


def _rows(path: Path, kind: str, rejected: list[Rejection]) -> Iterator[tuple[int, dict[str, str]]]:
    lines = lines_of(path)
    names = [name.strip().casefold() for name in next(lines, (0, ""))[1].split("$")]
    missing = [name for name in NEEDED[kind] if name not in names]
    if missing:
        raise InvalidInput(f"{path.name} has no column {', '.join(missing)}: it is not in the FAERS layout.")
    for number, line in lines:
        cells = line.split("$")
        if len(cells) == len(names) + 1 and not cells[-1]:
            cells.pop()
        if len(cells) != len(names):
            reason = f"{len(cells)} fields where the heading has {len(names)}"
            rejected.append(Rejection(path.name, number, "fields", reason))
            continue
        yield number, dict(zip(names, (cell.strip() for cell in cells), strict=True))


def _files(folder: Path, kind: str) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix.casefold() in (".txt", ".gz"))
    return sorted(path for path in found if path.name.casefold().startswith(kind))


def _wanted(folder: Path, kind: str) -> list[Path]:
    found = _files(folder, kind)
    if not found:
        raise InvalidInput(f"{folder} has no {kind.upper()} file: unpack the whole quarter into it and try again.")
    return found


def _removed(folder: Path) -> list[str]:
    """Numbers of the cases that the FDA withdrew."""
    lists = [path for path in folder.rglob("*") if path.is_file() and "delete" in path.name.casefold()]
    return [line.strip("$ ") for path in sorted(lists) for _, line in lines_of(path) if line.strip("$ ").isdigit()]
