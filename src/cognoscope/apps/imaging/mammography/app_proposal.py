"""What is concluded of the films of one examination, in words, marks and evidence."""

import csv
from functools import lru_cache
from importlib.resources import files

import numpy as np

from cognoscope.apps.imaging.mammography.model import ABNORMAL, DENSITY, Film, heat_of, on_film
from cognoscope.core.image_value import PROBABILITY, ImageMark, ImageValue, Measurement, Overlay, on_pixels
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.methods.images.answers import Answer, conformal_set
from cognoscope.methods.images.asking import Asked
from cognoscope.methods.images.kind import Refusal
from cognoscope.methods.images.spoken import HEAT, heat_overlay, named, percent, probability, word

Read = tuple[Asked, Film | Refusal]
"""One film of the case, and what was read on it or why nothing was."""

NO_BREAST = Refusal(
    "no-breast",
    Sentence(
        fr="Pas de proposition : aucun sein n'a été reconnu sur ce cliché. Vérifiez l'incidence et l'affichage.",
        en="No proposal: no breast was recognised on this film. Check the view and how it is displayed.",
    ),
)
LABELS = {
    "no": Sentence(fr="Pas de signe de malignité", en="No sign of malignancy"),
    "malignant": Sentence(fr="Malignité possible", en="Possibly malignant"),
    "abnormal": Sentence(fr="Anomalie possible", en="Possibly abnormal"),
    "F": Sentence(fr="Graisseux", en="Fatty"),
    "G": Sentence(fr="Mixte, glandulaire et graisseux", en="Fatty-glandular"),
    "D": Sentence(fr="Dense", en="Dense-glandular"),
}
SIDES = {"L": Sentence(fr="sein gauche", en="left breast"), "R": Sentence(fr="sein droit", en="right breast")}
OLD_FILM = Sentence(
    fr="Modèle appris sur des films des années 1990 : ce n'est pas le dépistage d'aujourd'hui.",
    en="Model learnt on film of the 1990s: not today's screening.",
)
WOULD_CHANGE = (
    OLD_FILM,
    Sentence(
        fr="Des microcalcifications : elles ne se voient pas à cette résolution, un score bas ne les exclut pas.",
        en="Microcalcifications: they do not show at this resolution, a low score does not exclude them.",
    ),
    Sentence(
        fr="Les clichés antérieurs, l'autre incidence, l'échographie et l'examen clinique : rien de cela n'a été vu.",
        en="Earlier films, the other view, ultrasound and clinical examination: none of these was seen.",
    ),
)


def proposal(reads: list[Read]) -> Proposal:
    """The case: its score is the highest of its films; a film that cannot be read is named and counts for nothing."""
    seen = [(asked, film) for asked, film in reads if isinstance(film, Film)]
    first = reads[0][0]
    whole = Asked(first.shape, first.case, first.image, "", first.shown)
    if not seen:
        refusals = [refusal for _, refusal in reads if isinstance(refusal, Refusal)]
        return whole.abstain(refusals[0])
    worst_asked, worst = max(seen, key=lambda pair: pair[1].malignant)
    marks = tuple(mark for asked, film in seen for mark in _marks(asked, film))
    measured = [_case_score(whole, worst), *(each for asked, film in seen for each in _of_film(asked, film))]
    left_out = tuple(_unread(asked, refusal) for asked, refusal in reads if isinstance(refusal, Refusal))
    return whole.answer(
        Headline(
            element="score",
            text=_headline(worst_asked, worst, len(seen), len(reads)),
            expected=float(worst.score),
            urgency=round(worst.malignant, 3),
        ),
        ImageValue(
            measurements=tuple(measured), marks=marks, overlays=tuple(_heat(asked, film) for asked, film in seen)
        ),
        (*(asked.whole for asked, _ in seen if asked.image.name != whole.image.name), *map(on_pixels, marks)),
        (*left_out, *WOULD_CHANGE),
    )


def _headline(asked: Asked, film: Film, seen: int, films: int) -> Sentence:
    side = SIDES.get(asked.image.laterality or "")
    share = reliability().get(film.score)
    fr, en = f"Score {film.score} sur 10", f"Score {film.score} of 10"
    if side:
        fr, en = f"{fr} ({side.fr})", f"{en} ({side.en})"
    if share is not None:
        several = share[0] > 1
        fr += f" : à ce score, {share[0]} {'films' if several else 'film'} sur {share[1]} "
        fr += "étaient malins" if several else "était malin"
        en += f": at this score {share[0]} of {share[1]} films {'were' if several else 'was'} malignant"
    if seen < films:
        fr, en = f"{fr} ; {seen} clichés lus sur {films}", f"{en}; {seen} of {films} films read"
    return Sentence(fr=f"{fr}. {OLD_FILM.fr}", en=f"{en}. {OLD_FILM.en}")


def _case_score(whole: Asked, worst: Film) -> Measurement:
    return Measurement(
        key="score",
        label=Sentence(fr="Score de l'examen (1 à 10)", en="Score of the examination (1 to 10)"),
        amount=float(worst.score),
        words=_score_words(worst),
        evidence=(whole.whole,),
    )


def _of_film(asked: Asked, film: Film) -> list[Measurement]:
    where = _where(asked)
    found = [
        Measurement(
            key=f"film-score{asked.suffix}",
            label=Sentence(fr=f"Score, {where.fr} (1 à 10)", en=f"Score, {where.en} (1 to 10)"),
            amount=float(film.score),
            words=_score_words(film),
            evidence=(asked.whole,),
        ),
        Measurement(
            key=f"malignant{asked.suffix}",
            label=Sentence(
                fr=f"Malignité, {where.fr} : probabilité parmi des films comme ceux de l'apprentissage",
                en=f"Malignancy, {where.en}: probability among films like those learnt from",
            ),
            amount=round(film.malignant, 3),
            options=_plausible(film),
            code=PROBABILITY,
            evidence=(asked.whole,),
        ),
    ]
    if ABNORMAL in film.answers:
        label = Sentence(
            fr=f"Anomalie, bénigne ou maligne, {where.fr} : probabilité",
            en=f"Abnormality, benign or malignant, {where.en}: probability",
        )
        found.append(probability(asked, film.answers[ABNORMAL], "abnormal", label, LABELS))
    if DENSITY in film.answers:
        found.append(_density(asked, film.answers[DENSITY], f"{where.fr}", f"{where.en}"))
    return found


def _plausible(film: Film) -> tuple[Sentence, ...]:
    head = film.answers["malignant"].head
    if head.conformal is None:
        return ()
    kept = conformal_set(head, np.array([1 - film.malignant, film.malignant]))
    return tuple(word(head.classes[number], LABELS) for number in kept)


def _density(asked: Asked, answer: Answer, fr: str, en: str) -> Measurement:
    return Measurement(
        key=f"density{asked.suffix}",
        label=Sentence(fr=f"Densité, {fr}", en=f"Density, {en}"),
        amount=float(answer.likely),
        words=word(answer.head.classes[answer.likely], LABELS),
        options=named(answer, LABELS) if answer.head.conformal else (),
        evidence=(asked.whole,),
    )


def _marks(asked: Asked, film: Film) -> list[ImageMark]:
    return [
        ImageMark(
            key=f"mark-{number}{asked.suffix}",
            label=Sentence(fr="Zone à regarder", en="Place to look at"),
            image=asked.image.name,
            shape="ellipse",
            points=on_film(mark, film.breast, asked.shown.shape),
            certainty=mark.certainty,
        )
        for number, mark in enumerate(film.marks, start=1)
    ]


def _heat(asked: Asked, film: Film) -> Overlay:
    where = _where(asked)
    label = Sentence(fr=f"{HEAT.fr}, {where.fr}", en=f"{HEAT.en}, {where.en}")
    return heat_overlay(asked, np.asarray(heat_of(film.evidence, film.breast, asked.shown.shape), np.uint8), label)


def _where(asked: Asked) -> Sentence:
    """The breast, or the film where its side is not known; numbered where the case holds several of the same."""
    name = SIDES.get(asked.image.laterality or "", Sentence(fr="cliché", en="film"))
    number = asked.suffix.rpartition("-")[2]
    tail = f" {number}" if number.isdigit() else ""
    return Sentence(fr=f"{name.fr}{tail}", en=f"{name.en}{tail}")


def _unread(asked: Asked, refusal: Refusal) -> Sentence:
    return Sentence(
        fr=f"Un cliché n'a pas été lu ({asked.image.name}). {refusal.sentence.fr}",
        en=f"One film was not read ({asked.image.name}). {refusal.sentence.en}",
    )


def _score_words(film: Film) -> Sentence:
    said = percent(film.malignant)
    return Sentence(
        fr=f"{film.score}, probabilité de malignité {said.fr}", en=f"{film.score}, probability of malignancy {said.en}"
    )


@lru_cache(maxsize=1)
def reliability() -> dict[int, tuple[int, int]]:
    """Score -> malignant films and films that had it, out of fold: the published table `reliability.csv`."""
    path = files(__package__).joinpath("reliability.csv")
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else ()
    return {int(row["score"]): (int(row["malignant"]), int(row["films"])) for row in rows if int(row["films"])}
