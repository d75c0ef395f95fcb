"""Invented results of the microbiology laboratory: three years of susceptibility, one row a germ and an agent."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

HEADING = ("patient", "date", "ward", "specimen", "screening", "germ", "agent", "method", "value", "category")
WARDS = ("Urgences", "Médecine interne", "Chirurgie", "Réanimation", "Gériatrie")
GERMS = {
    "Escherichia coli": (
        ("urine", "urine", "urine", "blood", "abdominal"),
        {"AMX": 0.46, "AMC": 0.70, "CTX": 0.89, "CIP": 0.84, "SXT": 0.72, "GEN": 0.93, "FOS": 0.97, "NIT": 0.98},
    ),
    "Klebsiella pneumoniae": (
        ("urine", "blood", "respiratory"),
        {"AMC": 0.66, "CTX": 0.71, "CIP": 0.74, "SXT": 0.74, "GEN": 0.85, "IPM": 0.98},
    ),
    "Staphylococcus aureus": (
        ("skin", "blood", "bone"),
        {"OXA": 0.87, "ERY": 0.72, "CLI": 0.86, "SXT": 0.98, "GEN": 0.95, "VAN": 1.0},
    ),
    "Streptococcus pneumoniae": (("respiratory", "blood"), {"PEN": 0.86, "AMX": 0.96, "CTX": 0.98, "ERY": 0.76}),
    "Pseudomonas aeruginosa": (
        ("respiratory", "urine", "blood"),
        {"TZP": 0.80, "CAZ": 0.84, "CIP": 0.79, "GEN": 0.86, "IPM": 0.82},
    ),
    "Enterococcus faecalis": (("urine", "blood"), {"AMX": 0.98, "VAN": 0.99}),
}
"""Where a germ is found, and the share of its isolates that each agent still reaches."""

SHARES = (52, 12, 18, 7, 7, 9)


def write_isolates(path: Path, count: int, today: date, seed: int) -> int:
    """Write `count` isolates of the three years before `today`, the last ones from yesterday's blood; returns rows."""
    rng = Random(f"isolates-{seed}")  # noqa: S311
    written = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADING)
        for number in range(count):
            for row in _isolate(number, count, today, rng):
                writer.writerow(row)
                written += 1
    return written


def _isolate(number: int, count: int, today: date, rng: Random) -> Iterator[tuple[str, ...]]:
    (germ,) = rng.choices(tuple(GERMS), SHARES)
    specimens, susceptible = GERMS[germ]
    recent = number >= count - 4
    day = today - timedelta(days=1 if recent else rng.randrange(4, 3 * 365))
    specimen = "blood" if recent and "blood" in specimens else rng.choice(specimens)
    # Somebody may be sampled again in the same illness: only the first isolate counts.
    patient = f"L{rng.randrange(count * 3):06d}" if rng.random() < 0.92 else f"L{number % 40:06d}"
    ward = rng.choice(WARDS)
    for agent, share in susceptible.items():
        category = "S" if rng.random() < share else "R"
        yield patient, day.isoformat(), ward, specimen, "no", germ, agent, "", "", category
