"""What is concluded of a radiograph, in words, a marked region and a place in the worklist."""

from cognoscope.apps.imaging.bones.model import Film, concluded, labels
from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import ImageValue, on_pixels
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.methods.images.asking import Asked
from cognoscope.methods.images.classifier import Classifier
from cognoscope.methods.images.spoken import heat_overlay, hottest, percent, probability

FRACTURE = "fracture"
LABEL = Sentence(fr="Probabilité de fracture", en="Probability of a fracture")
REGION = Sentence(fr="Région à regarder", en="Region to look at")
WOULD_CHANGE = (
    Sentence(
        fr="Une autre incidence : certaines fractures ne se voient que sur une seule.",
        en="Another view: some fractures show on one only.",
    ),
    Sentence(
        fr="L'examen du patient : une douleur précise sur l'os prime sur une radiographie sans anomalie.",
        en="Seeing the patient: pain at one point of the bone outweighs a radiograph that shows nothing.",
    ),
)


def proposal(asked: Asked, classifier: Classifier) -> Proposal:
    """Fracture or not, and where, on one radiograph.

    Raises:
        InvalidInput: the model has no head `fracture`.
    """
    reading = classifier.read(asked.shown)
    answer = reading.answers.get(FRACTURE)
    if answer is None:
        raise InvalidInput("This model does not look for fractures: model.toml needs the head `fracture`.")
    film, heat = concluded(answer), reading.heat(FRACTURE)
    measurement = probability(asked, answer, FRACTURE, LABEL, labels())
    mark = hottest(asked, heat, "region", REGION, film.chance) if film.called or film.doubtful else None
    return asked.answer(
        Headline(element=measurement.key, text=_headline(film), expected=measurement.amount, urgency=film.urgency),
        ImageValue(measurements=(measurement,), marks=(mark,) if mark else (), overlays=(heat_overlay(asked, heat),)),
        (on_pixels(mark),) if mark else (),
        WOULD_CHANGE,
    )


def _headline(film: Film) -> Sentence:
    chance = percent(film.chance)
    if film.called:
        return Sentence(
            fr=f"Fracture probable, {chance.fr} : à lire en premier.",
            en=f"Fracture likely, {chance.en}: to be read first.",
        )
    if film.doubtful:
        return Sentence(
            fr=f"Fracture possible, {chance.fr} : ni oui ni non n'est exclu.",
            en=f"Fracture possible, {chance.en}: neither yes nor no is excluded.",
        )
    return Sentence(
        fr=f"Pas de fracture vue, probabilité {chance.fr} : à lire à son tour.",
        en=f"No fracture seen, probability {chance.en}: to be read in turn.",
    )
