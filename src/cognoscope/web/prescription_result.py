"""What a checked prescription's page shows: the one alert first, the rest folded under its heading with a count."""

from dataclasses import dataclass

from cognoscope.core.card import Card
from cognoscope.core.values import TextValue
from cognoscope.exports.cds_hooks.alert import SHOWN, AlertWords, alert_words
from cognoscope.web import words
from cognoscope.web.i18n import N_, translate
from cognoscope.web.render import Decision
from cognoscope.web.render_proposal import ProposalView, Source
from cognoscope.web.render_text import FindingView

LEVELS = {
    "contraindicated": (N_("Contre-indication"), "circle-x", "stop"),
    "discouraged": (N_("Association déconseillée"), "alert-triangle", "warn"),
    "precaution": (N_("Précaution d'emploi"), "alert-triangle", "care"),
    "to-review": (N_("À réévaluer"), "info-circle", "care"),
    "take-into-account": (N_("À prendre en compte"), "info-circle", "know"),
    "to-consider": (N_("À envisager"), "info-circle", "know"),
}
"""Words, icon and look of each level: never the colour alone."""

_SOURCES = {"ansm": N_("thésaurus des interactions de l'ANSM"), "bdpm": N_("base publique des médicaments")}


@dataclass(frozen=True)
class Shown:
    """One alert with what people made of it. `title` leaves the level out; `look` is a class of the style sheet."""

    words: AlertWords
    title: str
    level: str
    icon: str
    look: str
    decision: Decision | None
    sources: list[Source]


@dataclass(frozen=True)
class Folded:
    """A heading over what is not shown at once."""

    name: str
    label: str
    alerts: list[Shown]


@dataclass(frozen=True)
class Result:
    """The answer to one check."""

    view: ProposalView
    card: Card
    deciding: bool
    abstention: str
    shown: list[Shown]
    folded: list[Folded]
    editions: list[str]

    @property
    def open(self) -> bool:
        """Whether this person may decide on it now."""
        return self.deciding and self.view.open

    @property
    def undecided(self) -> list[Shown]:
        """What is shown and waits for a decision."""
        return [one for one in self.shown if one.decision is None or one.decision.verdict == "defer"]


def result_of(view: ProposalView, card: Card, *, deciding: bool) -> Result:
    """The answer that a proposal of the application is."""
    proposal, language = view.proposal, view.language
    if not isinstance(proposal.value, TextValue):
        why = words.say(proposal.abstention.sentence, language) if proposal.abstention else ""
        return Result(view, card, deciding, why, [], [], _editions(view))
    findings = {finding.key: finding for group in view.text.groups for finding in group.findings}
    shown, folded = [], []
    for group in proposal.value.groups:
        mine = [
            _shown(alert_words(one, view.case, language), findings[one.key], view)
            for one in proposal.value.findings
            if one.group == group.name
        ]
        if group.name in SHOWN:
            shown += mine
        elif mine:
            folded.append(Folded(group.name, words.say(group.label, language), mine))
    return Result(view, card, deciding, "", shown, folded, _editions(view))


def _shown(alert: AlertWords, finding: FindingView, view: ProposalView) -> Shown:
    name, icon, look = LEVELS.get(alert.level, ("", "info-circle", "know"))
    said = translate(name, view.language) if name else ""
    return Shown(
        words=alert,
        title=_title(alert.label, said),
        level=said,
        icon=icon,
        look=look,
        decision=view.elements_by_key[alert.key].decision,
        sources=view.sources_of(finding),
    )


def _title(label: str, level: str) -> str:
    """The label without its level, which stands above it."""
    before, colon, rest = label.partition(" : " if " : " in label else ": ")
    same = bool(level) and before.casefold()[:9] == level.casefold()[:9]
    return rest if colon and same else label


def _editions(view: ProposalView) -> list[str]:
    """The editions that were read, as the case says them."""
    facts = view.case.facts if view.case else ()
    found = []
    for fact in facts:
        if fact.name.startswith("edition_") and fact.value:
            name = fact.name.removeprefix("edition_")
            known = next((said for start, said in _SOURCES.items() if name.startswith(start)), "")
            found.append(f"{translate(known, view.language) if known else name.replace('_', ' ')}, {fact.value}")
    return found
