"""What is concluded of an eye, in words, marks and evidence; and what "not gradable" means."""

from cognoscope.apps.imaging.retina.model import GRADE, MACULOPATHY, REFERABLE, Eye, concluded, labels
from cognoscope.core.image_value import ImageValue, Measurement, on_pixels
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.methods.images.asking import Asked
from cognoscope.methods.images.classifier import Classifier
from cognoscope.methods.images.kind import Refusal
from cognoscope.methods.images.spoken import heat_overlay, hottest, named, percent, probability, word

SPOILED = ("blurred", "noisy", "cropped", "inverted", "too-small", "flat")
PLACE = Sentence(fr="Zone qui a le plus compté", en="Place that counted most")
EYES = {
    "L": Sentence(fr="Œil gauche", en="Left eye"),
    "R": Sentence(fr="Œil droit", en="Right eye"),
}
EYE = Sentence(fr="Œil", en="Eye")
WOULD_CHANGE = (
    Sentence(
        fr="Des microanévrismes trop petits pour une photographie réduite : une rétinopathie minime peut être manquée.",
        en="Microaneurysms too small for a reduced photograph: mild retinopathy may be missed.",
    ),
    Sentence(
        fr="Une OCT de la macula : un œdème ne se voit pas toujours sur une photographie.",
        en="An OCT of the macula: oedema does not always show on a photograph.",
    ),
    Sentence(
        fr="Une autre maladie de la rétine : seul le diabète est cherché.",
        en="Another disease of the retina: only diabetes is looked for.",
    ),
)


def reword(refusal: Refusal) -> Refusal:
    """A spoiled photograph is "not gradable", which in screening is itself a result: the eye must be seen."""
    if refusal.code not in SPOILED:
        return refusal
    return Refusal(
        "not-gradable",
        Sentence(
            fr=f"{refusal.sentence.fr} Œil non gradable : sans nouvelle photographie, un ophtalmologiste doit le voir.",
            en=f"{refusal.sentence.en} Eye not gradable: without a new photograph an ophthalmologist must see it.",
        ),
    )


def proposal(asked: Asked, classifier: Classifier) -> Proposal:
    """Referable or not, grade and maculopathy of one eye."""
    reading = classifier.read(asked.shown)
    eye = concluded(reading.answers)
    measurements = (
        probability(
            asked,
            eye.answers[REFERABLE],
            "referable",
            Sentence(fr="À adresser : probabilité", en="Referable: probability"),
            labels(),
        ),
        *_grade(asked, eye),
        *_macula(asked, eye),
    )
    heat = reading.heat(REFERABLE)
    mark = hottest(asked, heat, "place", PLACE, eye.referable) if eye.called else None
    return asked.answer(
        Headline(
            element=measurements[0].key,
            text=_headline(asked, eye),
            expected=measurements[0].amount,
            urgency=round(eye.referable, 3),
        ),
        ImageValue(measurements=measurements, marks=(mark,) if mark else (), overlays=(heat_overlay(asked, heat),)),
        (on_pixels(mark),) if mark else (),
        WOULD_CHANGE,
    )


def _headline(asked: Asked, eye: Eye) -> Sentence:
    side, chance = EYES.get(asked.image.laterality or "", EYE), percent(eye.referable)
    if eye.called:
        text = Sentence(
            fr=f"{side.fr} : à adresser, probabilité {chance.fr}.", en=f"{side.en}: referable, probability {chance.en}."
        )
    else:
        text = Sentence(
            fr=f"{side.fr} : pas de rétinopathie à adresser vue, probabilité {chance.fr}.",
            en=f"{side.en}: no referable retinopathy seen, probability {chance.en}.",
        )
    if eye.sure:
        return text
    return Sentence(fr=f"{text.fr} Ni l'un ni l'autre n'est exclu.", en=f"{text.en} Neither can be excluded.")


def _grade(asked: Asked, eye: Eye) -> tuple[Measurement, ...]:
    answer = eye.answers.get(GRADE)
    if answer is None:
        return ()
    return (
        Measurement(
            key=f"grade{asked.suffix}",
            label=Sentence(fr="Grade de rétinopathie (0 à 4)", en="Grade of retinopathy (0 to 4)"),
            amount=float(answer.likely),
            words=word(answer.head.classes[answer.likely], labels()),
            options=named(answer, labels()) if answer.head.conformal else (),
            evidence=(asked.whole,),
        ),
    )


def _macula(asked: Asked, eye: Eye) -> tuple[Measurement, ...]:
    answer = eye.answers.get(MACULOPATHY)
    if answer is None:
        return ()
    label = Sentence(fr="Maculopathie : probabilité", en="Maculopathy: probability")
    return (probability(asked, answer, "maculopathy", label, labels()),)
