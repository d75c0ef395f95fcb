"""The form of the antibiotics page: what was typed, the question it makes, and the choices it offers."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cognoscope.apps.pharmacy.antibiotics.case import Infection
from cognoscope.apps.pharmacy.antibiotics.case_file import infection_from
from cognoscope.apps.pharmacy.antibiotics.tables import rows
from cognoscope.web.i18n import N_

LONGEST = 2000
YES_NO = {"": N_("non précisé"), "yes": N_("oui"), "no": N_("non")}
ASKED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "severity": (
        N_("Gravité de l'infection"),
        {
            "": N_("non précisée"),
            "mild": N_("sans gravité, hors hospitalisation"),
            "moderate": N_("hospitalisation, sans signe de gravité"),
            "severe": N_("sepsis, choc ou réanimation"),
        },
    ),
    "acquired": (
        N_("Origine"),
        {"": N_("non précisée"), "community": N_("communautaire"), "hospital": N_("acquise à l'hôpital")},
    ),
    "sex": (N_("Sexe"), {"": N_("non précisé"), "f": N_("femme"), "m": N_("homme")}),
    "pregnant": (N_("Grossesse"), YES_NO),
    "breastfeeding": (N_("Allaitement"), YES_NO),
    "hepatic": (
        N_("Insuffisance hépatique"),
        {"": N_("non précisée"), "none": N_("absente"), "severe": N_("sévère (Child-Pugh C)")},
    ),
    "mdr_risk": (N_("Risque de bactérie résistante"), YES_NO),
    "comorbidity": (N_("Comorbidité ou risque d'échec"), YES_NO),
    "recent_fluoroquinolone": (N_("Fluoroquinolone dans les six mois"), YES_NO),
    "listeria_risk": (N_("Risque de listériose"), YES_NO),
}
ALLERGIES = {
    "": N_("non précisé"),
    "none": N_("aucune allergie connue"),
    "penicillins": N_("pénicillines"),
    "cephalosporins": N_("céphalosporines"),
    "carbapenems": N_("carbapénèmes"),
    "fluoroquinolones": N_("fluoroquinolones"),
    "sulfonamides": N_("sulfamides"),
    "macrolides": N_("macrolides"),
    "aminoglycosides": N_("aminosides"),
    "tetracyclines": N_("tétracyclines"),
    "glycopeptides": N_("glycopeptides"),
}
REACTIONS = {
    "unknown": N_("réaction non décrite"),
    "immediate-severe": N_("anaphylaxie"),
    "immediate-mild": N_("réaction immédiate sans gravité"),
    "delayed-severe": N_("toxidermie grave"),
    "delayed-mild": N_("exanthème retardé"),
    "intolerance": N_("intolérance digestive"),
}
NUMBERS = {
    "age_years": N_("Âge (ans)"),
    "weight_kg": N_("Poids (kg)"),
    "creatinine_umol_l": N_("Créatinine (µmol/L)"),
    "egfr": N_("Clairance (mL/min), si connue"),
}
TEXTS = ("infection", "germ", "results", "drugs", "ward", "allergy", "reaction")
NOT_A_NUMBER = N_("« %(text)s » n'est pas un nombre possible pour : %(what)s.")
NOT_A_RESULT = N_(
    "Antibiogramme : écrivez un antibiotique et son résultat par ligne, par exemple « AMX R » ou « CTX CMI 0,25 »."
)
NO_INFECTION = N_("Choisissez une infection.")
NO_GERM = N_("Un antibiogramme est saisi sans son germe : écrivez le germe.")
RANGES = {"age_years": (0, 125), "weight_kg": (20, 400), "creatinine_umol_l": (10, 3000), "egfr": (0, 250)}
_RESULT = re.compile(
    r"^(?P<agent>[^\s=]{2,40})[\s=:]+(?:(?P<category>[SIRsir])|(?P<method>CMI|MIC|DISK|mm)\s*(?P<value>\S{1,12}))$"
)
METHODS = {"CMI": "MIC", "MIC": "MIC", "DISK": "DISK", "mm": "DISK"}


class FormRefused(Exception):
    """The form makes no question; `sentence` (French source) and `values` say why."""

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


@dataclass(frozen=True)
class Typed:
    """What was typed into the form."""

    fields: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


def typed(items: Sequence[tuple[str, object]]) -> Typed:
    """The known fields of a form."""
    known = {*TEXTS, *ASKED, *NUMBERS}
    return Typed({name: str(value).strip()[:LONGEST] for name, value in items if name in known})


def infections(language: str) -> list[tuple[str, str]]:
    """Code and words of each infection that there are rules for."""
    return [(row["code"], row["en" if language == "en" else "fr"]) for row in rows("infections")]


def question(form: Typed, account: str, at: str) -> Infection:
    """The infection that the form describes; each question is a subject of its own, nobody is named.

    Raises:
        FormRefused: no infection, a number that is none, or results that cannot be read.
        InvalidInput: a field holds what its list does not offer.
    """
    if not form["infection"]:
        raise FormRefused(NO_INFECTION)
    if form["results"] and not form["germ"]:
        raise FormRefused(NO_GERM)
    content = "\0".join((account, at, *(f"{name}={value}" for name, value in sorted(form.fields.items()))))
    said: dict[str, object] = {
        "subject": f"stay:ask-{hashlib.sha256(content.encode()).hexdigest()[:20]}",
        "infection": form["infection"],
        "germ": form["germ"][:120],
        "ward": form["ward"][:60],
        "results": [_result(line) for line in form["results"].splitlines() if line.strip()],
    }
    said |= {name: form[name] for name in ("severity", "acquired", "sex", "hepatic")}
    said |= {name: {"yes": True, "no": False}.get(form[name]) for name, (_, of) in ASKED.items() if of is YES_NO}
    said |= {name: _number(form[name], what, name) for name, what in NUMBERS.items()}
    if form["allergy"]:
        none = form["allergy"] == "none"
        said["allergies"] = [] if none else [{"to": form["allergy"], "reaction": form["reaction"] or "unknown"}]
    if form["drugs"]:
        drugs = [line.strip()[:120] for line in form["drugs"].splitlines() if line.strip()]
        said["drugs"] = [] if [one.lower() for one in drugs] in (["aucun"], ["none"]) else drugs[:60]
    return infection_from(said, "The form")


def _result(line: str) -> dict[str, str]:
    found = _RESULT.match(line.strip())
    if found is None:
        raise FormRefused(NOT_A_RESULT)
    method = METHODS.get(found["method"] or "", "")
    return {
        "agent": found["agent"],
        "category": found["category"] or "",
        "method": method,
        "value": found["value"] or "",
    }


def _number(text: str, what: str, name: str) -> float | int | None:
    if not text:
        return None
    low, high = RANGES[name]
    try:
        value = float(text.replace(",", "."))
    except ValueError as error:
        raise FormRefused(NOT_A_NUMBER, text=text[:20], what=what) from error
    if not low <= value <= high:
        raise FormRefused(NOT_A_NUMBER, text=text[:20], what=what)
    return int(value) if name == "age_years" else value
