"""Repairs UTF-8 that was once read as Windows-1252 (`hÃ©mie` for `hémie`): the commonest damage in French exports."""

import re

UNDEFINED = {byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
"""Bytes that Windows-1252 leaves open; programs pass them through as control characters."""

TRAILS = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xC0))
"""How the bytes 80 to BF look when they are read as Windows-1252."""

TRAIL = f"[{re.escape(TRAILS)}]"
DAMAGED = re.compile(f"[\u00c2-\u00df]{TRAIL}|[\u00e0-\u00ef]{TRAIL}{{2}}|[\u00f0-\u00f4]{TRAIL}{{3}}")
SPACED = re.compile("\u00c3 (?=[a-zA-Z ,.;:!?)]|$)")
"""`Ã ` whose second half, a no-break space, some program has made an ordinary one: it was `à`."""

FRENCH_LETTERS = frozenset("àâäçéèêëîïôöùûüÿæœÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸÆŒñÑáíóúßåø")
SIGNS = "°²³€£§«»’‘“”–—…•·\u00a0\u202f±µ×÷≥≤"
ROUNDS = 3


def repaired(text: str) -> str:
    """The text with damaged characters as they were; damage done twice is undone twice."""
    for _ in range(ROUNDS):
        if not DAMAGED.search(text):
            break
        mended = DAMAGED.sub(_original, text)
        if mended == text:
            break
        text = SPACED.sub("à ", mended)
    return text


def _original(match: re.Match[str]) -> str:
    damaged = match.group()
    try:
        character = b"".join(_byte(each) for each in damaged).decode("utf-8")
    except UnicodeDecodeError:
        return damaged
    # Two characters that only look like damage, as a capital before a closing quotation mark, stay.
    sure = damaged.startswith(("Ã", "Â", "â€", "â‚", "â„"))
    return character if sure or character in FRENCH_LETTERS or character in SIGNS else damaged


def _byte(character: str) -> bytes:
    return bytes([ord(character)]) if ord(character) in UNDEFINED else character.encode("cp1252", "replace")
