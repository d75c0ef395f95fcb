"""Bytes become text whatever they were declared to be; what cannot be read with confidence is refused.

Tried in turn: a byte order mark, UTF-16 by its zero bytes, UTF-8, the declared encoding, the encodings of French
systems (judged by the letters that come out), and last what `charset_normalizer` finds.
"""

import codecs
import re

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.documents.mojibake import FRENCH_LETTERS, repaired
from cognoscope.intake.documents.refused import Refused

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FRENCH = ("cp1252", "iso8859_15", "cp850", "mac_roman")
OTHERS = ["cp1256", "iso8859_6", "cp1255", "iso8859_8", "cp1250", "iso8859_2", "cp1251", "koi8_r", "cp1253", "cp1254"]
FRENCH_SIGNS = frozenset("«»’‘“”–—…•·°²³€£§µ±×÷½¼¾©®™\u00a0ºª´¨ˆ˜†‡¹¿¡")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
CONTROL_BYTES = bytes([*range(9), *range(0x0E, 0x20), 0x7F])
SAMPLE = 200_000
LOST = "\ufffd"
LOST_A_TEXT = 500
"""One lost character in so many is borne; with more, names could not be recognised any more."""


def decoded(content: bytes, declared: str | None = None) -> str:
    """The text, with the commonest damage repaired.

    Args:
        content: the bytes of a text.
        declared: the encoding it claims, which is often wrong.

    Raises:
        Refused: no encoding gives a text.
    """
    text = repaired(_decoded(content, declared))
    check(text)
    return text


def check(text: str) -> None:
    """Make sure that this is a text and not something else.

    Raises:
        Refused: control characters, or too many characters that nobody can read.
    """
    sample = text[:SAMPLE]
    if len(CONTROL.findall(sample)) * 100 > len(sample):
        raise binary()
    if text.count(LOST) * LOST_A_TEXT > len(text):
        raise Refused("encoding", "characters of the document were lost before it came here: export it again as UTF-8")


def binary() -> Refused:
    """For what is no text at all."""
    return Refused("binary", "the document is no text, HTML, RTF, DOCX or PDF: export it as one of these")


def _decoded(content: bytes, declared: str | None) -> str:
    for mark, name in MARKS:
        if content.startswith(mark):
            return content.decode(name, "replace")
    if wide := _utf16(content):
        return content.decode(wide, "replace")
    sample = content[:SAMPLE]
    if (len(sample) - len(sample.translate(None, CONTROL_BYTES))) * 100 > len(sample):
        raise binary()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for name in _candidates(declared):
        try:
            text = content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if _is_french(text):
            return text
    if _mostly_utf8(content):
        return content.decode("utf-8", "cognoscope_windows")
    return _found(content, declared)


def _utf16(content: bytes) -> str | None:
    """UTF-16 without a mark, known by the zero byte in each pair of a Latin text."""
    head = content[:4096]
    half = len(head) // 2
    if half < 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > half * 0.7 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd < half * 0.05 else None


def _candidates(declared: str | None) -> list[str]:
    return [*([declared] if declared else []), *FRENCH]


def _is_french(text: str) -> bool:
    """Whether what is not ASCII is what French texts hold."""
    beyond = [each for each in text[:SAMPLE] if each > "\x7f"]
    letters = sum(each in FRENCH_LETTERS for each in beyond)
    signs = sum(each in FRENCH_SIGNS for each in beyond)
    # Letters inside words are what tells encodings apart: capitals amid small letters come from a wrong one.
    odd = len(re.findall(r"[a-zà-ÿ][À-ÖØ-Þ][a-zà-ÿ]", text[:SAMPLE]))
    return letters + signs >= len(beyond) * 0.98 and odd * 20 <= max(letters, 1)


def _mostly_utf8(content: bytes) -> bool:
    """Whether a UTF-8 text has a few bytes of another encoding in it, as when files were put together."""
    text = content[: SAMPLE * 2].decode("utf-8", "replace")
    whole = sum(each > "\x7f" and each != LOST for each in text)
    return whole > 3 * text.count(LOST)


def _found(content: bytes, declared: str | None) -> str:
    try:
        import charset_normalizer
    except ImportError as error:
        raise NotInstalled("Texts in unusual encodings need the extra `text`: run `make text`.") from error
    isolated = sorted({*FRENCH, *OTHERS})
    best = charset_normalizer.from_bytes(content[:SAMPLE], cp_isolation=isolated, enable_fallback=False).best()
    if best is None:
        raise Refused("encoding", "the encoding of the document cannot be found: export it again as UTF-8")
    return content.decode(best.encoding, "replace")


def _windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("cognoscope_windows", _windows)
