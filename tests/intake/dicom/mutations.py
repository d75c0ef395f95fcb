"""Broken versions of DICOM objects, made from good ones; the same seed gives the same ones."""

import random
import struct
import zlib
from functools import cache
from io import BytesIO

ABSURD = (0, 1, 7, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
KINDS = (
    "bits flipped", "cut off", "length changed", "element removed", "element doubled", "VR changed", "tag changed",
    "sizes changed", "bytes zeroed", "garbage appended", "pixels flipped", "two files mixed",
    "deflated bomb", "nested deep",
)  # fmt: skip


def mutated(content: bytes, kind: str, chance: random.Random, other: bytes = b"") -> bytes:
    """One broken version of a good file."""
    data = bytearray(content)
    starts = elements(content)
    start, value, length = chance.choice(starts) if starts else (132, 140, 0)
    if kind == "bits flipped":
        for _ in range(chance.randint(1, 16)):
            data[chance.randrange(min(len(data), 4_000))] ^= 1 << chance.randrange(8)
    elif kind == "cut off":
        return content[: chance.choice((start, value, value + length // 2, chance.randrange(len(content))))]
    elif kind == "length changed":
        wide = value - start == 12
        struct.pack_into("<I" if wide or chance.random() < 0.3 else "<H", data, value - (4 if wide else 2), 0)
        number = chance.choice((*ABSURD, length + 1, max(0, length - 1), length * 2))
        if wide:
            struct.pack_into("<I", data, value - 4, number & 0xFFFFFFFF)
        else:
            struct.pack_into("<H", data, value - 2, number & 0xFFFF)
    elif kind == "element removed":
        del data[start : value + length]
    elif kind == "element doubled":
        data[start:start] = content[start : value + length]
    elif kind == "VR changed":
        data[start + 4 : start + 6] = chance.choice((b"SQ", b"UN", b"OB", b"XX", b"\0\0", b"PN", b"US", b"FD", b"DS"))
    elif kind == "tag changed":
        data[start + chance.randrange(4)] ^= 1 << chance.randrange(8)
    elif kind == "sizes changed":
        for tag in chance.sample((b"\x10\0", b"\x11\0", b"\x00\x01", b"\x02\0", b"\x01\x01", b"\x03\x01"), 2):
            at = content.find(b"\x28\0" + tag)
            if at > 0:
                struct.pack_into("<H", data, at + 8, chance.choice((0, 1, 3, 8, 16, 255, 4096, 65535)))
    elif kind == "bytes zeroed":
        at = chance.randrange(132, len(data))
        data[at : at + chance.randint(1, 400)] = b"\0" * len(data[at : at + chance.randint(1, 400)])
    elif kind == "garbage appended":
        data += chance.randbytes(chance.randint(1, 3_000))
    elif kind == "pixels flipped":
        at = max(content.rfind(b"\xe0\x7f\x10\0"), 132)
        for _ in range(chance.randint(1, 40)):
            data[chance.randrange(at, len(data))] ^= 1 << chance.randrange(8)
    elif kind == "two files mixed":
        return content[:value] + other[chance.randrange(max(1, len(other))) :]
    elif kind == "deflated bomb":
        return deflated(chance.choice((10, 1 << 20, 700 << 20)))
    elif kind == "nested deep":
        item = b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\0\xe0\xff\xff\xff\xff"
        return content[:start] + item * chance.choice((50, 900, 20_000)) + content[start:]
    return bytes(data)


def elements(content: bytes) -> list[tuple[int, int, int]]:
    """Start, start of value and length of the outermost elements, as far as they can be followed."""
    from pydicom.dataelem import RawDataElement
    from pydicom.filereader import read_partial

    try:
        dataset = read_partial(BytesIO(content), force=True)
    except Exception:
        return []
    implicit = dataset.original_encoding[0]
    wide = {"OB", "OW", "OF", "OD", "OL", "UN", "SQ", "UT", "UC", "UR", "OV", "SV", "UV"}
    return [
        (each.value_tell - (12 if not implicit and each.VR in wide else 8), each.value_tell, each.length)
        for each in dataset.elements()
        if isinstance(each, RawDataElement) and each.length != 0xFFFFFFFF and each.value_tell < len(content)
    ]


@cache
def deflated(zeros: int) -> bytes:
    """A file of the deflated transfer syntax that unpacks to one element and so many zeros."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    syntax = b"1.2.840.10008.1.2.1.99"
    packed = [packing.compress(b"\x08\0\x08\0CS\x02\0A ")]
    packed += [packing.compress(bytes(min(1 << 20, zeros - at))) for at in range(0, zeros, 1 << 20)]
    meta = b"\x02\0\x10\0UI" + struct.pack("<H", len(syntax)) + syntax
    return b"\0" * 128 + b"DICM" + meta + b"".join(packed) + packing.flush()
