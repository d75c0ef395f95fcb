"""`cognoscope evaluate pharmacy.interactions --data DIR`: is everything said that the thesaurus says, and nothing else?

DIR is laid out like the reference folder of the thesaurus, one folder an edition; the public database is looked for in
it, beside it, and among the reference data. Each edition is judged on itself: what its records say of every pair of
substances is worked out apart, from the raw files (`evaluate_raw`). Names are judged on every speciality of every
edition of the public database (`evaluate_names`).
"""

import time
from pathlib import Path
from typing import Any

from cognoscope.apps.pharmacy.interactions.card import CARD
from cognoscope.apps.pharmacy.interactions.evaluate_brands import (
    Lines,
    Sold,
    ask_by_brand,
    labels_by_substance,
    lines_of,
)
from cognoscope.apps.pharmacy.interactions.evaluate_example import detected
from cognoscope.apps.pharmacy.interactions.evaluate_folders import database_folders, thesaurus_folders
from cognoscope.apps.pharmacy.interactions.evaluate_names import Typed, share, typed
from cognoscope.apps.pharmacy.interactions.evaluate_pairs import Asked, Edition, ask, read_edition
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.medicines import Medicines
from cognoscope.intake.medicines.catalogue import medicines_of

CHECKERS = (
    "Drugs.com and DrugBank against Stockley and Lexidrug, 150 pairs (JPTCP 2025): another question, for scale only"
)
SENSITIVITY, SPECIFICITY = 0.90, 0.40
WAYS = {
    "one_error": (True, True),
    "no_accents": (False, True),
    "one_error_name_alone": (True, False),
    "no_accents_name_alone": (False, False),
}


def evaluate(folder: Path) -> Evaluation:
    """Recall and levels of pairs, silence on the others, and resolution of names, with 95 % intervals (Wilson).

    Returns:
        `recall`, `level_accuracy` (pairs of substances, all editions), `recall_by_name` (pairs of denominations of the
        public database), `silence` (share of the other pairs, sampled, without an alert) and `name_resolution`
        (denominations typed with one error in their name). A metric is null where the folder holds nothing to judge it.

    Raises:
        InvalidInput: the folder holds neither an edition of the thesaurus nor one of the public database.
    """
    started = time.perf_counter()
    editions = [read_edition(each) for each in thesaurus_folders(folder)]
    books = [_book(each) for each in database_folders(folder)]
    if not editions and not books:
        raise InvalidInput(f"{folder}: no edition of the thesaurus is in it, and no public database in or beside it.")
    asked = [ask(edition) for edition in editions]
    sold = {
        (edition.thesaurus.edition, medicines.edition): _sold(edition, lines, medicines)
        for lines, medicines in books
        for edition in editions
    }
    names = {way: [typed(book, *how) for _, book in books] for way, how in WAYS.items()}
    detail: dict[str, Any] = {
        "editions": [_edition(each) for each in asked],
        "by_name": [{"thesaurus": key[0], "database": key[1], **_brands(each)} for key, each in sold.items()],
        "names": {way: [_names(book, each) for (_, book), each in zip(books, names[way], strict=True)] for way in WAYS},
        "example": detected(folder, [edition.thesaurus for edition in editions]),
    }
    return Evaluation(
        application=CARD.name,
        version=CARD.version,
        dataset=folder.resolve().name,
        rows=sum(each.expected for each in asked) or sum(each.rows for each in names["one_error"]),
        metrics=(*_of_pairs(asked, list(sold.values())), *_of_names(names)),
        seconds=round(time.perf_counter() - started, 1),
        detail=detail,
    )


def _book(folder: Path) -> tuple[Lines, Medicines]:
    loaded = BDPM.load(folder)
    return lines_of(loaded.tables), medicines_of(loaded.edition, folder.name, loaded.tables)


def _sold(edition: Edition, lines: Lines, medicines: Medicines) -> Sold:
    return ask_by_brand(edition, medicines, labels_by_substance(lines, edition.raw.names))


def _of_pairs(asked: list[Asked], sold: list[Sold]) -> tuple[Metric, ...]:
    expected = sum(each.expected for each in asked)
    exact = sum(each.exact for each in asked) / expected if expected else None
    silent = sum(each.silent for each in asked)
    return (
        share("recall", sum(each.found for each in asked), expected, exact, (SENSITIVITY, CHECKERS)),
        share("level_accuracy", sum(each.same_levels for each in asked), expected, exact),
        share("recall_by_name", sum(each.found for each in sold), sum(each.expected for each in sold)),
        share("silence", silent - sum(each.alerted for each in asked), silent, None, (SPECIFICITY, CHECKERS)),
    )


def _of_names(names: dict[str, list[Typed]]) -> tuple[Metric, ...]:
    def metric(name: str, way: str) -> Metric:
        tried = names[way]
        # The baseline finds a denomination only as it is written, accents aside.
        baseline = 0.0 if way == "one_error" and tried else None
        return share(name, sum(each.right for each in tried), sum(each.rows for each in tried), baseline)

    return (metric("name_resolution", "one_error"), metric("name_resolution_no_accents", "no_accents"))


def _edition(asked: Asked) -> dict[str, Any]:
    return {
        "edition": asked.edition,
        "pairs": asked.expected,
        "found": asked.found,
        "of_names": asked.direct,
        "of_names_found": asked.direct_found,
        "by_class": asked.expected - asked.direct,
        "by_class_found": asked.found - asked.direct_found,
        "same_levels": asked.same_levels,
        "said_too_much": asked.more,
        "silent_pairs_tried": asked.silent,
        "silent_pairs_alerted": asked.alerted,
        "missed": list(asked.missed),
    }


def _brands(sold: Sold) -> dict[str, Any]:
    return {
        "pairs": sold.expected,
        "found": sold.found,
        "substances_with_a_speciality": sold.substances,
        "substances_without": list(sold.without),
        "not_resolved": list(sold.misread),
        "missed": list(sold.missed),
    }


def _names(medicines: Medicines, result: Typed) -> dict[str, Any]:
    return {
        "database": medicines.edition,
        "typed": result.rows,
        "right": result.right,
        "asked_with_the_right_one": result.asked,
        "wrong": result.wrong,
        "unknown": result.unknown,
        "median_and_p95_ms": list(result.milliseconds),
        "examples": [list(each) for each in result.examples],
    }
