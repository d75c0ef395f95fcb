"""What the application says, in both languages."""

from cognoscope.core.noun import Sentence
from cognoscope.core.values import TableColumn

TITLE = Sentence(fr="Nouveaux signaux de pharmacovigilance", en="New signals of pharmacovigilance")
SILENCE = {
    "another-case": Sentence(
        fr="Aucun signal recherché : ce dossier n'est pas une base de déclarations.",
        en="No signal was looked for: this case is not a database of reports.",
    ),
    "empty": Sentence(
        fr="Aucun signal recherché : aucune déclaration n'a encore été reçue (cognoscope ingest reports).",
        en="No signal was looked for: no report has been taken in yet (cognoscope ingest reports).",
    ),
    "too-few": Sentence(
        fr="Aucun signal recherché : il faut au moins 500 déclarations pour savoir ce qui est habituel.",
        en="No signal was looked for: at least 500 reports are needed to know what is usual.",
    ),
    "too-few-pairs": Sentence(
        fr="Aucun signal recherché : trop peu de couples médicament-réaction différents pour les comparer entre eux.",
        en="No signal was looked for: too few different pairs of a drug and a reaction to compare them.",
    ),
    "out-of-range": Sentence(
        fr="Aucun signal recherché : des effectifs se contredisent ; il faut recompter les déclarations.",
        en="No signal was looked for: counts contradict each other; the reports must be counted again.",
    ),
    "unreadable": Sentence(
        fr="Aucun signal recherché : les effectifs sont illisibles ; il faut les envoyer de nouveau.",
        en="No signal was looked for: the counts cannot be read; they must be sent again.",
    ),
}
COLUMNS = (
    TableColumn(name="pair", label=Sentence(fr="Médicament et réaction", en="Drug and reaction")),
    TableColumn(name="reports", label=Sentence(fr="Déclarations", en="Reports")),
    TableColumn(name="expected", label=Sentence(fr="Attendues", en="Expected")),
    TableColumn(name="ebgm", label=Sentence(fr="Fois l'attendu", en="Times expected")),
    TableColumn(name="eb05", label=Sentence(fr="EB05", en="EB05")),
    TableColumn(name="eb95", label=Sentence(fr="EB95", en="EB95")),
    TableColumn(name="ic025", label=Sentence(fr="IC025", en="IC025")),
    TableColumn(name="without", label=Sentence(fr="Mesuré sans", en="Measured without")),
)
WOULD_CHANGE = (
    Sentence(
        fr="Une explication par la maladie traitée, un effet de notoriété ou des déclarations en double non reconnues.",
        en="An explanation by the treated disease, notoriety, or duplicate reports that were not recognised.",
    ),
    Sentence(
        fr="D'autres déclarations : un couple décidé revient quand leur nombre a doublé.",
        en="More reports: a decided pair comes back when their number has doubled.",
    ),
)


def one_decimal(value: float, language: str) -> str:
    """A ratio as people read it: 4,1 or 4.1."""
    text = f"{value:.1f}"
    return text.replace(".", ",") if language == "fr" else text


def headline(drug: str, reaction: str, signals: int, reports: int, times: float, without: str = "") -> Sentence:
    """The strongest new signal, without whose reports it was measured, and how many others wait."""
    others_fr = f" ; {signals - 1} autres" if signals > 2 else " ; 1 autre" if signals == 2 else ""
    others_en = f"; {signals - 1} others" if signals > 2 else "; 1 other" if signals == 2 else ""
    fr, en = one_decimal(times, "fr"), one_decimal(times, "en")
    if without:
        others_fr, others_en = f" (mesuré sans {without}){others_fr}", f" (measured without {without}){others_en}"
    return Sentence(
        fr=f"{drug} et {reaction.lower()} : {reports} déclarations, {fr} fois l'attendu{others_fr}.",
        en=f"{drug} and {reaction.lower()}: {reports} reports, {en} times expected{others_en}.",
    )


NOTHING_NEW = Sentence(
    fr="Aucun nouveau signal : rien ne dépasse les seuils qui n'ait déjà été décidé.",
    en="No new signal: nothing passes the thresholds that was not decided before.",
)
