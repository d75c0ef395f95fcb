"""`cognoscope evaluate imaging.mammography`: malignant films against the rest, on films that did not teach the model.

DIR is laid out like `mammo_mini_mias_1024`: labels.csv with file, pair_id, severity (M, B or empty), background_tissue
and, for lesions, x, y_from_top, radius_px; one line a lesion. Every film counts, whether the gate would have refused it
or not; intervals draw whole women.
"""

from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.imaging.mammography.app import OWN
from cognoscope.apps.imaging.mammography.breast import Breast, prepared
from cognoscope.apps.imaging.mammography.card import CARD
from cognoscope.apps.imaging.mammography.case import KIND
from cognoscope.apps.imaging.mammography.model import Film, FilmReader, on_film
from cognoscope.apps.imaging.mammography.reliability import error, table
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.intake.imaging.judged import Judged, judged_images
from cognoscope.intake.imaging.judged_classes import MOST_FOR_GATE, SEED, row
from cognoscope.intake.imaging.judged_evaluation import evaluation_of
from cognoscope.methods.images.floor import colour_statistics, floor_scores
from cognoscope.methods.images.model_folder import ModelFolder
from cognoscope.methods.images.refused import refused_metrics
from cognoscope.methods.images.scores import auc, auc_by_group, error_by_group, share_by_group
from cognoscope.methods.images.watchman import Watchman
from cognoscope.methods.screening import Figure, simulate
from cognoscope.methods.screening_settings import shipped

PUBLISHED = 0.75
SOURCE = "mini-MIAS, split by woman: 0.70 to 0.80 would be honest on 300 films (README of the reference data)"


def evaluate(folder: Path, weights: Path | None) -> Evaluation:
    """`auc`, `ece`, `auc_woman`, `density_accuracy`, lesions marked, refusals; in `detail` the reliability table and
    the screening simulation.

    Raises:
        InvalidInput: the folder is not laid out so.
    """
    judged = judged_images(KIND, folder, ("pair_id", "severity"), weights)
    return evaluation_of(CARD, judged, weights, "auc", _judge)


def _judge(judged: Judged, weights: Path) -> tuple[tuple[Metric, ...], dict[str, Any]]:
    reader = FilmReader(ModelFolder(weights))
    by_file: dict[str, list[dict[str, str]]] = {}
    for line in judged.rows:
        by_file.setdefault(line["file"], []).append(line)
    films: list[Film | None] = []
    colours, sample = [], []
    step = max(1, -(-len(by_file) // MOST_FOR_GATE))
    for place, each in enumerate(by_file.values()):
        shown = judged.shown(each[0])
        breast = prepared(shown)
        films.append(None if breast is None else reader.read(breast))
        colours.append(colour_statistics([shown])[0])
        if place % step == 0:
            sample.append((shown, each[0]["pair_id"]))
    lines = list(by_file.values())
    films = _beside(reader, films, [each[0]["pair_id"] for each in lines])
    truth = np.array([any(line["severity"] == "M" for line in each) for each in lines])
    women = np.array([each[0]["pair_id"] for each in lines])
    # A film in which no breast was found is taken for the mean: it may not improve the figure.
    share = float(truth.mean())
    chances = np.array([film.malignant if film else share for film in films])
    scores = np.array([film.score if film else 5 for film in films])
    area = auc_by_group(chances, truth, women, SEED)
    floor = floor_scores(np.array(colours, np.float64), truth, women, SEED)
    known = np.isfinite(floor)
    metrics = [
        row(
            "auc",
            area,
            baseline=auc(floor[known], truth[known]) if known.any() else None,
            reference=PUBLISHED,
            reference_source=SOURCE,
        ),
        row("ece", error_by_group(chances, truth, women, SEED), baseline=abs(share - 0.5)),
    ]
    detail: dict[str, Any] = {
        "baseline_of_auc": "ridge regression on statistics of grey, five folds by woman on these films",
        "films": len(films),
        "women": len(set(women)),
        "malignant": int(truth.sum()),
        "no_breast_found": sum(film is None for film in films),
    }
    reliability = table(scores, chances, truth, women)
    detail["reliability"] = [vars(line) for line in reliability if line.films]
    detail["error_of_scores"] = round(error(reliability), 4)
    metrics += _by_woman(chances, truth, women)
    metrics += _density(films, lines, women)
    metrics += _marked(films, lines, women, [judged.shown(each[0]).shape for each in lines])
    detail["screening"] = _screening(scores, truth, women)
    refused, more = refused_metrics(
        Watchman(weights, OWN),
        [image for image, _ in sample],
        [woman for _, woman in sample],
        judged.folder.resolve().parent,
        "mammography",
    )
    return (*metrics, *refused), detail | more


def _beside(reader: FilmReader, films: list[Film | None], women: list[str]) -> list[Film | None]:
    """Each film beside the other films of the same woman, as the application reads a case."""
    found = list(films)
    for woman in set(women):
        places = [place for place, name in enumerate(women) if name == woman and films[place] is not None]
        for place, film in zip(places, reader.beside([films[at] for at in places]), strict=True):  # type: ignore[misc]
            found[place] = film
    return found


def _by_woman(chances: Any, truth: Any, women: Any) -> list[Metric]:
    names = sorted(set(women))
    highest = np.array([chances[women == name].max() for name in names])
    ill = np.array([truth[women == name].any() for name in names])
    return [row("auc_woman", auc_by_group(highest, ill, names, SEED))]


def _density(films: list[Film | None], lines: list[list[dict[str, str]]], women: Any) -> list[Metric]:
    known = [place for place, each in enumerate(lines) if each[0].get("background_tissue")]
    answers = [(film.answers.get("density") if (film := films[place]) else None) for place in known]
    if not known or all(answer is None for answer in answers):
        return []
    real = [lines[place][0]["background_tissue"] for place in known]
    likely = [answer.head.classes[answer.likely] if answer else "" for answer in answers]
    hit = np.array([one == two for one, two in zip(real, likely, strict=True)])
    covered = np.array(
        [
            bool(answer and name in {answer.head.classes[number] for number in answer.plausible})
            for name, answer in zip(real, answers, strict=True)
        ]
    )
    most = max(real.count(name) for name in set(real)) / len(real)
    level = next((answer.head.conformal.level for answer in answers if answer and answer.head.conformal), None)
    return [
        row("density_accuracy", share_by_group(hit, women[known], SEED), baseline=most),
        row("density_coverage", share_by_group(covered, women[known], SEED), reference=level),
    ]


def _marked(
    films: list[Film | None], lines: list[list[dict[str, str]]], women: Any, shapes: list[tuple[int, ...]]
) -> list[Metric]:
    """Share of circled malignant lesions whose circle holds the middle of a mark; marks on a film without lesion."""
    hits, whose, loose, free = [], [], [], []
    for film, each, woman, shape in zip(films, lines, women, shapes, strict=True):
        middles = _middles(film, film.breast, shape) if film else []
        if not any(line["severity"] for line in each):
            loose.append(float(len(middles)))
            free.append(woman)
        for line in each:
            if line["severity"] == "M" and line.get("x") and line.get("radius_px"):
                row_at, column_at, radius = (float(line[name]) for name in ("y_from_top", "x", "radius_px"))
                hits.append(any(np.hypot(r - row_at, c - column_at) <= max(radius, 24) for r, c in middles))
                whose.append(woman)
    found = []
    if hits:
        found.append(row("lesions_marked", share_by_group(np.array(hits), np.array(whose), SEED)))
    if loose:
        found.append(Metric(name="marks_per_normal_film", value=float(np.mean(loose))))
    return found


def _middles(film: Film, breast: Breast, shape: tuple[int, ...]) -> list[tuple[float, float]]:
    corners = [on_film(mark, breast, shape) for mark in film.marks]
    return [((one[0] + two[0]) / 2, (one[1] + two[1]) / 2) for one, two in corners]


def _screening(scores: Any, truth: Any, women: Any) -> Any:
    """What strategies of reading would give a woman each, with readers as published and the prevalence of screening."""
    names = sorted(set(women))
    highest = np.array([scores[women == name].max() for name in names], np.float64)
    ill = np.array([truth[women == name].any() for name in names])
    if ill.all() or not ill.any():
        return "films with and without cancer are needed"
    rows = simulate(highest, ill, shipped().programme, seed=SEED)
    shown = ("recalls", "reads", "found", "reads_difference", "found_difference")
    return [
        {"strategy": each.strategy} | {name: _with_interval(getattr(each, name)) for name in shown} for each in rows
    ]


def _with_interval(figure: Figure) -> list[float | None]:
    """Value, low and high."""
    ends = [None if end is None else round(end, 3) for end in (figure.low, figure.high)]
    return [round(figure.value, 3), *ends]
