"""Mutations of the good conformance files: each is taken in whole or refused with a sentence, never a crash.

python -m benchmarks.dicom_fuzz [--count 6000] [--seed 20261121] [--json]

Every mutated file is read, its pixels are decoded, its identities taken out, as an ingest would. Anything but a result
or `InvalidInput` is a failure; so is anything that takes more than 20 seconds. What native decoders do with broken
streams is seen in how often their process had to be replaced.
"""

import argparse
import json
import random
import resource
import time
from collections import Counter
from pathlib import Path

from tests.intake.dicom.mutations import KINDS, mutated

from cognoscope.core.errors import InvalidInput
from cognoscope.datasets.registry import datasets_folder
from cognoscope.intake.dicom import decoding
from cognoscope.intake.dicom.pixels import pixels_of
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.dicom.store_writing import is_image, prepared
from cognoscope.intake.pseudonyms import Pseudonymiser

LARGEST = 1_500_000
"""Bytes of a file that is mutated: the larger ones would only make the run long."""
TOO_LONG = 20.0


def good_files(folder: Path) -> list[bytes]:
    """The files that are read whole, with their pixels."""
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.stat().st_size > LARGEST:
            continue
        try:
            content = path.read_bytes()
            read = read_object(content)
            if read.has_pixels:
                pixels_of(read)
        except InvalidInput:
            continue
        found.append(content)
    return found


def fate(content: bytes, pseudonymiser: Pseudonymiser) -> str:
    """What became of one file: `read`, or the sentence it was refused with."""
    try:
        read = read_object(content)
        if is_image(read):
            prepared(read, pseudonymiser)
        elif read.has_pixels:
            pixels_of(read)
    except InvalidInput as error:
        return str(error)
    return "read"


def main() -> int:
    """Run; the exit status is 1 where anything but a result or a sentence came out."""
    asking = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asking.add_argument("--count", type=int, default=6_000)
    asking.add_argument("--seed", type=int, default=20261121)
    asking.add_argument("--json", action="store_true")
    asked = asking.parse_args()
    files = good_files(datasets_folder() / "imaging/dicom_conformance")
    chance, pseudonymiser = random.Random(asked.seed), Pseudonymiser(b"k" * 32, date_shift=True)
    fates: Counter[str] = Counter()
    failures: list[str] = []
    slowest, began = 0.0, time.perf_counter()
    for number in range(asked.count):
        kind = KINDS[number % len(KINDS)]
        content = mutated(chance.choice(files), kind, chance, chance.choice(files))
        start = time.perf_counter()
        try:
            fates[fate(content, pseudonymiser)] += 1
        except Exception as error:  # what must never happen is counted, not raised
            failures.append(f"{number} {kind}: {type(error).__name__}: {str(error)[:200]}")
        slowest = max(slowest, time.perf_counter() - start)
    result = {
        "files": len(files),
        "mutations": asked.count,
        "read": fates["read"],
        "refused": sum(fates.values()) - fates["read"],
        "crashes": len(failures),
        "decoding_processes_lost": fates[decoding.CRASHED] + fates[decoding.TOO_SLOW],
        "slowest_seconds": round(slowest, 2),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
        "seconds": round(time.perf_counter() - began, 1),
    }
    if asked.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:24} {value}")
        for sentence, count in fates.most_common():
            print(f"{count:6} {sentence}")
    for failure in failures[:20]:
        print(failure)
    return int(bool(failures) or slowest > TOO_LONG)


if __name__ == "__main__":
    raise SystemExit(main())
