"""One byte form for each value, so that equal things have equal digests on every machine.

The form is JSON with sorted keys, no white space, UTF-8 and no NaN or infinity: RFC 8785 (JSON Canonicalization
Scheme) for the values used here. Floats are written by Python's shortest round-trip `repr`, which differs from
RFC 8785 only in the exponent's notation.
"""

import hashlib
import json
from typing import Any


def canonical_bytes(value: Any) -> bytes:
    """Canonical UTF-8 JSON of plain data (dict, list, str, int, float, bool, None).

    Raises:
        ValueError: the value holds NaN or an infinity.
        TypeError: the value holds something JSON has no form for.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()
