"""A table with one row a report, drug and reaction: CASEID, DRUG, AE, and perhaps SEX, AGE, COUNTRY, DATE, ROLE."""

import csv
from collections.abc import Iterator
from pathlib import Path

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.reports.report import Delivery, Rejection, Report, day_of, name_of
from cognoscope.intake.reports.strata import age_band
from cognoscope.intake.reports.text_files import heading, lines_of

NAMES = {
    "case": ("caseid", "case", "report", "report_id", "id", "numero", "cas"),
    "drug": ("drug", "medicament", "médicament", "drugname", "substance"),
    "reaction": ("ae", "reaction", "réaction", "pt", "event", "effet", "adr"),
    "sex": ("sex", "sexe", "gender"),
    "age": ("age", "age_years", "âge"),
    "country": ("country", "pays"),
    "date": ("date", "received", "date_declaration"),
    "role": ("role", "role_cod", "rôle"),
}
SEXES = {"m": "male", "h": "male", "1": "male", "male": "male", "f": "female", "2": "female", "female": "female"}
ROLES = {"c": "concomitant", "concomitant": "concomitant", "i": "interacting", "interacting": "interacting"}


def columns_of(path: Path) -> dict[str, int]:
    """Where each known column stands."""
    cells = [cell.strip().casefold() for cell in next(csv.reader([heading(path)], delimiter=_separator(path)), [])]
    return {known: index for known, usual in NAMES.items() for index, cell in enumerate(cells) if cell in usual}


def read(path: Path) -> Delivery:
    """The reports of a CSV or TSV file (gzip too).

    Raises:
        InvalidInput: the columns are not these; a table of counts instead of reports is named as such.
    """
    places = columns_of(path)
    missing = [name for name in ("case", "drug", "reaction") if name not in places]
    if missing:
        counts = "n11" in heading(path).casefold()
        what = (
            "it holds counts: give it to `cognoscope propose pharmacy.signals` instead"
            if counts
            else ("the columns CASEID, DRUG and AE are needed")
        )
        raise InvalidInput(f"{path.name} is not a table of reports ({', '.join(missing)} not found): {what}.")
    rejected: list[Rejection] = []
    reports: dict[str, Report] = {}
    for number, cells in _rows(path, rejected):
        _take(path.name, number, {name: cells[at].strip() for name, at in places.items()}, reports, rejected)
    return Delivery("table", reports.values(), [], rejected)


def _take(file: str, number: int, row: dict[str, str], reports: dict[str, Report], rejected: list[Rejection]) -> None:
    drug, reaction = name_of(row["drug"]), name_of(row["reaction"])
    if not row["case"] or drug is None or reaction is None:
        rejected.append(Rejection(file, number, "row", "no case, or no usable name of a drug or a reaction"))
        return
    report = reports.get(row["case"])
    if report is None:
        years = _years(row.get("age", ""))
        report = reports[row["case"]] = Report(
            case=row["case"],
            version=1,
            file=file,
            line=number,
            received=day_of(row.get("date", "")),
            sex=SEXES.get(row.get("sex", "").casefold(), ""),
            years=years,
            age_band=age_band(years),
            country=row.get("country", "")[:2].upper(),
        )
    report.name_drug(drug, ROLES.get(row.get("role", "").casefold(), "suspect"))
    report.reactions.add(reaction)


def _years(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _separator(path: Path) -> str:
    line = heading(path)
    return max(("\t", ";", ","), key=line.count)


def _rows(path: Path, rejected: list[Rejection]) -> Iterator[tuple[int, list[str]]]:
    separator, width = _separator(path), 0
    for number, line in lines_of(path):
        try:
            (cells,) = csv.reader([line], delimiter=separator, strict=True)
        except (csv.Error, ValueError):
            rejected.append(Rejection(path.name, number, "fields", "the line's quotes do not match"))
            continue
        if not width:
            width = len(cells)
        elif len(cells) != width:
            reason = f"{len(cells)} fields where the heading has {width}"
            rejected.append(Rejection(path.name, number, "fields", reason))
        else:
            yield number, cells
