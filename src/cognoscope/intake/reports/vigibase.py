"""The WHO's VigiBase Extract Case Level: DEMO, DRUG, ADR, OUT and FOLLOWUP, fields of fixed width, no heading.

Positions are those of the extract's own description (as the R package vigicaen reads them): DEMO report 1-11, age group
12, sex 13, date 14-21, first date 24-31; DRUG report 1-11, product 23-33, basis 47; ADR report 1-11, MedDRA code 23-30;
OUT report 1-11, serious 14; FOLLOWUP report 1-11, replaced report 12-22. Names of products are in WHODrug's MP (product
1-10, name 78-1577), names of reactions in the hospital's MedDRA: without them, codes stand for names.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.reports.report import Delivery, Rejection, Report, day_of, name_of
from cognoscope.intake.reports.strata import AGE_BANDS
from cognoscope.intake.reports.text_files import lines_of

AGE_GROUPS = {"1": "0-1", "2": "0-1", "3": "2-11", "4": "12-17", "5": "18-44", "6": "45-64", "7": "65-74", "8": "75-"}
SEXES = {"1": "male", "2": "female"}
BASES = {"1": "suspect", "2": "concomitant", "3": "interacting"}
assert set(AGE_GROUPS.values()) <= set(AGE_BANDS)


def is_vigibase(folder: Path) -> bool:
    """Whether the folder holds the three files that every extract has."""
    return all(_file(folder, name) for name in ("DEMO", "DRUG", "ADR"))


def read(folder: Path, reaction_name: Callable[[str], str | None] = lambda code: None) -> Delivery:
    """The reports of an extract.

    Args:
        folder: with DEMO.txt, DRUG.txt, ADR.txt, and OUT.txt, FOLLOWUP.txt, MP.txt where there are.
        reaction_name: the name of a MedDRA code, or None.

    Raises:
        InvalidInput: DEMO, DRUG or ADR is missing.
    """
    rejected: list[Rejection] = []
    reports: dict[str, Report] = {}
    for file, number, line in _lines(folder, "DEMO", needed=True):
        key = line[:11].strip()
        if not key.isdigit() or len(line) < 21:
            rejected.append(Rejection(file, number, "case", "no number of a report, or the line is too short"))
        elif key in reports:
            rejected.append(Rejection(file, number, "duplicate", "an earlier line has the same number"))
        else:
            reports[key] = Report(
                case=key,
                version=1,
                file=file,
                line=number,
                received=day_of(line[23:31]) or day_of(line[13:21]),
                sex=SEXES.get(line[12], ""),
                age_band=AGE_GROUPS.get(line[11], ""),
            )
    _drugs(folder, reports, rejected)
    for file, number, line in _lines(folder, "ADR", needed=True):
        code = line[22:30].strip()
        report = reports.get(line[:11].strip())
        if report is None or not code.isdigit():
            rejected.append(Rejection(file, number, "reaction", "no such report, or no MedDRA code"))
        else:
            report.reactions.add(reaction_name(code) or f"MedDRA {code}")
    for _, _, line in _lines(folder, "OUT"):
        report = reports.get(line[:11].strip())
        if report is not None and line[13:14] in ("Y", "N"):
            report.serious = line[13] == "Y"
    replaced = [line[11:22].strip() for _, _, line in _lines(folder, "FOLLOWUP")]
    return Delivery("vigibase", reports.values(), [each for each in replaced if each.isdigit()], rejected)


def _drugs(folder: Path, reports: dict[str, Report], rejected: list[Rejection]) -> None:
    names = {line[:10].strip().lstrip("0"): name_of(line[77:1577]) for _, _, line in _lines(folder, "MP")}
    for file, number, line in _lines(folder, "DRUG", needed=True):
        product, role = line[22:33].strip().lstrip("0"), BASES.get(line[46:47])
        report = reports.get(line[:11].strip())
        if report is None or not product.isdigit() or role is None:
            rejected.append(Rejection(file, number, "drug", "no such report, no product or no basis"))
        else:
            report.name_drug(names.get(product) or f"Product {product}", role)


def _file(folder: Path, name: str) -> Path | None:
    wanted = (f"{name}.txt".casefold(), f"{name}.txt.gz".casefold())
    found = sorted(path for path in folder.rglob("*") if path.name.casefold() in wanted)
    return found[0] if found else None


def _lines(folder: Path, name: str, *, needed: bool = False) -> Iterator[tuple[str, int, str]]:
    path = _file(folder, name)
    if path is None:
        if needed:
            raise InvalidInput(f"{folder} has no {name}.txt: unpack the whole extract into it and try again.")
        return
    for number, line in lines_of(path):
        yield path.name, number, line
