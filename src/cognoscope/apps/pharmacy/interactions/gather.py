"""Looks up what a prescription needs: each name's medicine, each pair in the thesaurus, the criteria called up."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import combinations
from pathlib import Path

from cognoscope.apps.pharmacy.interactions.applies import strength
from cognoscope.apps.pharmacy.interactions.atc import by_dose, codes_of, medicine_of_code
from cognoscope.apps.pharmacy.interactions.criteria import Book
from cognoscope.apps.pharmacy.interactions.knowledge import family_named, fold, is_local, measured
from cognoscope.apps.pharmacy.interactions.orders import Measurement, Order, Patient
from cognoscope.apps.pharmacy.interactions.prescription import Allergy, Drug, Option, Pair, Prescription, Result
from cognoscope.apps.pharmacy.interactions.prescription_case import instant_text
from cognoscope.core.noun import Sentence
from cognoscope.intake.knowledge.ansm import ANSM
from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.knowledge.stopp_start import STOPP_START
from cognoscope.intake.knowledge.store import CURRENT, Knowledge, NotLoaded
from cognoscope.intake.medicines import Medicine, Medicines, Resolution, open_medicines
from cognoscope.intake.medicines.thesaurus import Found, Thesaurus, open_thesaurus

OPTIONS_SHOWN = 8
"""Candidates of an ambiguous name that a case keeps."""

NEEDED = (BDPM, ANSM, STOPP_START)
SYSTEMS = ("CIS", "CIP13", "CIP7", "ATC")


@dataclass(frozen=True)
class Reference:
    """The knowledge in force, opened; `missing` names what is not loaded."""

    medicines: Medicines | None
    thesaurus: Thesaurus | None
    book: Book | None
    editions: dict[str, str]
    missing: tuple[str, ...]


def open_reference(knowledge: Knowledge) -> Reference:
    """What an installation has loaded; opened once a process and set of editions."""
    return _reference(_Key(knowledge))


class _Key:
    """Knowledge compared by its folders and by when an edition was last put in force: two calls of the system each."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        stamps = tuple(_stamp(knowledge.folder / source.name / CURRENT) for source in NEEDED)
        self._same = (knowledge.folder, knowledge.reference, stamps)

    def __hash__(self) -> int:
        return hash(self._same)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other._same == self._same


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


@lru_cache(maxsize=8)
def _reference(key: _Key) -> Reference:
    knowledge, editions, missing = key.knowledge, {}, []
    for source in NEEDED:
        try:
            held = knowledge.edition(source)
            editions[source.name.replace("-", "_")] = f"{held.edition} {held.content[:12]}"
        except NotLoaded:
            missing.append(source.name)
    medicines = None if BDPM.name in missing else open_medicines(knowledge)
    thesaurus = None if ANSM.name in missing else open_thesaurus(knowledge)
    book = None if STOPP_START.name in missing else Book(knowledge.table(STOPP_START, "criterion").to_pylist())
    return Reference(medicines, thesaurus, book, editions, tuple(missing))


def gather(patient: Patient, orders: Sequence[Order], reference: Reference, as_of: datetime) -> Prescription:
    """Everything that detection needs, in the order of the orders."""
    asked = Prescription(
        patient.subject,
        as_of,
        age=patient.age,
        sex=patient.sex,
        pregnant=patient.pregnant,
        hepatic=patient.hepatic,
        ward=patient.ward,
        conditions=list(dict.fromkeys(code.upper().strip() for code in patient.conditions if code.strip())),
        editions=reference.editions,
        missing=reference.missing,
    )
    asked.results = _results(patient.measurements, as_of)
    asked.egfr = _egfr(patient, asked.results)
    known: list[Medicine | None] = []
    for place, order in enumerate(orders):
        resolution = _resolved(order, reference.medicines)
        asked.drugs.append(_drug(order, resolution))
        known.append(resolution.medicines[0] if asked.drugs[-1].understood else None)
        if resolution.status in ("ambiguous", "unknown"):
            asked.options += [
                Option(place, each.label, each.substances) for each in resolution.medicines[:OPTIONS_SHOWN]
            ]
    if reference.thesaurus is not None:
        asked.pairs = _pairs(known, asked.drugs, reference.thesaurus)
    if reference.book is not None:
        taken = [code for drug in asked.drugs if drug.understood and not drug.local for code in drug.atc]
        asked.criteria = reference.book.called_by(taken, asked.conditions)
    asked.allergies = [_allergy(text, reference.medicines) for text in dict.fromkeys(patient.allergies) if text.strip()]
    return asked


def _resolved(order: Order, medicines: Medicines | None) -> Resolution:
    code = order.code.strip()
    if code:
        system = order.system.strip().upper()
        found = medicines.by_code(system, code) if medicines is not None and system in SYSTEMS else None
        if found is None and system == "ATC":
            found = medicine_of_code(code.upper())
        if found is not None:
            status = "exact" if found.marketed else "withdrawn"
            return Resolution(order.text or code, status, (found,), _NOTHING)  # type: ignore[arg-type]
    if medicines is None or not order.text.strip():
        return Resolution(order.text or code, "unknown", (), _NOTHING)
    return _by_name(_Names(medicines), order.text)


_NOTHING = Sentence(fr="Code connu.", en="Known code.")


class _Names:
    """Medicines compared by their edition, so that a name is looked up once."""

    def __init__(self, medicines: Medicines) -> None:
        self.medicines = medicines

    def __hash__(self) -> int:
        return hash(self.medicines.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Names) and other.medicines.digest == self.medicines.digest


@lru_cache(maxsize=16384)
def _by_name(names: _Names, text: str) -> Resolution:
    found = names.medicines.resolve(text)
    if found.status == "ambiguous" and len({frozenset(map(fold, each.substances)) for each in found.medicines}) == 1:
        # Several names of the same substances are no question: the first stands for them, with the routes of all.
        routes = tuple(dict.fromkeys(route for each in found.medicines for route in each.routes))
        first = found.medicines[0]
        one = Medicine(key=first.key, label=first.label, substances=first.substances, atc=first.atc, routes=routes)
        return Resolution(found.text, "exact", (one,), found.sentence)
    return found


def _drug(order: Order, resolution: Resolution) -> Drug:
    text = order.text or order.code
    start, end = instant_text(order.start), instant_text(order.end)
    if resolution.status not in ("exact", "corrected", "withdrawn") or not resolution.medicines:
        status = "ambiguous" if len(resolution.medicines) > 1 else "unknown"
        return Drug(order.key, _harmless(text), status, dose=order.dose, start=start, end=end, draft=order.draft)
    medicine = resolution.medicines[0]
    routes = (order.route,) if order.route.strip() else medicine.routes
    atc = by_dose(codes_of(medicine.substances, medicine.atc), strength(order.dose, text, medicine.label))
    coded = not order.text.strip() or order.text.strip() == order.code.strip()
    return Drug(
        key=order.key,
        # Nobody reads a code: a line that came without words is called as its medicine.
        text=medicine.label if coded else text,
        status=resolution.status,
        label=medicine.label,
        medicine=medicine.key,
        substances=medicine.substances,
        atc=atc,
        form=medicine.form,
        routes=tuple(route for route in routes if route),
        local=is_local(routes, atc),
        dose=order.dose,
        start=start,
        end=end,
        draft=order.draft,
    )


_PRIVATE = re.compile(r"\S+@\S+|\d[\d .-]{8,}\d")


def _harmless(text: str) -> str:
    """What is not a medicine may be anything: no long number and no address of it enters a case, and no long text."""
    return " ".join(_PRIVATE.sub("…", text).split())[:60]


class _Between:
    """The thesaurus compared by its edition, so that a pair is looked up once."""

    def __init__(self, thesaurus: Thesaurus) -> None:
        self.thesaurus = thesaurus

    def __hash__(self) -> int:
        return hash(self.thesaurus.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Between) and other.thesaurus.digest == self.thesaurus.digest


@lru_cache(maxsize=131072)
def _found(between: _Between, a: Medicine, b: Medicine) -> tuple[Found, ...]:
    return tuple(between.thesaurus.between(a, b))


def _pairs(known: Sequence[Medicine | None], drugs: Sequence[Drug], thesaurus: Thesaurus) -> list[Pair]:
    between = _Between(thesaurus)
    held = [(place, medicine) for place, medicine in enumerate(known) if medicine is not None]
    return [
        Pair(
            first,
            second,
            each.number,
            each.main,
            each.plus,
            each.level,
            each.condition,
            each.mechanism,
            each.text,
            each.substance_a,
            each.substance_b,
        )
        for (first, a), (second, b) in combinations(held, 2)
        for each in _found(between, a, b)
    ]


def _results(measurements: Sequence[Measurement], as_of: datetime) -> list[Result]:
    """Those of known analytes that are not later than `as_of`, the latest of each analyte first."""
    found = []
    for each in measurements:
        if each.value is None or (each.at is not None and each.at > as_of):
            continue
        meant = measured(each.name, each.value, each.unit)
        if meant is not None:
            found.append(Result(meant[0].name, meant[1], meant[0].unit, instant_text(each.at)))
    found.sort(key=lambda one: (one.analyte, one.at or ""), reverse=True)
    return list({one.analyte: one for one in reversed(found)}.values())[::-1]


def _egfr(patient: Patient, results: Sequence[Result]) -> float | None:
    """What the chart gives, else its measured rate, else CKD-EPI 2009 from creatinine, age and sex (mL/min/1.73 m2)."""
    latest = {result.analyte: result.value for result in results}
    if patient.egfr is not None:
        return patient.egfr
    if "egfr" in latest:
        return latest["egfr"]
    if "creatinine" not in latest or patient.age is None or patient.sex not in ("f", "m"):
        return None
    return ckd_epi(latest["creatinine"], patient.age, patient.sex)


def ckd_epi(creatinine: float, age: float, sex: str) -> float | None:
    """Estimated glomerular filtration rate (Levey et al., Ann Intern Med 2009), without the ethnic factor.

    creatinine: umol/L. None where it is impossible, or for somebody under 18.
    """
    if not 10 <= creatinine <= 3000 or not 18 <= age <= 120:
        return None
    kappa, alpha, factor = (0.7, -0.329, 1.018) if sex == "f" else (0.9, -0.411, 1.0)
    share = creatinine / 88.42 / kappa
    return float(round(141 * min(share, 1) ** alpha * max(share, 1) ** -1.209 * 0.993**age * factor, 1))


def _allergy(text: str, medicines: Medicines | None) -> Allergy:
    """A family by its name, an ATC code, else a medicine by its name; several or none: not understood."""
    code = text.strip().upper().rpartition("|")[2]
    if 3 <= len(code) <= 7 and code[0].isalpha() and code[1:3].isdigit() and code.isalnum():
        known = medicine_of_code(code)
        return Allergy(
            text, label=known.label if known else code, atc=(code,), substances=known.substances if known else ()
        )
    family = family_named(text)
    if family is not None:
        return Allergy(text, family=family.name, label=family.words[0])
    if medicines is None:
        return Allergy(text)
    found = _by_name(_Names(medicines), text)
    if found.status not in ("exact", "corrected", "withdrawn") or not found.medicines:
        return Allergy(text)
    medicine = found.medicines[0]
    atc = codes_of(medicine.substances, medicine.atc)
    return Allergy(text, label=medicine.label, substances=medicine.substances, atc=atc)
