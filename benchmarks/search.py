"""Search's figures: reports recombined from sentences, indexed, then asked as people would.

    python -m benchmarks.search --json [--documents 1000000] [--folder DIR] [--keep]

Sentences are those of the journal cases and leaflets of E3C where COGNOSCOPE_DATASETS has them, else a few of our own:
`sentences` in the result says how many. Each report is 6 to 14 of them, with dates and values of its own and now and
then a typing error, so that the vocabulary grows as a hospital's does. Indexing and asking run each in a process of
their own, whose peak memory is reported. Cold: the index's files are thrown out of the system's cache first and each
query is asked once; warm: all are asked again, three times.
"""

import argparse
import gzip
import json
import os
import platform
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.warehouse import open_warehouse

SEED = 20261121
A_PART = 25_000
E3C = ("layer3_journal_cases_unannotated.jsonl.gz", "layer3_notices_patient_sample.jsonl.gz")
OWN = (
    "Patient hospitalisé pour insuffisance rénale aiguë.",
    "Pas de fièvre ni de toux.",
    "Traitement par metformine et ramipril poursuivi.",
    "Antécédent de diabète de type 2 chez la mère.",
    "L'examen cardiaque est sans particularité.",
    "Œdème des membres inférieurs prenant le godet.",
    "Radiographie du thorax normale.",
    "Sortie à domicile avec consultation de contrôle.",
)
TITLES = ("Compte rendu d'hospitalisation", "Compte rendu opératoire", "Lettre de sortie", "Consultation")
LABS = ("créatinine", "hémoglobine", "CRP", "kaliémie", "natrémie", "plaquettes", "HbA1c", "TSH")


def sentences() -> list[str]:
    """Every sentence of 20 to 300 characters."""
    folder = os.environ.get("COGNOSCOPE_DATASETS")
    files = [Path(folder) / "text" / "e3c-french" / name for name in E3C] if folder else []
    if not all(file.exists() for file in files) or not files:
        return list(OWN)
    found = []
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                found += re.split(r"(?<=[.;!?])\s+|\n+", json.loads(line)["text"])
    return [sentence.strip() for sentence in found if 20 <= len(sentence.strip()) <= 300]


def report(known: list[str], chance: random.Random) -> str:
    """One text of one or two thousand characters."""
    chosen = [known[int(chance.random() * len(known))] for _ in range(chance.randint(6, 14))]
    if chance.random() < 0.2:
        chosen[0] = mistyped(chosen[0], chance)
    values = ", ".join(f"{lab} {chance.uniform(1, 400):.1f}" for lab in chance.sample(LABS, 3))
    when = date(2015, 1, 1) + timedelta(days=chance.randrange(3900))
    dossier = chance.getrandbits(40)
    return f"Le {when:%d/%m/%Y}, dossier {dossier:010x}. {' '.join(chosen)} Biologie : {values}."


def mistyped(sentence: str, chance: random.Random) -> str:
    """The sentence with two letters of one long word exchanged."""
    words = sentence.split(" ")
    long = [number for number, word in enumerate(words) if len(word) >= 6 and word.isalpha()]
    if long:
        at = chance.choice(long)
        cut = chance.randrange(1, len(words[at]) - 2)
        word = words[at]
        words[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)


def fill(home: Home, documents: int) -> dict[str, Any]:
    """Write the reports into a warehouse, a part at a time."""
    keys.create(home)
    warehouse, known, chance = open_warehouse(home), sentences(), random.Random(SEED)
    characters, start = 0, time.monotonic()
    for part, first in enumerate(range(0, documents, A_PART)):
        ids = range(first, min(documents, first + A_PART))
        texts = [report(known, chance) for _ in ids]
        characters += sum(map(len, texts))
        rows = {
            "note_id": pa.array([(number * 2654435761) % (1 << 61) for number in ids], pa.int64()),
            "person_id": pa.array([number % (documents // 8 + 1) for number in ids], pa.int64()),
            "note_date": [date(2015, 1, 1) + timedelta(days=chance.randrange(3900)) for _ in ids],
            "note_title": [chance.choice(TITLES) for _ in ids],
            "note_text": texts,
        }
        zero = pa.array([0] * len(ids), pa.int64())
        kinds = ("note_type_concept_id", "note_class_concept_id", "encoding_concept_id", "language_concept_id")
        warehouse.commit("a" * 64, part, {"note": pa.table(rows | dict.fromkeys(kinds, zero))})
    warehouse.settle()
    return {
        "documents": documents,
        "sentences": len(known),
        "characters_a_document": round(characters / documents),
        "seconds_to_generate": round(time.monotonic() - start, 1),
    }


def index(home: Home) -> dict[str, Any]:
    """Index the warehouse, then find that nothing changed."""
    from cognoscope.intake.search import open_index

    warehouse, opened = open_warehouse(home), open_index(home)
    start = time.monotonic()
    done = opened.update(warehouse)
    seconds = time.monotonic() - start
    start = time.monotonic()
    opened.update(warehouse)
    return {
        "indexed": done.added,
        "seconds_to_index": round(seconds, 1),
        "documents_per_second": round(done.added / seconds),
        "seconds_to_find_nothing_new": round(time.monotonic() - start, 3),
        "peak_mib_indexing": peak(),
        "index_mib": round(sum(file.stat().st_size for file in files_of(home)) / 2**20),
        "warehouse_mib": round(sum(file.stat().st_size for file in warehouse.files()) / 2**20),
    }


def queries(known: list[str], chance: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """A realistic mix: kind and the arguments of a SearchQuery."""
    words = Counter(word for sentence in known for word in re.findall(r"[^\W\d_]{4,}", sentence))
    ranked = [word for word, _ in words.most_common()]
    strata = [ranked[:200], ranked[200:2000], ranked[2000:]]

    def word() -> str:
        return chance.choice(chance.choice([stratum for stratum in strata if stratum]))

    def long_word() -> str:
        return next(each for each in iter(word, "") if len(each) >= 6)

    def phrase() -> str:
        parts = chance.choice(known).split()
        at = chance.randrange(max(1, len(parts) - 3))
        return " ".join(parts[at : at + chance.randint(2, 4)]).replace('"', "")

    def window() -> dict[str, Any]:
        first = date(2015, 1, 1) + timedelta(days=chance.randrange(3000))
        return {"since": first, "until": first + timedelta(days=chance.choice([30, 365]))}

    for _ in range(60):
        yield "word", {"text": word()}
    for _ in range(40):
        yield "phrase", {"text": f'"{phrase()}"'}
    for _ in range(40):
        yield "typing error", {"text": mistyped(long_word(), chance)}
    for _ in range(40):
        yield "two words", {"text": f"{word()} {word()}"}
    for _ in range(20):
        yield "boolean", {"text": f"{word()} OU {word()} {word()} -{word()}"}
    for _ in range(20):
        yield "dates", {"text": word(), **window()}
    for _ in range(20):
        yield "newest first", {"text": word(), "order": "date"}
    for _ in range(20):
        yield "count", {"text": f"{word()} {word()} {word()}", "limit": 1}
    for _ in range(10):
        yield "beginning", {"text": f"{long_word()[:5]}*"}


def ask(home: Home) -> dict[str, Any]:
    """Ask everything, cold and then warm."""
    from cognoscope.intake.search import SearchQuery, open_index

    asked = [(kind, SearchQuery(**each)) for kind, each in queries(sentences(), random.Random(SEED + 1))]
    for file in files_of(home):
        with file.open("rb") as stream:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    opened = open_index(home)
    passes: dict[str, list[tuple[str, float]]] = {"cold": [], "warm": []}
    hits = 0
    for number in range(4):
        for kind, query in asked:
            start = time.perf_counter()
            results = opened.search(query)
            passes["warm" if number else "cold"].append((kind, (time.perf_counter() - start) * 1000))
            hits += number == 0 and results.total > 0
    figures: dict[str, Any] = {"queries": len(asked), "queries_with_hits": hits}
    for name, times in passes.items():
        every = [each for _, each in times]
        figures |= {f"p50_ms_{name}": mid(every), f"p95_ms_{name}": p95(every), f"max_ms_{name}": round(max(every), 1)}
    by_kind = defaultdict(list)
    for kind, each in passes["warm"]:
        by_kind[kind].append(each)
    figures["p95_ms_warm_by_kind"] = {kind: p95(times) for kind, times in by_kind.items()}
    return {**figures, "peak_mib_asking": peak()}


def mid(times: list[float]) -> float:
    """The median, in milliseconds."""
    return round(statistics.median(times), 1)


def p95(times: list[float]) -> float:
    """The 95th percentile, in milliseconds."""
    return round(statistics.quantiles(times, n=20)[-1], 1) if len(times) > 1 else round(times[0], 1)


def peak() -> int:
    """The most memory this process has had, in MiB."""
    # Not getrusage: its figure begins with what the parent had when it started this process.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024)


def files_of(home: Home) -> list[Path]:
    """Every file of the index."""
    return [file for file in home.search_index.rglob("*") if file.is_file()]


def measure(folder: Path, documents: int) -> dict[str, Any]:
    """Every figure, on a home of its own in this folder."""
    need = documents * 6_000
    if shutil.disk_usage(folder).free < need:
        raise SystemExit(f"{folder} has less than {need >> 30} GiB free: give another --folder.")
    home = Home(folder / "home")
    home.path.mkdir(mode=0o700)
    figures: dict[str, Any] = {
        "benchmark": "search",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        **fill(home, documents),
    }
    for step in ("--index", "--ask"):
        command = [sys.executable, "-m", "benchmarks.search", step, str(home.path)]
        figures |= json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return figures


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where to put warehouse and index; default: a temporary folder")
    parser.add_argument("--keep", action="store_true", help="do not remove them at the end")
    parser.add_argument("--index", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.index or arguments.ask:
        print(json.dumps(index(Home(arguments.index)) if arguments.index else ask(Home(arguments.ask))))
        return
    folder = Path(tempfile.mkdtemp(prefix="cognoscope-bench-", dir=arguments.folder))
    try:
        figures = measure(folder, arguments.documents)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder)
    if arguments.json:
        print(json.dumps(figures, indent=2, ensure_ascii=False))
    else:
        print("\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
