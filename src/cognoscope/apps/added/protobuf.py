"""Just enough of the protobuf wire format to look into a file without running anything of it.

The package `onnx` is not among what is installed, and a parser of C++ is not what should first meet an unknown file.
Source: https://protobuf.dev/programming-guides/encoding (wire types 0, 1, 2 and 5).
"""

from collections.abc import Iterator

VARINT, EIGHT_BYTES, LENGTH, FOUR_BYTES = 0, 1, 2, 5
LONGEST_VARINT = 10


def fields(content: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a message, in order: their number, and a number or the bytes they hold.

    Raises:
        ValueError: the bytes are no protobuf message.
    """
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise ValueError("a field without a number")
        if kind == VARINT:
            value, at = _varint(content, at)
            yield number, value
            continue
        if kind == LENGTH:
            size, at = _varint(content, at)
        elif kind in (EIGHT_BYTES, FOUR_BYTES):
            size = 8 if kind == EIGHT_BYTES else 4
        else:
            raise ValueError(f"a field of wire type {kind}")
        if at + size > len(content):
            raise ValueError("a field longer than what holds it")
        yield number, content[at : at + size]
        at += size


def messages(content: memoryview, number: int) -> Iterator[memoryview]:
    """What the fields of that number hold, where it is bytes."""
    for found, value in fields(content):
        if found == number and isinstance(value, memoryview):
            yield value


def text(content: memoryview, number: int) -> str:
    """The last field of that number as text, "" where there is none.

    Raises:
        ValueError: it is no UTF-8.
    """
    found = ""
    for value in messages(content, number):
        found = bytes(value).decode("utf-8")
    return found


def integer(content: memoryview, number: int) -> int:
    """The last field of that number as a whole number, 0 where there is none."""
    found = 0
    for at, value in fields(content):
        if at == number and isinstance(value, int):
            found = value
    return found


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for step in range(LONGEST_VARINT):
        if at >= len(content):
            raise ValueError("a number that does not end")
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << (7 * step)
        if not byte & 0x80:
            return value, at
    raise ValueError("a number that does not end")
