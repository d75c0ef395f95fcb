"""The reading's figures: documents a second beside EDS-NLP's documented pipeline, and whether both find the same.

    python -m benchmarks.records --json [--data DIR] [--documents 20000] [--sample 444] [--identity]
        [--edsnlp-python PATH] [--old-sample 32] [--differences FILE]

DIR is laid out like `text` of the reference data ($COGNOSCOPE_DATASETS/text). The same machine, the same run:

- `ours`: pseudonymisation (where it is installed) and the conditions, over all documents, seeded variations of the
  1,520 cases and 700 leaflets; one process, then two at once; also the conditions alone.
- `a`: the documented pipeline with the installed EDS-NLP, `a_prime`: without the pollution patterns; both are timed on
  a seeded sample of the same documents in which cases and leaflets have the same share. `a_old`: `a` with another
  EDS-NLP, that of the Python at PATH, on a smaller sample of the same kind.
- `--identity`: entities, qualifiers and status compared on every base document and on as many varied ones as the
  sample has; the differences are written to FILE, by number of document and characters, without text.

Seconds are wall-clock seconds of reading: starting and building are left out for both sides. CPU seconds stand beside
them, which a busy machine changes less.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.records_documents import base_documents, mixed, stratified, varied

SEED = 20261121
BATCH = 64
BASELINE = Path(__file__).with_name("records_baseline.py")


def read_share(work: tuple[Path, list[tuple[int, int]], bool]) -> dict[str, float]:
    """Read (base document, seed) pairs in this process, with or without pseudonymisation."""
    from cognoscope.intake.reading.conditions import COMPONENT

    folder, pairs, clean = work
    cases, leaflets = base_documents(folder)
    texts = [*cases, *leaflets]
    cleaner = deidentifier() if clean else None
    COMPONENT.read(texts[:8])
    if cleaner:
        cleaner.clean_many(texts[:8])
    seconds, cpu_seconds, cleaning, found, letters = 0.0, 0.0, 0.0, 0, 0
    for first in range(0, len(pairs), BATCH):
        batch = [varied(texts[base], seed) for base, seed in pairs[first : first + BATCH]]
        letters += sum(map(len, batch))
        began, busy = time.perf_counter(), time.process_time()
        if cleaner:
            batch = [one.text for one in cleaner.clean_many(batch, shift_days=[11] * len(batch))]
        middle = time.perf_counter()
        found += sum(map(len, COMPONENT.read(batch)))
        seconds += time.perf_counter() - began
        cpu_seconds += time.process_time() - busy
        cleaning += middle - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "documents": len(pairs),
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "cleaning_seconds": cleaning,
        "mentions": found,
        "characters": letters,
        "peak_mib": peak,
    }


def deidentifier() -> Any:
    """The pseudonymisation of texts under a fixed key, None where it is not installed."""
    try:
        from cognoscope.intake.deidentification.deidentifier import Deidentifier
    except ImportError:
        return None
    return Deidentifier(b"\x07" * 32)


def ours(folder: Path, pairs: list[tuple[int, int]], processes: int, clean: bool) -> dict[str, float]:
    """Figures of so many processes, each with its share, started afresh."""
    shares = [(folder, pairs[number::processes], clean) for number in range(processes)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        parts = pool.map(read_share, shares, chunksize=1)
        pool.close()
        pool.join()
    slowest = max(part["seconds"] for part in parts)
    return {
        "processes": processes,
        "documents": len(pairs),
        "seconds": round(slowest, 2),
        "docs_per_second": round(len(pairs) / slowest, 1),
        "docs_per_second_core": round(len(pairs) / sum(part["seconds"] for part in parts), 1),
        "docs_per_cpu_second": round(len(pairs) / sum(part["cpu_seconds"] for part in parts), 1),
        "share_of_cleaning": round(sum(p["cleaning_seconds"] for p in parts) / sum(p["seconds"] for p in parts), 3),
        "characters_per_document": round(sum(part["characters"] for part in parts) / len(pairs)),
        "mentions": sum(part["mentions"] for part in parts),
        "peak_mib": round(max(part["peak_mib"] for part in parts)),
    }


def baseline(texts: list[str], *options: str, python: str = sys.executable) -> dict[str, Any]:
    """The documented pipeline over these texts in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.jsonl"
        file.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
        ran = subprocess.run([python, str(BASELINE), str(file), *options], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(f"The baseline did not run with {python}: {ran.stderr.strip().splitlines()[-1:]}")
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found | {
        "docs_per_second": round(found["documents"] / found["seconds"], 2),
        "docs_per_cpu_second": round(found["documents"] / found["cpu_seconds"], 2),
    }


def differences(texts: list[str], documented: list[list[list[Any]]]) -> list[dict[str, Any]]:
    """Documents in which the reading does not find exactly what the documented pipeline does."""
    from cognoscope.intake.reading.conditions import COMPONENT

    different = []
    for number, (found, wanted) in enumerate(zip(COMPONENT.read(texts), documented, strict=True)):
        rows = [
            [m.start, m.stop, m.label, m.negated, m.hypothesis, m.family, m.history, m.reported, m.status]
            for m in found
        ]
        if rows != wanted:
            missing = [row for row in wanted if row not in rows]
            different.append(
                {"document": number, "missing": missing, "added": [row for row in rows if row not in wanted]}
            )
    return different


def figures(asked: argparse.Namespace) -> dict[str, Any]:
    """Everything asked for."""
    cases, leaflets = base_documents(asked.data)
    base = [*cases, *leaflets]
    pairs = [(number, SEED + place) for place, number in enumerate(mixed(cases, leaflets, asked.documents, SEED))]
    sample = [varied(base[number], SEED - number) for number in stratified(cases, leaflets, asked.sample, SEED)]
    result: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "base_documents": len(base),
        "pseudonymisation": deidentifier() is not None,
    }
    a = baseline(sample)
    prime = baseline(sample, "--no-pollution")
    whole = ours(asked.data, pairs, 1, clean=True)
    alone = ours(asked.data, pairs[: max(1, len(pairs) // 4)], 1, clean=False)
    result |= {
        "docs_per_second_core": whole["docs_per_second_core"],
        "speedup": round(whole["docs_per_second_core"] / a["docs_per_second"], 2),
        "speedup_without_pollution": round(whole["docs_per_second_core"] / prime["docs_per_second"], 2),
        "conditions_alone_docs_per_second_core": alone["docs_per_second_core"],
        "conditions_alone_speedup": round(alone["docs_per_second_core"] / a["docs_per_second"], 2),
        "conditions_alone_speedup_without_pollution": round(
            alone["docs_per_second_core"] / prime["docs_per_second"], 2
        ),
        "peak_mib": whole["peak_mib"],
        "ours": [whole, alone],
        "a": a,
        "a_prime": prime,
    }
    if asked.processes > 1:
        result["ours"].append(ours(asked.data, pairs, asked.processes, clean=True))
    if asked.edsnlp_python:
        few = [varied(base[number], SEED - number) for number in stratified(cases, leaflets, asked.old_sample, SEED)]
        old = baseline(few, python=asked.edsnlp_python)
        result["a_old"] = old
        result["speedup_old"] = round(whole["docs_per_second_core"] / old["docs_per_second"], 2)
    if asked.identity:
        texts = [*base, *sample]
        found = differences(texts, baseline(texts, "--entities")["entities"])
        result["identical_documents"] = round(1 - len(found) / len(texts), 6)
        result["documents_compared"] = len(texts)
        result["different_documents"] = len(found)
        asked.differences.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return result


def main() -> None:
    """Print one JSON object, or one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("COGNOSCOPE_DATASETS", ".")) / "text")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--sample", type=int, default=444)
    parser.add_argument("--old-sample", type=int, default=32)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--edsnlp-python")
    parser.add_argument("--identity", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--differences", type=Path, default=Path(tempfile.gettempdir()) / "records_differences.json")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    result = figures(asked)
    for name in ("a", "a_prime", "a_old"):
        result.get(name, {}).pop("entities", None)
    if asked.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name}: {value}")


if __name__ == "__main__":
    main()
