"""One alert of the application in words for others: level, mechanism, what to do, source, and why it is not shown."""

from dataclasses import dataclass

from cognoscope.core.case import Case
from cognoscope.core.evidence import RowsPointer
from cognoscope.core.values import Finding

SHOWN = ("contraindicated", "alert")
"""Groups of what is to be looked at now."""

SEEN = "seen"
THESAURUS = "https://ansm.sante.fr/documents/reference/thesaurus-des-interactions-medicamenteuses-1"


@dataclass(frozen=True)
class AlertWords:
    """An alert in one language. `mechanism` and `conduct` are the thesaurus' own French words, empty for other alerts,
    whose words are `reason`.
    """

    key: str
    group: str
    level: str
    label: str
    reason: str
    mechanism: str
    conduct: str
    source: str
    url: str
    seen: bool

    @property
    def interrupts(self) -> bool:
        """Whether it is to be shown, and new to whoever reads."""
        return self.group in SHOWN and not self.seen


def alert_words(finding: Finding, case: Case | None, language: str) -> AlertWords:
    """The alert that a finding is."""
    details = {attribute.name: attribute.value for attribute in finding.attributes}
    mechanism, conduct = _thesaurus(finding, case)
    from_thesaurus = bool(mechanism or conduct)
    return AlertWords(
        key=finding.key,
        group=finding.group,
        level=str(details.get("level") or finding.code or ""),
        label=finding.label.in_language(language),
        reason=finding.reason.in_language(language) if finding.reason else "",
        mechanism=mechanism,
        conduct=conduct,
        source=_source(finding.vocabulary or "", from_thesaurus),
        url=THESAURUS if from_thesaurus else "",
        seen=details.get("policy") == SEEN,
    )


def _source(vocabulary: str, from_thesaurus: bool) -> str:
    if from_thesaurus:
        return f"Thésaurus des interactions, {vocabulary}"
    return vocabulary


def _thesaurus(finding: Finding, case: Case | None) -> tuple[str, str]:
    """Mechanism and what to do, from the row of the thesaurus that the strongest level rests on."""
    table = case.table("thesaurus") if case else None
    pointer = next((one for one in finding.evidence if isinstance(one, RowsPointer) and one.table == "thesaurus"), None)
    if table is None or pointer is None or pointer.stop > table.rows:
        return "", ""
    row = {column.name: str(column.values[pointer.start] or "") for column in table.columns}
    mechanism = " ".join(row.get("mechanism", "").split())
    conduct = " ".join((row.get("condition") or "").split())
    return mechanism, conduct or ("" if mechanism else " ".join(row.get("text", "").split()))
