"""A past for the pages that compare: the same studies read by two programs, and what turned out to be true."""

from datetime import timedelta

import numpy as np
from tests.web.imaging import MANAGER, RUNNER, application, say
from tests.web.people import START

from cognoscope.core import pixels
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.events import OutcomeKnown
from cognoscope.core.evidence import PixelsPointer
from cognoscope.core.image_value import ImageValue, Measurement
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.core.running import run

NAMES = ("imaging.ours", "imaging.theirs")


def propose(case: Case, name: str) -> list[Proposal]:
    """The score and the volume that the case's facts say this program gives."""
    short = name.partition(".")[2]
    score, volume = case.fact(f"{short}_score"), case.fact(f"{short}_volume")
    assert isinstance(score, float) and isinstance(volume, float)
    value = ImageValue(
        measurements=(
            Measurement(key="score", label=say("Score", "Score"), amount=score),
            Measurement(key="volume", label=say("Volume", "Volume"), amount=volume, unit="mL"),
        )
    )
    return [
        Proposal(
            application=name,
            version="1.0.0",
            model_digest="b" * 64,
            case_digest=case.digest,
            subject=case.subject,
            as_of=case.as_of,
            useful_until=case.as_of + timedelta(days=7),
            question="reading",
            title=say("Lecture", "Reading"),
            headline=Headline(text=say("Score", "Score"), expected=score),
            value=value,
            evidence=(PixelsPointer(image="ct"),),
        )
    ]


def programs() -> tuple:
    """Two programs that read the same studies."""
    made = []
    for name, title in zip(NAMES, (say("Le nôtre", "Ours"), say("Celui du marché", "The bought one")), strict=True):
        base = application(name, title)
        made.append(type(base)(**{**base.__dict__, "propose": lambda case, name=name: propose(case, name)}))
    return tuple(made)


def read_for_months(ledger: Ledger, studies: int = 64) -> None:
    """Both programs on the same studies, the second a little better, and the outcome of most."""
    draw = np.random.default_rng(11)
    made = programs()
    for one in made:
        for state, days in (("shadow", 200), ("advisory", 190)):
            change_state(ledger, one.name, state, MANAGER, "Comparaison", START - timedelta(days=days))
    empty = pixels.keep(np.zeros((1, 4, 4), np.uint8))
    for rank in range(studies):
        ill = rank % 4 == 0
        at = START - timedelta(days=180 - rank)
        facts = []
        truth = float(draw.uniform(20, 90))
        for name, better in (("ours", 1.1), ("theirs", 1.5)):
            facts.append((f"{name}_score", float(np.clip(round(5 + 2 * (draw.normal() + better * ill)), 1, 10))))
            facts.append((f"{name}_volume", round(truth + draw.normal(0, 6) + (3 if name == "ours" else 0), 1)))
        case = Case.model_validate(
            {
                "kind": "test.read",
                "subject": f"person:{rank:032x}",
                "as_of": at,
                "facts": [{"name": name, "value": value} for name, value in facts],
                "images": [CaseImage(name="ct", raster=empty, modality="CT", study=f"2.25.{9000 + rank}")],
            }
        )
        for one in made:
            run(one, case, ledger, RUNNER, at)
        if rank % 10:
            for element, value in (("score", ill), ("volume", truth)):
                outcome = Outcome(
                    application=NAMES[0],
                    subject=case.subject,
                    measure="finding",
                    element=element,
                    value=value,
                    known_at=START - timedelta(days=1),
                    source="anatomie pathologique",
                )
                ledger.append(OutcomeKnown(outcome=outcome), RUNNER, START - timedelta(days=1))
