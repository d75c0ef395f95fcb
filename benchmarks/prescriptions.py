"""A synthetic year of prescriptions: alerts for each 100 prescriptions with and without the policy, by level.

    python -m benchmarks.prescriptions --json

Stays are invented, from a seed: 300 beds, wards with usual French hospital drugs (`prescriptions.csv`, shares are the
project's own guesses), ages, allergies, laboratory results. A prescription is one signature: what is new in it is
checked beside what runs already. Somebody decides each alert that is shown; nothing is stopped. Needs the public
database of medicines, the ANSM thesaurus and STOPP/START: loaded, or under COGNOSCOPE_DATASETS.
"""

import argparse
import csv
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from cognoscope.apps.pharmacy.interactions.deciding import context_of, decide
from cognoscope.apps.pharmacy.interactions.gather import Reference, gather, open_reference
from cognoscope.apps.pharmacy.interactions.model import detect
from cognoscope.apps.pharmacy.interactions.orders import Measurement, Order, Patient
from cognoscope.apps.pharmacy.interactions.policy import shipped_policy
from cognoscope.apps.pharmacy.interactions.prescription import Earlier, Prescription
from cognoscope.apps.pharmacy.interactions.simulation import FATES, Counted
from cognoscope.intake.knowledge.store import default_knowledge

FIRST = datetime(2026, 1, 1, 8, tzinfo=UTC)
OCCUPIED = 0.85
MEAN_DAYS = 6.5
WARDS = {
    "cardiology": 0.18,
    "geriatrics": 0.22,
    "internal": 0.2,
    "surgery": 0.25,
    "psychiatry": 0.05,
    "pneumology": 0.1,
}
AGES = {"geriatrics": (84, 6), "cardiology": (72, 12), "psychiatry": (46, 15), "surgery": (58, 18)}
CONDITIONS = {
    "cardiology": ("I50.1", "I48.2", "I25.9", "I10"),
    "geriatrics": ("F03", "I48.2", "N18.3", "M81.9", "I10"),
    "internal": ("E11.9", "I10", "M10.9", "K25.9"),
    "surgery": ("M16.9", "I10", "E11.9"),
    "psychiatry": ("F32.9", "F20.9"),
    "pneumology": ("J44.9", "I10", "J18.9"),
}
ALLERGIES = (("pénicilline", 0.07), ("aspirine", 0.015), ("sulfamides", 0.02), ("iode", 0.01))


@dataclass
class Stay:
    """One invented stay: its person, and its signatures with what each adds."""

    patient: Patient
    signatures: list[tuple[datetime, list[Order]]]
    results: list[Measurement]
    decided: list[Earlier] = field(default_factory=list)


def drugs() -> dict[str, list[dict[str, str]]]:
    """The list of drugs, by ward; every ward has those of `all`."""
    with Path(__file__).with_name("prescriptions.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {ward: [row for row in rows if row["ward"] in ("all", ward)] for ward in WARDS}


def stays(count: int, seed: int) -> Iterator[Stay]:
    """That many stays of one year."""
    chance = np.random.default_rng(seed)
    listed, names, shares = drugs(), list(WARDS), list(WARDS.values())
    for number in range(count):
        ward = str(chance.choice(names, p=shares))
        middle, spread = AGES.get(ward, (66, 15))
        age = float(np.clip(round(chance.normal(middle, spread)), 18, 103))
        begin = FIRST + timedelta(minutes=float(chance.uniform(0, 525_600)))
        days = max(1, round(float(chance.exponential(MEAN_DAYS))))
        sex = "f" if chance.random() < 0.52 else "m"
        # Creatinine rises with age; one in twelve has an acute injury.
        creatinine = float(chance.lognormal(np.log(68 + 0.35 * age), 0.25)) * (2.2 if chance.random() < 0.08 else 1)
        results = []
        for day in range(0, days, 2):
            at = begin + timedelta(days=day, hours=1)
            results += [
                Measurement("2823-3", round(float(chance.normal(4.2, 0.45)), 1), "mmol/L", at),
                Measurement("14682-9", round(creatinine, 0), "umol/L", at),
                Measurement("2951-2", round(float(chance.normal(139, 3.5)), 0), "mmol/L", at),
            ]
            if chance.random() < 0.15:
                results.append(Measurement("6301-6", round(float(chance.normal(2.5, 0.7)), 1), "", at))
            if chance.random() < 0.15:
                results.append(Measurement("8636-3", round(float(chance.normal(425, 25)), 0), "ms", at))
        chosen = [row for row in listed[ward] if chance.random() < float(row["share"])]
        orders = [
            Order(f"o{place}", row["name"], route=row["local"], dose=row["dose"], draft=True)
            for place, row in enumerate(chosen)
        ]
        signatures: dict[int, list[Order]] = {}
        for order in orders:
            day = 0 if chance.random() < 0.7 else int(chance.integers(0, days))
            signatures.setdefault(day, []).append(order)
        patient = Patient(
            f"stay:{number}",
            age=age,
            sex=sex,
            allergies=tuple(name for name, share in ALLERGIES if chance.random() < share),
            conditions=tuple(code for code in CONDITIONS[ward] if chance.random() < 0.35),
            ward=ward,
        )
        moments = [(begin + timedelta(days=day, hours=2), signatures[day]) for day in sorted(signatures)]
        yield Stay(patient, moments, results)


def prescriptions(stay: Stay, reference: Reference) -> Iterator[Prescription]:
    """Each signature of a stay, with what runs already and what is known by then."""
    running: list[Order] = []
    for at, added in stay.signatures:
        known = tuple(each for each in stay.results if each.at is not None and each.at <= at)
        patient = Patient(
            stay.patient.subject,
            age=stay.patient.age,
            sex=stay.patient.sex,
            allergies=stay.patient.allergies,
            conditions=stay.patient.conditions,
            measurements=known,
            ward=stay.patient.ward,
        )
        new = [Order(o.key, o.text, route=o.route, dose=o.dose, start=at, draft=True) for o in added]
        asked = gather(patient, [*running, *new], reference, at)
        asked.earlier = list(stay.decided)
        yield asked
        running += [Order(o.key, o.text, route=o.route, dose=o.dose, start=at) for o in added]


def year(count: int, seed: int, reference: Reference) -> dict[str, object]:
    """Everything the benchmark tells."""
    policy, none, ours = shipped_policy(), Counted(), Counted()
    with_none = with_ours = done = lines = unknown = 0
    reasons: Counter[str] = Counter()
    began = time.perf_counter()
    for stay in stays(count, seed):
        done += 1
        any_none = any_ours = False
        for asked in prescriptions(stay, reference):
            lines += len(asked.drugs)
            unknown += sum(not drug.understood for drug in asked.drugs)
            alerts = detect(asked).alerts
            # Without a policy, software speaks at each signature of whatever its new lines are part of.
            decisions = decide(alerts, context_of(asked), policy)
            everything = decide([alert for alert in alerts if alert.draft or not alert.drugs], context_of(asked), None)
            none.add(everything)
            ours.add(decisions)
            any_none = any_none or bool(everything)
            for decision in decisions:
                reasons[decision.reason or "shown"] += 1
                if decision.fate == "shown" and decision.interrupts:
                    any_ours = True
                    alert, at = decision.alert, asked.as_of.isoformat()
                    stay.decided.append(Earlier(alert.key, alert.signature, at, "overrule", "benefit-outweighs"))
        with_none += any_none
        with_ours += any_ours
    seconds = time.perf_counter() - began
    levels = sorted({level for _, level in (*none.fates, *ours.fates)})
    return {
        "stays": done,
        "prescriptions": ours.prescriptions,
        "lines_understood": round(1 - unknown / max(lines, 1), 4),
        "per_100_without": round(none.per_hundred("shown"), 1),
        "per_100_with": {fate: round(ours.per_hundred(fate), 1) for fate in FATES},
        "per_100_interrupting_with": round(100 * ours.interrupting / max(ours.prescriptions, 1), 1),
        "by_level_without": {level: round(none.per_hundred("shown", level), 2) for level in levels},
        "by_level_with": {level: {fate: round(ours.per_hundred(fate, level), 2) for fate in FATES} for level in levels},
        "prescriptions_with_visible_alert": {
            "without": round(none.with_shown / ours.prescriptions, 3),
            "with": round(ours.with_shown / ours.prescriptions, 3),
        },
        "stays_with_alert": {"without": round(with_none / done, 3), "with": round(with_ours / done, 3)},
        "reasons": dict(reasons.most_common()),
        "contraindications_suppressed": ours.contraindications_hidden,
        "milliseconds_a_prescription": round(1000 * seconds / max(ours.prescriptions, 1), 2),
        "editions": reference.editions,
    }


def main() -> None:
    """Run the year and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--beds", type=int, default=300)
    parser.add_argument("--stays", type=int, default=0, help="that many stays instead of a year's")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    reference = open_reference(default_knowledge())
    if reference.missing:
        raise SystemExit(f"Not loaded: {', '.join(reference.missing)}. Set COGNOSCOPE_DATASETS, or load them.")
    count = given.stays or round(given.beds * OCCUPIED * 365 / MEAN_DAYS)
    found = year(count, given.seed, reference)
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
