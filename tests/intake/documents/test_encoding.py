import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.intake.documents.encoding import decoded
from cognoscope.intake.documents.mojibake import repaired
from cognoscope.intake.documents.refused import Refused

pytest.importorskip("charset_normalizer", reason="needs the extra `text`")

TEXT = "Hémorragie à l'arrivée, œdème traité ; température 38,5 °C. Évolution : « favorable »."
PLAIN = "Hémorragie à l'arrivée, traitée ; température élevée. Évolution : très favorable."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1", "ascii", "no-such-encoding"])
def test_a_french_text_is_read_whatever_it_was_declared_to_be(encoding: str, declared: str | None) -> None:
    assert decoded(TEXT.encode(encoding), declared) == TEXT


@pytest.mark.parametrize("encoding", ["cp850", "mac_roman", "iso8859_15"])
def test_older_encodings_of_french_systems(encoding: str) -> None:
    assert decoded(PLAIN.encode(encoding)) == PLAIN


def test_arabic_is_found_by_its_letters() -> None:
    text = "المريض يعاني من الحمى منذ ثلاثة أيام، ولم يتناول أي دواء قبل دخوله المستشفى"
    assert decoded(text.encode("cp1256")) == text


def test_a_few_bytes_of_another_encoding_in_a_utf8_text() -> None:
    assert decoded(f"{TEXT}\n".encode() * 3 + "Opéré.".encode("cp1252")).endswith("Opéré.")


@pytest.mark.parametrize("rounds", [1, 2])
def test_utf8_read_as_windows_1252_is_repaired(rounds: int) -> None:
    damaged = TEXT
    for _ in range(rounds):
        damaged = damaged.encode().decode("latin-1").encode("latin-1").decode("cp1252", "replace")
    if "\ufffd" not in damaged:
        assert repaired(damaged) == TEXT
    simple = "hémie d’été à l'hôpital"
    for _ in range(rounds):
        simple = simple.encode().decode("cp1252")
    assert repaired(simple) == "hémie d’été à l'hôpital"


# Without the euro sign: after an â it is always damage.
@given(st.text(alphabet="abcéèàçùâêîôûëïüœÉÀ «»’° ,.;:\n"))
def test_sound_text_is_not_repaired(text: str) -> None:
    assert repaired(text) == text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (bytes(range(256)) * 40, "binary"),
        (b"\x00" * 5000, "binary"),
        (b"\x01\x02\x03\x04 abc" * 100, "binary"),
        (("patient op\ufffdr\ufffd " * 30).encode(), "encoding"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(content: bytes, kind: str) -> None:
    with pytest.raises(Refused, match="export it") as refused:
        decoded(content)
    assert refused.value.kind == kind


@given(st.binary(max_size=400))
def test_any_bytes_give_a_text_or_a_refusal(content: bytes) -> None:
    try:
        assert isinstance(decoded(content), str)
    except Refused as refused:
        assert refused.reason
