"""De-identification: identities go, the rest stays, offsets hold, nothing raises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("edsnlp", reason="needs the extra `text`: run `make text`")
pytest.importorskip("onnxruntime", reason="needs the extra `text`: run `make text`")

from cognoscope.intake.deidentification.deidentifier import Deidentifier
from cognoscope.intake.deidentification.span import Cleaned
from cognoscope.intake.identities import Identity

KEY = b"0123456789abcdef0123456789abcdef"
CLEANER = Deidentifier(KEY)
REPORT = (
    "Hôpital Sainte-Blandine\nM. DUPONTEL Jean, né le 12/03/1954 à Morlaix, IPP : 8012939402, NDA : 123456789\n"
    "12 bis rue de la Paix, 29600 MORLAIX, tél : 01 42 16 00 00, jean.dupontel@free.fr\n"
    "NIR : 1 54 03 29 151 012 55\n"
    "Antécédents : maladie de Crohn, hypertension artérielle. TA 135/82 mmHg, créatinine 88 µmol/L.\n"
    "Traitement : Metformine 1000 mg, Levothyrox 75 µg. Scanner le 04/05/2021 : nodule de 12 mm.\n"
    "Dr A. KERVELLEC"
)
IDENTITIES = (
    "DUPONTEL", "Jean", "12/03/1954", "8012939402", "123456789", "rue de la Paix", "29600", "MORLAIX", "01 42 16 00 00",
    "jean.dupontel", "1 54 03 29 151 012 55", "KERVELLEC",
)  # fmt: skip
MEDICINE = (
    "maladie de Crohn", "hypertension artérielle", "TA 135/82 mmHg", "créatinine 88 µmol/L", "Metformine 1000 mg",
    "Levothyrox 75 µg", "nodule de 12 mm", "04/05/2021",
)  # fmt: skip


def coherent(text: str, cleaned: Cleaned) -> bool:
    """Whether what was not replaced is unchanged and every offset points at its surrogate."""
    at = new = 0
    for change in cleaned.replaced:
        if text[at : change.start] != cleaned.text[new : change.new_start] or change.start < at:
            return False
        at, new = change.stop, change.new_stop
    return text[at:] == cleaned.text[new:]


def test_identities_go_and_medicine_stays() -> None:
    cleaned = CLEANER.clean(REPORT)
    assert [identity for identity in IDENTITIES if identity in cleaned.text] == []
    assert [words for words in MEDICINE if words not in cleaned.text] == []
    assert coherent(REPORT, cleaned)
    assert "né le 1954" in cleaned.text


@pytest.mark.parametrize(
    "text, left",
    [
        ("Vu ce jour Mr Vaschaldy pour avis.", "Vaschaldy"),
        ("joignable au 06.12.34.56.78", "06.12.34.56.78"),
        ("Adresse : 3 impasse du Puits, 35000 Rennes", "impasse du Puits"),
        ("N° sécurité sociale : 2 8 9 0 4 7 5 0 5 6 0 4 2 1 7", "2 8 9 0 4 7 5 0 5 6 0 4 2 1 7"),
        ("RPPS 10003456781", "10003456781"),
        ("Née le 4 septembre 1952", "4 septembre 1952"),
        ("écrire à secretariat@exemple-hopital.fr", "secretariat@exemple-hopital.fr"),
        ("patiente de 97 ans", "97 ans"),
    ],
)
def test_written_forms(text: str, left: str) -> None:
    assert left not in CLEANER.clean(text).text


def test_surrogates_are_stable_for_a_person_and_differ_between_persons_and_keys() -> None:
    text = "Dr KERVELLEC a vu Mme KERVELLEC."
    one = CLEANER.clean(text, person="a" * 32).text
    assert one == CLEANER.clean(text, person="a" * 32).text
    names = {word for word in one.replace(".", "").split() if word.isupper()}
    assert len(names) == 1
    assert one != Deidentifier(b"x" * 32).clean(text, person="a" * 32).text


def test_shifted_dates_keep_their_form_and_their_distance() -> None:
    text = "Vu le 28/02/2020, opéré le 3 mars 2020, revu en mars 2021 et le 12/04."
    shifted = CLEANER.clean(text, shift_days=10).text
    assert "09/03/2020" in shifted
    assert "13 mars 2020" in shifted
    assert "28/02/2020" not in shifted
    assert CLEANER.clean(text).text == text


def test_a_birth_date_never_stays_even_where_dates_do() -> None:
    for shift in (0, 40):
        assert "12/03/1954" not in CLEANER.clean("Née le 12/03/1954, sortie le 12/03/1954", shift_days=shift).text


KNOWN = Identity(
    identifiers=["urn:ipp|8001234567", "urn:nir|154032915101255"],
    names=[{"family": "Vanhoutteghem", "given": ["Apolline", "Marie"]}],
    birth_date="1954-03-12",
    telecom=[
        {"system": "phone", "value": "+33 6 12 34 56 78"},
        {"system": "email", "value": "a.vanhoutteghem@free.fr"},
    ],
    addresses=[{"line": ["7 venelle aux Chats"], "city": "Plouguerneau", "postalCode": "29880"}],
)
PLANTED = {
    "vanhoutteghem est revenue": "vanhoutteghem",
    "APOLLINE va mieux": "APOLLINE",
    "Vanhouteghem allergique": "Vanhouteghem",
    "la petite Apoline dort": "Apoline",
    "VANHOUTTEGHEM-DUVAL": "VANHOUTTEGHEM",
    "dossier 800 123 4567 archivé": "800 123 4567",
    "portable 06-12-34-56-78": "06-12-34-56-78",
    "06 12 34 56 78": "06 12 34 56 78",
    "anniversaire le 12.03.54": "12.03.54",
    "le 12 mars 1954": "12 mars 1954",
    "écrire a.vanhoutteghem@free.fr": "vanhoutteghem",
    "vit à plouguerneau": "plouguerneau",
    "7 venelle aux chats": "venelle aux chats",
    "n° 1 54 03 29 151 012 55": "1 54 03 29 151 012 55",
}


@pytest.mark.parametrize("text", PLANTED)
def test_planted_identities_of_the_patient_never_survive(text: str) -> None:
    cleaned = CLEANER.clean(f"Bilan : {text}, sans particularité.", known=KNOWN)
    assert PLANTED[text].lower() not in cleaned.text.lower()
    assert "vanhoutteghem" not in cleaned.held_back.lower()


def test_what_a_search_misses_of_the_patient_is_held_back() -> None:
    cleaned = Deidentifier(KEY, rules=False, learned=False).clean("v a n h o u t t e g h e m revient", known=KNOWN)
    assert cleaned.held_back and cleaned.doubt == 1.0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_cleaned_coherently(text: str) -> None:
    cleaned = CLEANER.clean(text, known=KNOWN, shift_days=17)
    assert coherent(text, cleaned)
    assert 0 <= cleaned.doubt <= 1


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from([*REPORT.split(), "\n", "1 2 3 4", "@", "M.", "né le", "\u202e", "٣", "\x00"]), max_size=60
    )
)
def test_shuffled_reports_are_cleaned_coherently(words: list[str]) -> None:
    text = " ".join(words)
    assert coherent(text, CLEANER.clean(text, known=KNOWN))


def test_a_batch_gives_what_each_text_gives_alone() -> None:
    texts = [REPORT, "", "Mme Vaschaldy va bien.", "1 2 3 " * 50]
    assert CLEANER.clean_many(texts) == [CLEANER.clean(text) for text in texts]


@pytest.mark.parametrize("piece", ["1 ", "12/", "0", "0.1 ", "12 34 ", "A. ", "né le ", "@a", "rue ", "Dr "])
def test_long_garbage_is_read_to_its_end(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    assert coherent(text, CLEANER.clean(text, known=KNOWN))


def test_cleaning_twice_finds_no_new_person() -> None:
    once = CLEANER.clean(REPORT).text
    twice = CLEANER.clean(once)
    assert coherent(once, twice)
    assert [words for words in MEDICINE if words not in twice.text] == []


def test_names_of_drugs_and_diseases_stay() -> None:
    text = "Maladie de Parkinson, syndrome de Gougerot-Sjögren. LEVODOPA, DOLIPRANE 1 g, Escherichia coli. Glasgow 15."
    assert CLEANER.clean(text).text == text
