"""Words that are no identity stay, names that a title or a field announces go, whatever they look like."""

import pytest

pytest.importorskip("edsnlp")

from cognoscope.intake.deidentification.announced import announced
from cognoscope.intake.deidentification.companies import without_companies
from cognoscope.intake.deidentification.false_alarms import without_false_alarms
from cognoscope.intake.deidentification.leaflets import leaflet
from cognoscope.intake.deidentification.not_prose import has_code, in_code
from cognoscope.intake.deidentification.products import as_product, is_substance
from cognoscope.intake.deidentification.span import Label, Span

LEAFLET = (
    "ZOLTRAN 20 mg, comprimé Veuillez lire attentivement cette notice avant de prendre ce médicament. Boîte Wexel. "
    "Titulaire de l'autorisation de mise sur le marché Ondrel 12 rue des Ormes 69000 Lyon."
)


def kept(text: str, *values: tuple[str, Label], sure: tuple[Span, ...] = ()) -> list[str]:
    """The values that stay of those found, each at its first place not taken yet."""
    spans: list[Span] = []
    at = 0
    for value, label in values:
        at = text.index(value, at)
        spans.append(Span(at, at + len(value), label, 0.9))
        at += len(value)
    return [text[span.start : span.stop] for span in without_false_alarms(text, spans, sure)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Traitement : Zoltrane 20 mg le soir", "Zoltrane"),
        ("Il faut prendre Zoltrane au repas", "Zoltrane"),
        ("On a introduit Bexatinib hier", "Bexatinib"),
        ("Le tableau évoque un syndrome de Wexel-Ondrel typique", "Wexel-Ondrel"),
        ("Culture sur milieu de Wexel négative", "Wexel"),
        ("service des maladies tropicales et rares (SMTR) ce jour", "SMTR"),
        ("Voir la suite. Les prélèvements sont stériles", "Les"),
        ("Informez le service", "Informez"),
        ("Consultez votre médecin. Teneur en sel faible", "Teneur"),
        ("Fermeture au Wexyl 3/0 puis pansement", "Wexyl"),
        ("Fin. Les lambeaux sont posés", "Les lambeaux"),
        ("A VOIR REGULIEREMENT", "REGULIEREMENT"),
        ("calcium 6 CH Wexelia", "Wexelia"),
    ],
)
def test_what_is_no_person_stays(text: str, value: str) -> None:
    assert kept(text, (value, "HOPITAL" if "CH" in text and value == "Wexelia" else "NOM")) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("M. Zoltrane 20 mg de prednisone", "Zoltrane"),
        ("Nom : BEXATINIB", "BEXATINIB"),
        ("Dr Informez", "Informez"),
        ("Né à Les Wexels", "Les Wexels"),
        ("confié au médecin. Martin a accepté", "Martin"),
        ("Mme Jeanne Zoltrane, 20 mg", "Zoltrane"),
        ("Vu ce jour Zoltrane 98 %", "Zoltrane"),
        ("Naissance de Lucas 3200 g", "Lucas"),
        ("20 rue Haute 69003 Wexeline 20 mg", "Wexeline"),
        ("suivi par Wexel ce jour", "Wexel"),
        ("Wexel\nParis 20 mg", "Wexel\nParis"),
    ],
)
def test_people_go(text: str, value: str) -> None:
    assert kept(text, (value, "NOM")) == [value]


def test_a_word_that_a_title_announces_once_is_a_name_everywhere() -> None:
    text = "Mme ZOLTRAN va bien. ZOLTRAN 20 mg. Puis ZOLTRAN sort."
    assert kept(text, ("ZOLTRAN", "NOM"), ("ZOLTRAN", "NOM"), ("ZOLTRAN", "NOM")) == ["ZOLTRAN"] * 3


def test_a_product_is_no_name_anywhere_in_its_document() -> None:
    text = "ZOLTRAN est bien toléré. Ordonnance : ZOLTRAN 20 mg."
    assert kept(text, ("ZOLTRAN", "NOM"), ("ZOLTRAN", "NOM")) == []


def test_what_is_known_of_the_patient_is_never_let_go() -> None:
    text = "Zoltran 20 mg"
    assert kept(text, ("Zoltran", "NOM"), sure=(Span(0, 7, "NOM"),)) == ["Zoltran"]


def test_identifiers_and_counts() -> None:
    assert kept("plaquettes à 447000 éléments", ("447000", "NDA")) == []
    assert kept("dossier 447000 du jour", ("447000", "NDA")) == ["447000"]
    assert kept("fréquence 2/1000", ("2/1000", "DATE_NAISSANCE")) == []
    assert kept("poids de naissance 2050 g", ("2050", "DATE_NAISSANCE")) == []
    assert kept("leur fille naît en 1987 puis", ("1987", "DATE_NAISSANCE")) == ["1987"]
    assert kept("née en 1987", ("1987", "DATE_NAISSANCE")) == ["1987"]
    assert kept("PIVKA > 30 000 MAU/ml", ("30 000", "ZIP"), ("MAU", "VILLE")) == []
    assert kept("habite 29000 Pau", ("29000", "ZIP"), ("Pau", "VILLE")) == ["29000", "Pau"]
    assert kept("sexe F, 12/1980", ("12/1980", "DATE_NAISSANCE")) == ["12/1980"]


def test_a_leaflet_holds_no_patient_but_a_report_beside_it_does() -> None:
    assert kept(LEAFLET, ("Wexel", "NOM"), ("Lyon", "VILLE")) == []
    made = LEAFLET.replace("Ondrel", "Laboratoires M. Ondrel")
    assert kept(made, ("Ondrel", "NOM")) == []
    after = LEAFLET + "\n\nWexel Paul\nvu ce jour"
    assert kept(after, ("Wexel", "NOM"), ("Wexel Paul", "NOM")) == ["Wexel Paul"]
    before = "Ondrel Paul vu ce jour\n\n" + LEAFLET
    assert kept(before, ("Ondrel Paul", "NOM"), ("Wexel", "NOM")) == ["Ondrel Paul"]


def test_a_leaflet_ends_where_a_report_begins() -> None:
    text = LEAFLET + " Compte rendu : Wexel. L'autorisation de mise sur le marché est ancienne."
    part = leaflet(text)
    assert part is not None
    assert part[1] <= text.index("Compte rendu")
    assert leaflet("Le patient a lu la notice du médicament.") is None


def test_code_is_no_prose_but_braces_of_rich_text_are_none() -> None:
    code = "var liens = []; function suite() { xtable(1); } // Marque Wexel\nvar b = 2;"
    at = code.index("Wexel")
    assert has_code(code)
    assert in_code(code, at, at + 5)
    assert kept(code, ("Wexel", "NOM")) == []
    rich = r"{\b function Nom} ; {\b Wexel}"
    assert kept(rich, ("Wexel", "NOM")) == ["Wexel"]
    apart = code + "\n\nWexel Paul"
    at = apart.rindex("Wexel")
    assert not in_code(apart, at, at + 5)


@pytest.mark.parametrize("text", ["Mme ", "Dr A. ", "Nom : ", "née ", "Monsieur Paul ", "demeurant à "])
def test_announced(text: str) -> None:
    assert announced(text + "Wexel", len(text))


@pytest.mark.parametrize("text", ["solution I.M. ", "sous ", "le ", "votre médecin. ", "NE "])
def test_not_announced(text: str) -> None:
    assert not announced(text + "Wexel", len(text))


def test_an_exploitant_agricole_is_no_company() -> None:
    text = "Patient exploitant agricole, Wexel, suivi à Lyon"
    spans = [Span(text.index("Wexel"), text.index("Wexel") + 5, "NOM")]
    assert list(without_companies(text, spans)) == spans
    maker = "Exploitant de l'autorisation de mise sur le marché Wexel 12 rue des Ormes"
    at = maker.index("Wexel")
    assert list(without_companies(maker, [Span(at, at + 5, "NOM")])) == []


def test_substances_and_products() -> None:
    assert is_substance("Bexaprazole")
    assert not is_substance("Simone")
    assert not is_substance("Martin")
    assert as_product("Zoltran 1,5 mg", 0, 7)
    assert not as_product("Zoltran 15 ans", 0, 7)
