"""The policy as a form: its fields, and a policy from what was sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from cognoscope.apps.pharmacy.interactions.alerts import CONTRAINDICATED, LEVELS
from cognoscope.apps.pharmacy.interactions.habits import Suggestion
from cognoscope.apps.pharmacy.interactions.knowledge import analytes
from cognoscope.apps.pharmacy.interactions.policy import Policy
from cognoscope.web.i18n import N_

LEVEL_NAMES: Mapping[str, str] = {
    "contraindicated": N_("Contre-indication"),
    "discouraged": N_("Association déconseillée"),
    "precaution": N_("Précaution d'emploi"),
    "to-review": N_("À réévaluer après 65 ans (STOPP)"),
    "take-into-account": N_("À prendre en compte"),
    "to-consider": N_("À envisager après 65 ans (START)"),
}
ACTS: Mapping[str, str] = {"show": N_("montrer"), "fold": N_("replier"), "suppress": N_("ne pas montrer")}
SWITCHES: Mapping[str, str] = {
    "once_per_stay": N_("Ce qui a été décidé n'est plus montré pendant le séjour, jusqu'à un changement de dose"),
    "one_by_orders": N_("Deux mêmes lignes : seule l'alerte la plus forte est montrée"),
    "drafts_first": N_("Pendant une prescription, ce qui ne porte que sur les lignes anciennes est replié"),
}
REFUSED = N_("Cette politique ne peut pas être lue : un nombre manque ou dépasse ses limites. Rien n'a changé.")


class FormRefused(ValueError):
    """What was sent is no policy; the message is French."""


@dataclass(frozen=True)
class MonitoringLine:
    """A line of the table of results that answer an alert."""

    analyte: str
    label: str
    unit: str
    hours: float
    low: float | None
    high: float | None


def monitoring_lines(policy: Policy, language: str) -> list[MonitoringLine]:
    """The policy's results, by their names on the screen."""
    place = 1 if language == "en" else 0
    known = analytes()
    return [
        MonitoringLine(
            each.analyte,
            known[each.analyte].words[place] if each.analyte in known else each.analyte,
            known[each.analyte].unit if each.analyte in known else "",
            each.within_hours,
            each.low,
            each.high,
        )
        for each in policy.monitoring
    ]


def policy_of(sent: Mapping[str, str], base: Policy, offered: Iterable[Suggestion]) -> Policy:
    """The policy that a form describes; what the form does not hold is as in `base`.

    Raises:
        FormRefused: a value is missing or out of its limits.
    """
    try:
        made: dict[str, Any] = {
            "name": base.name,
            "shown_at_most": int(sent["shown_at_most"]),
            **{name: name in sent for name in SWITCHES},
            "levels": {level: sent.get(f"level_{level}", base.levels[level]) for level in LEVELS},
            "local": {
                level: sent.get(f"local_{level}", base.local.get(level, "show"))
                for level in LEVELS
                if level != CONTRAINDICATED
            },
            "monitoring": [
                {
                    "analyte": each.analyte,
                    "within_hours": _number(sent[f"hours_{each.analyte}"]),
                    "low": _number(sent.get(f"low_{each.analyte}", "")),
                    "high": _number(sent.get(f"high_{each.analyte}", "")),
                    "source": each.source,
                }
                for each in base.monitoring
                if f"on_{each.analyte}" in sent
            ],
            "habits": [each.plain() for number, each in enumerate(base.habits) if f"habit_{number}" in sent]
            + [
                {"ward": one.ward, "rule": one.rule, "act": "fold", "reason": one.reason}
                for number, one in enumerate(offered)
                if f"offer_{number}" in sent
            ],
        }
        made["levels"][CONTRAINDICATED] = "show"
        return Policy.model_validate(made)
    except (KeyError, ValueError, ValidationError) as error:
        raise FormRefused(REFUSED) from error


def _number(text: str) -> float | None:
    return float(text.replace(",", ".")) if text.strip() else None
