"""Every figure of the README, one benchmark after the other; run it on a machine that does nothing else.

python -m benchmarks [NAME ...]
"""

import subprocess
import sys

NAMES = (
    "ledger",
    "ingest",
    "web",
    "arrivals",
    "abstention",
    "hours",
    "records",
    "search",
    "cds_hooks",
    "signals",
    "prescriptions",
    "declaration",
    "ct",
    "dicom_service",
    "dicom_fuzz",
)
"""In this order; those from `arrivals` on need COGNOSCOPE_DATASETS, `records` and `search` the extra `text`,
the last three the extra `imaging`."""


def main() -> int:
    """Run those named, or all; the exit status is the number that failed."""
    asked = sys.argv[1:] or list(NAMES)
    unknown = [name for name in asked if name not in NAMES]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}; there are: {', '.join(NAMES)}.", file=sys.stderr)
        return 1
    failed = 0
    for name in asked:
        print(f"== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
