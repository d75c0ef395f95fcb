"""Reactions in drug labels: unique MedDRA preferred terms of each label, beside a dictionary and the published figures.

A folder with the labels that the shipped model learnt from (recognised by the digests of their texts, whatever they
are called) is judged in five folds by label, with models fitted here. Any other folder is judged by the shipped
model, and never trained on. Preferred terms are compared by their names, spelling levelled: dictionaries at hand may
not have codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.pharmacy.reactions.labels import shipped
from cognoscope.apps.pharmacy.reactions.labels_corpus import Label, holds_labels, read_labels
from cognoscope.apps.pharmacy.reactions.labels_fit import fit, sections_of, truth
from cognoscope.apps.pharmacy.reactions.labels_lexicon import Counts
from cognoscope.apps.pharmacy.reactions.labels_matches import matches, mentions
from cognoscope.apps.pharmacy.reactions.labels_model import Model
from cognoscope.apps.pharmacy.reactions.labels_names import Pair, public_names, sider_names
from cognoscope.apps.pharmacy.reactions.labels_section import Section
from cognoscope.core.evaluation import Metric
from cognoscope.datasets.registry import datasets_folder

FOLDS = 5
SEED = 20261121
RESAMPLED = 2000
TRUSTED = 0.4
"""A term of the baseline is kept if it was right in this share of the labels of training where it stands."""

REFERENCE = 0.8987
SOURCE = "OnSIDES v3.2.0 (PubMedBERT over all of MedDRA) on the 99 test labels; best system of TAC 2017 there: 0.8219"


@dataclass(frozen=True)
class Judged:
    """One label: preferred terms in truth, found, and found by the baseline; the last two with those that are right."""

    label: str
    truths: int
    found: int
    right: int
    plain_found: int
    plain_right: int


def fits(folder: Path) -> bool:
    """Whether the folder holds annotated labels."""
    return holds_labels(folder)


def evaluate(folder: Path) -> tuple[list[Metric], dict[str, Any], int]:
    """F1 of unique preferred terms, micro over all labels and macro over labels, with 95 % intervals (labels
    resampled).

    Returns:
        `label_pt_f1` with every dictionary at hand under `COGNOSCOPE_DATASETS` (CTCAE, FAERS, and SIDER, which
        stands in for a hospital's MedDRA), `label_pt_macro_f1`, and `label_pt_f1_open` without SIDER; the detail;
        the number of labels.

    Raises:
        InvalidInput: the folder holds no annotated label.
        NotInstalled: the labels need fitting and scikit-learn is missing.
    """
    labels = read_labels(folder)
    learnt = shipped()[1]
    seen = [label for label in labels if int(label.digest[:16], 16) in learnt]
    datasets = datasets_folder()
    public, sider = public_names(datasets), sider_names(datasets)
    folds = 2 * len(seen) > len(labels)
    if not folds:
        labels = [label for label in labels if label not in seen]
    sections = [sections_of(label) for label in labels]
    judge = _in_folds if folds else _by_shipped
    open_ = judge(labels, sections, public, [])
    wide = judge(labels, sections, public, sider) if sider else open_
    detail = {
        "judged": f"{FOLDS} folds by label, fitted here" if folds else "by the shipped model",
        "left_out_because_learnt_from": 0 if folds else len(seen),
        "labels": len(labels),
        "dictionary_names": {"CTCAE and FAERS": len(public), "SIDER (evaluation only)": len(sider)},
        "with_sider": _summary(wide),
        "without_sider": _summary(open_),
        "worst_labels": [
            {"label": one.label, "f1": round(_f1(one.right, one.found, one.truths), 3)}
            for one in sorted(wide, key=lambda one: _f1(one.right, one.found, one.truths))[:10]
        ],
    }
    return _metrics(wide, open_), detail, len(labels)


def _in_folds(
    labels: Sequence[Label], sections: Sequence[list[Section]], public: list[Pair], more: list[Pair]
) -> list[Judged]:
    order = np.random.default_rng(SEED).permutation(len(labels))
    judged = []
    for fold in range(FOLDS):
        out = sorted(order[fold::FOLDS].tolist())
        kept = sorted(set(range(len(labels))) - set(out))
        model, _ = fit([labels[n] for n in kept], [sections[n] for n in kept], [*public, *more], SEED + fold)
        judged += [_judge(labels[n], sections[n], model) for n in out]
    return judged


def _by_shipped(
    labels: Sequence[Label], sections: Sequence[list[Section]], public: list[Pair], more: list[Pair]
) -> list[Judged]:
    model = shipped()[0]
    wide = Model(model.known.with_names([*public, *more]), model.codes, model.linear, model.trees, model.threshold)
    return [_judge(label, some, wide) for label, some in zip(labels, sections, strict=True)]


def _judge(label: Label, sections: list[Section], model: Model) -> Judged:
    truths = truth(label)
    found = {one.term for one in model.read(sections)}
    plain = dictionary(sections, model.known)
    return Judged(label.name, len(truths), len(found), len(found & truths), len(plain), len(plain & truths))


def dictionary(sections: Sequence[Section], known: Counts) -> set[int]:
    """The baseline: longest exact match, each term kept if it was right in `TRUSTED` of its labels, or never seen
    there.
    """
    found = set()
    for section in sections:
        exact = [match for match in matches(section, known) if match.level == 0]
        for mention in mentions(section, exact, known):
            for term, choice in mention.choices.items():
                seen = known.seen(choice.key)
                sure = known.right(choice.key, term) >= TRUSTED * seen if seen else choice.meaning.listed
                if sure and not mention.covered and not (choice.meaning.varied and not choice.meaning.listed):
                    found.add(term)
    return found


def _f1(right: float, found: float, truths: float) -> float:
    return 2 * right / (found + truths) if found + truths else 1.0


def _micro(judged: Sequence[Judged], plain: bool = False) -> float:
    right = sum(one.plain_right if plain else one.right for one in judged)
    found = sum(one.plain_found if plain else one.found for one in judged)
    return _f1(right, found, sum(one.truths for one in judged))


def _macro(judged: Sequence[Judged]) -> float:
    return float(np.mean([_f1(one.right, one.found, one.truths) for one in judged]))


def _metrics(wide: list[Judged], open_: list[Judged]) -> list[Metric]:
    drawn = np.random.default_rng(SEED).integers(0, len(wide), (RESAMPLED, len(wide)))
    made = []
    for name, judged, count in (
        ("label_pt_f1", wide, _micro),
        ("label_pt_macro_f1", wide, _macro),
        ("label_pt_f1_open", open_, _micro),
    ):
        low, high = np.quantile([count([judged[n] for n in row]) for row in drawn.tolist()], (0.025, 0.975))
        plain = None if count is _macro else round(_micro(judged, plain=True), 4)
        reference = (None, None) if count is _macro else (REFERENCE, SOURCE)
        made.append(
            Metric(
                name=name,
                value=round(count(judged), 4),
                low=round(float(low), 4),
                high=round(float(high), 4),
                baseline=plain,
                reference=reference[0],
                reference_source=reference[1],
            )
        )
    return made


def _summary(judged: Sequence[Judged]) -> dict[str, float]:
    right, found = sum(one.right for one in judged), sum(one.found for one in judged)
    truths = sum(one.truths for one in judged)
    return {
        "truths": truths,
        "found": found,
        "right": right,
        "precision": round(right / max(1, found), 4),
        "recall": round(right / max(1, truths), 4),
        "micro_f1": round(_micro(judged), 4),
        "macro_f1": round(_macro(judged), 4),
        "dictionary_micro_f1": round(_micro(judged, plain=True), 4),
    }
