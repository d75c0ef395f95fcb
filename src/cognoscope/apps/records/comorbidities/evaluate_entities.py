"""Entities: what the reading of disorders finds beside what annotators marked, and what the dictionary alone finds."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from cognoscope.apps.records.comorbidities.evaluate_counts import Agreement, Place, exact, partial, score
from cognoscope.core.evaluation import Metric
from cognoscope.datasets.text import AnnotatedText

WORST = 12

Reader = Callable[[str], list[Place]]


def disorders(text: str) -> list[Place]:
    """The disorders that the shipped component finds."""
    from cognoscope.intake.reading.disorders import found

    return [(mention.start, mention.stop) for mention in found(text)]


def dictionary(text: str) -> list[Place]:
    """The terms of the dictionary alone: the baseline."""
    from cognoscope.intake.reading.disorders_terms import matches
    from cognoscope.intake.reading.disorders_tokens import tokens

    words = tokens(text)
    return [(words[match.first].start, words[match.last - 1].stop) for match in matches(words)]


def drugs(text: str) -> list[Place]:
    """The drugs that the shipped list finds."""
    from cognoscope.intake.reading.drugs_names import find_drugs

    return [(name.start, name.stop) for name in find_drugs(text)]


def marked(document: AnnotatedText, label: str) -> list[Place]:
    """What annotators marked with a label."""
    return [(span.start, span.stop) for span in document.spans if span.label == label]


def entity_metrics(
    documents: Sequence[AnnotatedText],
    label: str,
    names: tuple[str, str],
    reference: tuple[float, str] | None = None,
    ours: Reader = disorders,
    plain: Reader | None = dictionary,
) -> tuple[list[Metric], dict[str, Any]]:
    """F1 on spans of one label, exact and overlapping, with counts and what is missed or false most often.

    Args:
        documents: annotated texts.
        label: the label judged.
        names: of the metric on exact spans, and of that on overlapping ones.
        reference: published F1 on exact spans and where from.
        ours: what is judged.
        plain: the baseline.
    """
    found = [ours(document.text) for document in documents]
    base = [plain(document.text) for document in documents] if plain else None
    value, source = reference or (None, None)
    metrics = []
    for name, agree, published in ((names[0], exact, value), (names[1], partial, None)):
        metric = _metric(name, documents, label, found, base, agree)
        if metric:
            known = {"reference": published, "reference_source": source} if published is not None else {}
            metrics.append(metric.model_copy(update=known))
    return metrics, _detail(documents, label, found)


def _metric(
    name: str,
    documents: Sequence[AnnotatedText],
    label: str,
    found: Sequence[list[Place]],
    base: Sequence[list[Place]] | None,
    agree: Callable[[list[Place], list[Place]], Agreement],
) -> Metric | None:
    gold = [marked(document, label) for document in documents]
    ours = score([agree(one, other) for one, other in zip(found, gold, strict=True)])
    if ours is None:
        return None
    plain = score([agree(one, other) for one, other in zip(base, gold, strict=True)]) if base else None
    return Metric(name=name, value=ours.f1, low=ours.low, high=ours.high, baseline=plain.f1 if plain else None)


def _detail(documents: Sequence[AnnotatedText], label: str, found: Sequence[list[Place]]) -> dict[str, Any]:
    missed: Counter[str] = Counter()
    false: Counter[str] = Counter()
    agreements = []
    for document, ours in zip(documents, found, strict=True):
        gold = set(marked(document, label))
        agreements.append(exact(ours, gold))
        missed.update(document.text[start:stop].lower()[:40] for start, stop in gold - set(ours))
        false.update(document.text[start:stop].lower()[:40] for start, stop in set(ours) - gold)
    judged = score(agreements)
    return {
        "documents": len(documents),
        "marked": sum(each.marked for each in agreements),
        "found": sum(each.found for each in agreements),
        "precision": round(judged.precision, 4) if judged else None,
        "recall": round(judged.recall, 4) if judged else None,
        "most_missed": missed.most_common(WORST),
        "most_false": false.most_common(WORST),
    }
