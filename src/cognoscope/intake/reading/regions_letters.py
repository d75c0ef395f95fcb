"""A text as bytes, one a character: letters as EDS-NLP's normaliser makes them (or as they are), for fast scanning.

`é` becomes `e`, `Œ` becomes `œ`; what cp1252 does not have becomes `?`. A text that holds a character outside cp1252
whose lower case is a plain letter (two signs, see `TREACHEROUS`) must not be scanned this way.
"""

CODE_PAGE = "cp1252"
TREACHEROUS = "\u212aİ"
"""The Kelvin sign, whose lower case is `k`, and the dotted capital I, whose lower case is two characters."""


_BLANKS = bytes(32 if bytes([byte]).decode(CODE_PAGE, "replace").isspace() else byte for byte in range(256))


def _normalised(accents: list[tuple[str, str]]) -> bytes:
    table = {letter: plain for letters, plain in accents for letter in letters}
    made = bytearray(range(256))
    for byte in range(256):
        letter = bytes([byte]).decode(CODE_PAGE, "replace")
        low = " " if letter.isspace() else letter.lower()
        made[byte] = table.get(low, low).encode(CODE_PAGE, "replace")[0] if letter != "\ufffd" else byte
    return bytes(made)


class Letters:
    """Scanning forms of texts, under the accents that a normaliser takes off (pairs: letters, what they become)."""

    def __init__(self, accents: list[tuple[str, str]]) -> None:
        self._lower = _normalised(accents)

    def coded(self, text: str) -> bytes:
        """As it is, one byte a character; white space is blanks."""
        return text.encode(CODE_PAGE, "replace").translate(_BLANKS)

    def lowered(self, coded: bytes) -> bytes:
        """In lower case without accents."""
        return coded.translate(self._lower)


def searchable(scanned: bytes) -> str:
    """Bytes as a string of as many characters, for an automaton over strings."""
    return scanned.decode("latin-1")
