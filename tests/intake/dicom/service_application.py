"""An application that reads CT: simple, deterministic, with a segmentation; for the tests of what is around it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.core import pixels
from cognoscope.core.actor import Role, person
from cognoscope.core.application import Application
from cognoscope.core.card import read_card
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.evidence import PixelsPointer
from cognoscope.core.home import Home
from cognoscope.core.image_value import ImageValue, Measurement, Overlay, OverlayClass
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.intake import keys
from cognoscope.intake.dicom.volume import read_volume

NAME = "imaging.lungs"
AIR = -600
TITLE = Sentence(fr="Part d'air du thorax", en="Share of air in the chest")
CARD = """
name = "imaging.lungs"
version = "1.0.0"
title = { fr = "Part d'air du thorax", en = "Share of air in the chest" }
purpose = { fr = "Servir aux essais.", en = "To serve in tests." }
kinds = ["image"]
reviewers = ["radiologist"]
users = [{ fr = "Personne.", en = "Nobody." }]
inputs = [{ fr = "Scanner.", en = "CT." }]
limits = [{ fr = "Ne sert à rien.", en = "Is of no use." }]
reasons = [
  { code = "wrong", label = { fr = "Faux", en = "Wrong" } },
  { code = "other", label = { fr = "Autre", en = "Other" } },
]
[[risks]]
risk = { fr = "Aucun.", en = "None." }
measure = { fr = "Aucune.", en = "None." }
[ai_act]
classification = "minimal"
reason = { fr = "Essai.", en = "A test." }
[[reference_figures]]
name = { fr = "Aucun", en = "None" }
value = { fr = "0", en = "0" }
source = "none"
"""


def cases(store: Any, study: str, as_of: datetime) -> list[Case]:
    """One case of each series of the study."""
    found = []
    for row, _ in store.index.series(study=study):
        volume = read_volume(store.files(row.series))
        lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ volume.affine
        affine = np.column_stack([lps[:, 2], lps[:, 1], lps[:, 0], lps[:, 3]])
        image = CaseImage(
            name="image",
            raster=pixels.keep(volume.array),
            modality="CT",
            unit="[hnsf'U]",
            spacing=volume.spacing_mm,
            affine=tuple(float(number) for number in affine.ravel()),
            study=study,
            series=row.series,
            instances=volume.sop_instance_uids,
        )
        found.append(Case(kind="chest-ct", subject=f"person:{row.person}", as_of=as_of, images=(image,)))
    return found


def propose(case: Case) -> list[Proposal]:
    """Share of air in the volume."""
    array = case.images[0].raster.array()
    common = {
        "application": NAME,
        "version": "1.0.0",
        "model_digest": "a" * 64,
        "case_digest": case.digest,
        "subject": case.subject,
        "as_of": case.as_of,
        "useful_until": case.as_of + timedelta(days=1),
        "question": "air",
        "title": TITLE,
    }
    if len(array) < 3:
        sentence = Sentence(fr="Trop peu de coupes.", en="Too few slices.")
        return [Proposal(**common, abstention=Abstention(code="too-few", sentence=sentence))]
    air = np.zeros(array.shape, dtype=np.uint8)
    air[array < AIR] = 1
    share = round(float(air.mean()) * 100, 3)
    overlay = Overlay(
        key="air",
        label=Sentence(fr="Air", en="Air"),
        kind="segmentation",
        image="image",
        raster=pixels.keep(air),
        classes=(OverlayClass(number=1, name="air", label=Sentence(fr="Air", en="Air")),),
    )
    measured = Measurement(key="share", label=TITLE, amount=share, unit="%")
    text = Sentence(fr=f"{share} %", en=f"{share} %")
    return [
        Proposal(
            **common,
            headline=Headline(element="share", text=text, expected=share),
            value=ImageValue(measurements=(measured,), overlays=(overlay,)),
            evidence=(PixelsPointer(image="image", frame=0),),
        )
    ]


def application(folder: Path) -> Application:
    """The application; its card is written to the folder."""
    from cognoscope.apps import APPLICATIONS

    file = folder / "card.toml"
    file.write_text(CARD, encoding="utf-8")
    return replace(
        APPLICATIONS[0],
        card=read_card(file),
        model_digest="a" * 64,
        propose=propose,
        recall=None,
        with_model=None,
        cases_from_study=cases,
    )


def promote(ledger: Ledger, *states: str) -> None:
    """Move the application through these states, by a named person."""
    actor = person("chef", Role.ADMINISTRATOR)
    for state in states:
        change_state(ledger, NAME, state, actor, "test", datetime(2026, 11, 21, tzinfo=UTC))  # type: ignore[arg-type]


def installation(home: Home) -> Home:
    """Give a home its keys."""
    keys.create(home)
    pixels.look_in(home.pixels)
    return home
