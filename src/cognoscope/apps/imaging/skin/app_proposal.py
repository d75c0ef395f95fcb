"""What the probability of a melanoma is in words, marks and evidence."""

from cognoscope.apps.imaging.skin.model import Beside, beside, labels, people
from cognoscope.core.image_value import ImageValue, Measurement, on_pixels
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.methods.images.answers import Answer
from cognoscope.methods.images.asking import Asked
from cognoscope.methods.images.classifier import Classifier
from cognoscope.methods.images.spoken import heat_overlay, hottest, named, percent, probability, word

MELANOMA = Sentence(fr="Probabilité de mélanome", en="Probability of melanoma")
PLACE = Sentence(fr="Zone qui a le plus compté", en="Place that counted most")
WOULD_CHANGE = (
    Sentence(
        fr="L'examen du patient : âge, évolution, autres lésions ; l'image seule ne les dit pas.",
        en="Seeing the patient: age, change over time, other lesions; the image alone does not say.",
    ),
    Sentence(
        fr="Une peau foncée, une muqueuse, un ongle, une lésion déjà traitée : le modèle n'en a presque pas vu.",
        en="Dark skin, mucosa, a nail, a lesion treated before: the model has hardly seen any.",
    ),
    Sentence(
        fr="Une patientèle où le mélanome est plus rare que dans les images d'apprentissage.",
        en="Patients among whom melanoma is rarer than in the images that taught the model.",
    ),
)


def proposal(asked: Asked, classifier: Classifier) -> Proposal:
    """The probability of a melanoma in one image, beside the working point of dermatologists."""
    reading = classifier.read(asked.shown)
    answer = reading.answers["melanoma"]
    place, chance = beside(answer), percent(answer.yes)
    measurements = [
        probability(asked, answer, "melanoma", MELANOMA, labels()),
        Measurement(
            key=f"threshold{asked.suffix}",
            label=_working_point(place),
            amount=round(100 * place.threshold, 1),
            unit="%",
            words=Sentence(
                fr="Au-dessus du seuil" if place.above else "Sous le seuil",
                en="Above the threshold" if place.above else "Below the threshold",
            ),
        ),
    ]
    measurements += _diagnosis(asked, reading.answers.get("diagnosis"))
    heat = reading.heat("melanoma")
    mark = hottest(asked, heat, "place", PLACE, answer.yes) if place.above else None
    if place.above:
        text = Sentence(
            fr=f"Mélanome à exclure : probabilité {chance.fr}, au-dessus du seuil réglé sur 86,6 % de sensibilité.",
            en=f"Melanoma to be excluded: probability {chance.en}, above the threshold set at 86.6% sensitivity.",
        )
    else:
        text = Sentence(
            fr=f"Sous le seuil : probabilité de mélanome {chance.fr}. Cela n'exclut pas un mélanome.",
            en=f"Below the threshold: probability of melanoma {chance.en}. This does not exclude a melanoma.",
        )
    return asked.answer(
        Headline(element=measurements[0].key, text=text, expected=measurements[0].amount, urgency=round(answer.yes, 3)),
        ImageValue(
            measurements=tuple(measurements),
            marks=(mark,) if mark else (),
            overlays=(heat_overlay(asked, heat),),
        ),
        (on_pixels(mark),) if mark else (),
        WOULD_CHANGE,
    )


def _working_point(place: Beside) -> Sentence:
    """At which point the model's threshold stands, beside where people stand."""
    aimed, theirs = f"{100 * people()[0]:.1f}", f"{100 * place.dermatologists:.1f}"
    fr, en = f"spécificité de 58 dermatologues : {theirs} %", f"specificity of 58 dermatologists: {theirs}%"
    if place.specificity is not None:
        own = f"{100 * place.specificity:.1f}"
        fr, en = f"{fr}, du modèle : {own} %", f"{en}, of the model: {own}%"
    return Sentence(
        fr=f"Seuil à {aimed} % de sensibilité ({fr})".replace(".", ","), en=f"Threshold at {aimed}% sensitivity ({en})"
    )


def _diagnosis(asked: Asked, answer: Answer | None) -> list[Measurement]:
    """The likeliest of the diagnoses that the model knows, and those that cannot be excluded."""
    if answer is None:
        return []
    return [
        Measurement(
            key=f"diagnosis{asked.suffix}",
            label=Sentence(fr="Diagnostic le plus probable pour le modèle", en="Diagnosis likeliest to the model"),
            amount=float(answer.likely),
            words=word(answer.head.classes[answer.likely], labels()),
            options=named(answer, labels()) if answer.head.conformal else (),
            evidence=(asked.whole,),
        )
    ]
