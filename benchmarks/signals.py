"""Counting and measuring twenty million reports: seconds and memory, beside the same in pandas.

    python -m benchmarks.signals --json [--reports 20000000] [--pandas-reports 1000000]

Reports are made from a seed: 3,000 drugs and 10,000 reactions of very unequal frequency, 1.5 drugs and 1.6 reactions a
report, 0.3 of the reactions tied to the drug, 16 years, 7 age bands, 2 sexes. They lie in Parquet files as in the
warehouse; making them is not counted. Counted: leaving out doubles, all pairs, margins by stratum, stratified
expected counts, PRR, ROR, chi-square, both information components, the likelihood ratio, the fit of the prior, EBGM
with EB05 and EB95. `peak_gib` is the largest resident set of the process that does it. pandas counts and measures
(PRR, ROR, IC with shrinkage; no fit, no EBGM, no strata) a part of the reports, as all of them do not fit its memory;
its seconds are scaled up by the number of reports, which favours it: sorting and grouping grow faster than that.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from cognoscope.intake.reports.counting import count_pairs
from cognoscope.methods.disproportionality.gamma_poisson import fit
from cognoscope.methods.disproportionality.screen import screen
from cognoscope.methods.disproportionality.squashing import squash

DRUGS, REACTIONS, SEED = 3_000, 10_000, 20261122
FILES = ("adverse_report", "report_drug", "report_reaction")


def unequal(generator: np.random.Generator, size: int, names: int, power: float) -> np.ndarray:
    """Names drawn with frequencies that fall with a power of their rank."""
    share = 1 / np.arange(1, names + 1) ** power
    return np.searchsorted(np.cumsum(share / share.sum()), generator.random(size)).astype(np.int32)


def make(folder: Path, reports: int) -> None:
    """Write the files."""
    g = np.random.default_rng(SEED)
    stratum = (2005 + g.integers(0, 16, reports)) * 100 + g.integers(1, 8, reports) * 10 + g.integers(1, 3, reports)
    drugs = 1 + (g.random(reports) < 0.3).astype(np.int8) + (g.random(reports) < 0.15).astype(np.int8)
    reactions = 1 + (g.random(reports) < 0.4).astype(np.int8) + (g.random(reports) < 0.2).astype(np.int8)
    number = np.arange(reports, dtype=np.int64)
    first = np.cumsum(drugs, dtype=np.int64) - drugs
    drug = unequal(g, int(drugs.sum()), DRUGS, 0.9)
    reaction = unequal(g, int(reactions.sum()), REACTIONS, 0.95)
    own = (drug[np.repeat(first, reactions)] * 37 + (g.random(len(reaction)) ** 3 * 40).astype(np.int32)) % REACTIONS
    reaction = np.where(g.random(len(reaction)) < 0.3, own, reaction).astype(np.int32)
    with duckdb.connect() as database:
        for name, columns, query in (
            (
                "adverse_report",
                {"n": number, "s": stratum},
                "SELECT n AS report_id, n AS case_id, 1 AS version, s AS stratum, DATE '2020-01-01' AS received_month, "
                "(hash(n) >> 1)::BIGINT AS fingerprint FROM made",
            ),
            (
                "report_drug",
                {"n": np.repeat(number, drugs), "d": drug, "s": np.repeat(stratum, drugs)},
                "SELECT DISTINCT n AS report_id, 'drug ' || d AS drug, 'suspect' AS role, s AS stratum FROM made",
            ),
            (
                "report_reaction",
                {"n": np.repeat(number, reactions), "r": reaction, "s": np.repeat(stratum, reactions)},
                "SELECT DISTINCT n AS report_id, 'reaction ' || r AS reaction, s AS stratum FROM made",
            ),
        ):
            database.register("made", columns)
            database.execute(f"COPY ({query}) TO '{folder / name}.parquet' (COMPRESSION zstd)")
            database.unregister("made")


def ours(folder: Path, reports: int) -> dict[str, Any]:
    """Everything, timed by step."""
    steps: dict[str, float] = {}
    with duckdb.connect() as database:
        database.execute("SET threads = 2; SET memory_limit = '4GB'; SET preserve_insertion_order = false")
        for name in FILES:
            database.execute(f"CREATE VIEW {name} AS FROM '{folder / name}.parquet'")
        database.execute("CREATE TABLE report_removed (case_id BIGINT)")
        began = last = time.perf_counter()

        def step(name: str) -> None:
            nonlocal last
            now = time.perf_counter()
            steps[name], last = round(now - last, 2), now

        found = count_pairs(database, date(2026, 1, 1))
    step("count")
    counts, expected = found.counts(), found.expected()
    step("expected")
    prior = fit(squash(counts.both, expected, found.shares(), found.reaction_strata))
    step("prior")
    measures = screen(counts, expected, prior)
    step("measures")
    assert found.reports == reports and np.isfinite(measures.eb05).all()
    return {
        "seconds": round(last - began, 2),
        "cpu_seconds": round(sum(os.times()[:2]), 2),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "pairs": len(counts),
        "rows": int(counts.both.sum()),
        "steps": steps,
        "prior": prior.parameters,
    }


def with_pandas(folder: Path, reports: int) -> dict[str, Any]:
    """The first `reports` reports with pandas, as one would write it."""
    import pandas as pd

    where = [("report_id", "<", reports)]
    drugs = pd.read_parquet(folder / "report_drug.parquet", columns=["report_id", "drug"], filters=where)
    reactions = pd.read_parquet(folder / "report_reaction.parquet", columns=["report_id", "reaction"], filters=where)
    began = time.perf_counter()
    pairs = drugs.merge(reactions, on="report_id").groupby(["drug", "reaction"]).size().rename("a").reset_index()
    n = drugs["report_id"].nunique()
    drug = pairs["drug"].map(drugs.groupby("drug").size())
    reaction = pairs["reaction"].map(reactions.groupby("reaction").size())
    a, b, c = pairs["a"], drug - pairs["a"], reaction - pairs["a"]
    d = n - drug - reaction + a
    with np.errstate(divide="ignore", invalid="ignore"):
        pairs["prr"] = (a / drug) / (c / (n - drug))
        pairs["ror"] = a * d / (b * c)
        pairs["ror_low"] = np.exp(np.log(pairs["ror"]) - 1.96 * np.sqrt(1 / a + 1 / b + 1 / c + 1 / d))
        pairs["ic"] = np.log2((a + 0.5) / (drug * reaction / n + 0.5))
    return {"seconds": round(time.perf_counter() - began, 2), "pairs": len(pairs)}


def alone(folder: Path, what: str, reports: int) -> dict[str, Any]:
    """One measurement in a process of its own, so that memory is its own."""
    command = [sys.executable, "-m", "benchmarks.signals", "--part", what, "--folder", str(folder)]
    command += ["--reports", str(reports)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def main() -> None:
    """Make the reports, measure both, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--reports", type=int, default=20_000_000)
    parser.add_argument("--pandas-reports", type=int, default=1_000_000)
    parser.add_argument("--part", choices=("ours", "pandas", "make"))
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.part == "make":
        make(asked.folder, asked.reports)
        print("{}")
        return
    if asked.part:
        print(json.dumps((ours if asked.part == "ours" else with_pandas)(asked.folder, asked.reports)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        alone(folder, "make", asked.reports)
        found = alone(folder, "ours", asked.reports)
        part = min(asked.pandas_reports, asked.reports)
        pandas = alone(folder, "pandas", part)
    scaled = pandas["seconds"] * asked.reports / part
    result = {
        **found,
        "reports": asked.reports,
        "speedup": round(scaled / found["seconds"], 1),
        "pandas": {**pandas, "reports": part, "scaled_seconds": round(scaled, 1), "extrapolated": part < asked.reports},
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
    }
    if asked.json:
        print(json.dumps(result))
    else:
        print(f"{result['seconds']} s, {result['peak_gib']} GiB, {result['speedup']} times pandas ({result['steps']})")


if __name__ == "__main__":
    main()
