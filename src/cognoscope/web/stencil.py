"""A rendered page with holes for what is one person's or one moment's, compressed once and filled for every answer.

The holes (a token against forged requests, the reader's name, when they were shown the page) go into the answer
uncompressed: between blocks that were compressed beforehand, so that filling costs microseconds and the length of an
answer tells nothing of a secret in it.
"""

import re
import secrets
import zlib
from collections.abc import Mapping

_NONCE = secrets.token_hex(16)
"""Nobody who writes a comment can know it: what looks like a hole was made by `hole`."""

_HOLE = re.compile(f"\x02{_NONCE}:([^\x03]*)\x03")
_LEVEL = 6
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x01\x00\x00\xff\xff"


def hole(name: str) -> str:
    """What a template writes where `Stencil.fill` will put the value of that name."""
    return f"\x02{_NONCE}:{name}\x03"


class Stencil:
    """A page rendered with holes."""

    def __init__(self, text: str) -> None:
        parts = _HOLE.split(text)
        self._names = parts[1::2]
        self._plain = [part.encode() for part in parts[::2]]
        self._packed = [_packed(part) for part in self._plain]

    @property
    def names(self) -> set[str]:
        """The names of its holes."""
        return set(self._names)

    def fill(self, values: Mapping[str, str]) -> bytes:
        """The page; `values` are already escaped."""
        filled = [values[name].encode() for name in self._names]
        return b"".join(_interleaved(self._plain, filled))

    def fill_gzip(self, values: Mapping[str, str]) -> bytes:
        """The page as one gzip member (RFC 1952): a block (RFC 1951) for each part and each value."""
        filled = [values[name].encode() for name in self._names]
        blocks = _interleaved(self._packed, [_stored(value) for value in filled])
        check, size = 0, 0
        for part in _interleaved(self._plain, filled):
            check, size = zlib.crc32(part, check), size + len(part)
        tail = check.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
        return b"".join((_GZIP_HEAD, *blocks, _LAST_BLOCK, tail))


def _interleaved(parts: list[bytes], values: list[bytes]) -> list[bytes]:
    joined = [parts[0]]
    for value, part in zip(values, parts[1:], strict=True):
        joined += (value, part)
    return joined


def _packed(data: bytes) -> bytes:
    """Blocks that end at a byte and refer to nothing before or after them."""
    compress = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compress.compress(data) + compress.flush(zlib.Z_FULL_FLUSH)


def _stored(data: bytes) -> bytes:
    """A block that is not compressed; a value is far shorter than the 65,535 bytes it may hold."""
    return b"\x00" + len(data).to_bytes(2, "little") + (len(data) ^ 0xFFFF).to_bytes(2, "little") + data
