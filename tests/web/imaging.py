"""A small application that reads images, for tests of the pages: drawn images, values written by hand."""

from datetime import timedelta
from pathlib import Path

import numpy as np
from tests.web.people import START

from cognoscope.core import pixels
from cognoscope.core.actor import Role, person, program
from cognoscope.core.application import Application
from cognoscope.core.card import (
    AIAct,
    Card,
    Reason,
    ReferenceFigure,
    Risk,
)
from cognoscope.core.case import Case, CaseImage, Fact
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.evidence import PixelsPointer
from cognoscope.core.home import Home
from cognoscope.core.image_value import ImageMark, ImageValue, Measurement, Overlay, OverlayClass, on_pixels
from cognoscope.core.interval import Interval
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.core.running import run

RUNNER = program("cognoscope")
MANAGER = person("directrice", Role.MANAGER)
STUDY = "2.25.1111"


def say(fr: str, en: str) -> Sentence:
    return Sentence(fr=fr, en=en)


def card(name: str, title: Sentence) -> Card:
    """A card complete enough for the pages."""
    return Card(
        name=name,
        version="1.0.0",
        title=title,
        purpose=say("Mesure sur des images dessinées pour les tests.", "Measures on images drawn for tests."),
        kinds=("image",),
        reviewers=(Role.RADIOLOGIST,),
        readers=(Role.CLINICIAN, Role.CODER),
        users=(say("Radiologues", "Radiologists"),),
        inputs=(say("Une série d'images", "A series of images"),),
        limits=(say("Images dessinées seulement.", "Drawn images only."),),
        risks=(Risk(risk=say("Une erreur", "An error"), measure=say("Une relecture", "A second look")),),
        ai_act=AIAct(classification="high", reason=say("Dispositif médical", "Medical device")),
        reference_figures=(ReferenceFigure(name=say("Aucune", "None"), value=say("–", "–"), source="tests"),),
        reasons=(
            Reason(code="wrong-place", label=say("Mauvais endroit", "Wrong place")),
            Reason(code="artefact", label=say("Artefact", "Artefact")),
            Reason(code="other", label=say("Autre raison", "Other reason")),
        ),
    )


def phantom(frames: int = 24, side: int = 128) -> tuple[np.ndarray, np.ndarray]:
    """A chest in Hounsfield units, drawn: two lungs in soft tissue, a denser patch in one; and their classes."""
    rows, columns = np.mgrid[0:side, 0:side] / side
    hounsfield = np.full((frames, side, side), -1000, np.int16)
    classes = np.zeros((frames, side, side), np.uint8)
    noise = np.random.default_rng(7).normal(0, 18, hounsfield.shape)
    for frame in range(frames):
        size = 0.75 + 0.25 * np.sin(np.pi * frame / (frames - 1))
        body = ((rows - 0.5) / 0.36) ** 2 + ((columns - 0.5) / 0.46) ** 2 < size**2
        hounsfield[frame][body] = 45
        for centre in (0.3, 0.7):
            lung = ((rows - 0.48) / 0.24) ** 2 + ((columns - centre) / 0.15) ** 2 < size**2
            hounsfield[frame][lung] = -840
            classes[frame][lung] = 1
        spine = ((rows - 0.74) / 0.07) ** 2 + ((columns - 0.5) / 0.07) ** 2 < 1
        hounsfield[frame][spine] = 480
        patch = (rows - 0.58) ** 2 + (columns - 0.27) ** 2 < (0.055 * size) ** 2
        if 6 <= frame <= 18:
            hounsfield[frame][patch] = -420
            classes[frame][patch] = 2
    return (hounsfield + noise).astype(np.int16), classes


def breast(right: bool, oblique: bool) -> np.ndarray:
    """A drawing like a mammogram: tissue on black, mirrored for the left side, one denser spot."""
    rows, columns = np.mgrid[0:160, 0:120].astype(float)
    across = 119 - columns if right else columns
    tissue = ((rows - 80) / (75 if oblique else 65)) ** 2 + (across / 95) ** 2 < 1
    image = np.where(tissue, 900 + 500 * np.exp(-(((rows - 85) / 40) ** 2 + ((across - 30) / 35) ** 2)), 30)
    if right:
        image += 700 * np.exp(-(((rows - 70) / 6) ** 2 + ((across - 45) / 6) ** 2))
    return (image + np.random.default_rng(3).normal(0, 25, image.shape)).clip(0, 4095).astype(np.uint16)


def ct_case(
    subject: str = "person:" + "c" * 32, study: str = STUDY, unit: str = "Scanner 2", *, blurred: bool = False
) -> Case:
    """A case of one stack."""
    hounsfield, _ = phantom()
    image = CaseImage(
        name="ct",
        raster=pixels.keep(hounsfield),
        modality="CT",
        unit="[hnsf'U]",
        spacing=(5.0, 2.5, 2.5),
        affine=(2.5, 0, 0, -160, 0, 2.5, 0, -160, 0, 0, 5, 40, 0, 0, 0, 1),
        window=(-600, 1500),
        study=study,
    )
    facts = (Fact(name="unit", value=unit), *((Fact(name="blurred", value=True),) if blurred else ()))
    return Case(kind="test.ct", subject=subject, as_of=START - timedelta(hours=2), images=(image,), facts=facts)


def breasts_case(subject: str = "person:" + "d" * 32, study: str = "2.25.2222") -> Case:
    """A case of four views."""
    views = [
        CaseImage(
            name=f"{side.lower()}_{view.lower()}",
            raster=pixels.keep(breast(side == "R", view == "MLO")),
            modality="MG",
            laterality=side,
            view=view,
            spacing=(0.0, 0.5, 0.5),
            study=study,
        )
        for side in ("L", "R")
        for view in ("CC", "MLO")
    ]
    return Case(kind="test.mg", subject=subject, as_of=START - timedelta(hours=5), images=tuple(views))


def propose(case: Case) -> list[Proposal]:
    """What the tests need to see: every kind of element, or an abstention on a case without images."""
    common = {
        "application": "imaging.drawn" if case.kind == "test.ct" else "imaging.breasts",
        "version": "1.0.0",
        "model_digest": "a" * 64,
        "case_digest": case.digest,
        "subject": case.subject,
        "as_of": case.as_of,
        "useful_until": case.as_of + timedelta(days=30),
        "question": "reading",
        "title": say("Scanner thoracique dessiné", "Drawn chest CT")
        if case.kind == "test.ct"
        else say("Mammographie dessinée", "Drawn mammogram"),
    }
    if case.fact("blurred"):
        sentence = say("L'image est trop floue pour être mesurée.", "The image is too blurred to be measured.")
        return [Proposal(**common, abstention=Abstention(code="quality", sentence=sentence))]
    value = _ct_value(case) if case.kind == "test.ct" else _breast_value()
    first = value.measurements[0]
    headline = Headline(
        text=say("Lésions : 8,4 % du poumon droit", "Lesions: 8.4% of the right lung")
        if case.kind == "test.ct"
        else say("Score 9 sur 10, sein droit", "Score 9 of 10, right breast"),
        expected=first.amount,
        interval=first.interval,
        urgency=0.8 if case.kind == "test.ct" else 0.6,
    )
    evidence = (PixelsPointer(image=case.images[0].name), *(on_pixels(mark) for mark in value.marks))
    change = (say("Une coupe plus fine.", "A thinner slice."),)
    return [Proposal(**common, headline=headline, value=value, evidence=evidence, would_change=change)]


def _ct_value(case: Case) -> ImageValue:
    _, classes = phantom()
    heat = np.zeros(classes.shape, np.uint8)
    heat[classes == 2] = 200
    return ImageValue(
        measurements=(
            Measurement(
                key="share",
                label=say("Part du poumon droit atteinte", "Share of the right lung involved"),
                amount=8.4,
                unit="%",
                interval=Interval(level=0.9, low=6.1, high=11.9),
                evidence=(PixelsPointer(image="ct", frame=12),),
            ),
            Measurement(
                key="grade",
                label=say("Étendue", "Extent"),
                amount=1,
                words=say("minime", "minimal"),
                options=(say("minime", "minimal"), say("modérée", "moderate")),
            ),
        ),
        marks=(
            ImageMark(
                key="patch",
                label=say("Condensation", "Consolidation"),
                image="ct",
                frame=12,
                shape="box",
                points=((66.0, 26.0), (84.0, 44.0)),
                certainty=0.91,
            ),
        ),
        overlays=(
            Overlay(
                key="regions",
                label=say("Poumons et lésions", "Lungs and lesions"),
                kind="segmentation",
                image="ct",
                raster=pixels.keep(classes),
                classes=(
                    OverlayClass(number=1, name="lung", label=say("poumon", "lung")),
                    OverlayClass(number=2, name="lesion", label=say("lésion", "lesion")),
                ),
            ),
            Overlay(
                key="heat",
                label=say("Ce qui a compté", "What counted"),
                kind="heatmap",
                image="ct",
                raster=pixels.keep(heat),
            ),
        ),
    )


def _breast_value() -> ImageValue:
    return ImageValue(
        measurements=(
            Measurement(key="score", label=say("Score", "Score"), amount=9, options=()),
            Measurement(key="score-left", label=say("Score, sein gauche", "Score, left breast"), amount=2),
        ),
        marks=(
            ImageMark(
                key="mass",
                label=say("Opacité", "Mass"),
                image="r_cc",
                shape="ellipse",
                points=((60.0, 64.0), (80.0, 84.0)),
                certainty=0.8,
            ),
        ),
    )


def application(name: str = "imaging.drawn", title: Sentence | None = None) -> Application:
    """An application that proposes the same on every such case."""
    return Application(
        card=card(name, title or say("Scanner dessiné", "Drawn CT")),
        model_digest="a" * 64,
        propose=propose,
        cases_from_file=lambda path, at: [],
        cases_from_warehouse=lambda warehouse, at: [],
        outcomes=lambda warehouse, made, at: [],
        evaluate=lambda folder: Evaluation(
            application=name, version="1.0.0", dataset="none", rows=0, metrics=(), seconds=0.0
        ),
    )


APPLICATIONS = (application(), application("imaging.breasts", say("Mammographie dessinée", "Drawn mammogram")))


def fill(ledger: Ledger, home: Home, blurred: bool = True) -> None:
    """Two applications in service with a case each, and one on which the program abstains."""
    pixels.look_in(home.pixels)
    for one in APPLICATIONS:
        at = START - timedelta(days=60)
        change_state(ledger, one.name, "shadow", MANAGER, "Essai à blanc", at)
        change_state(ledger, one.name, "advisory", MANAGER, "Lu par le collège", at + timedelta(days=30))
    made = [(APPLICATIONS[0], ct_case()), (APPLICATIONS[1], breasts_case())]
    if blurred:
        made.append((APPLICATIONS[0], ct_case("person:" + "e" * 32, "2.25.3333", "Scanner 1", blurred=True)))
    for one, case in made:
        run(one, case, ledger, RUNNER, case.as_of)


def settings(folder: Path, blind: bool = False) -> Home:
    """A home in `folder`, with its settings."""
    folder.mkdir(mode=0o700, exist_ok=True)
    lines = 'hospital = "CH de Démonstration"\nsynthetic = true\n'
    lines += '[imaging]\nblind_first = ["imaging.breasts"]\n' if blind else ""
    (folder / "settings.toml").write_text(lines, encoding="utf-8")
    return Home(folder)
