"""Training and judging texts: split by block, filled by seed, offsets that hold."""

import random
from pathlib import Path

import pytest

pytest.importorskip("edsnlp", reason="needs the extra `text`: run `make text`")
pytest.importorskip("onnxruntime", reason="needs the extra `text`: run `make text`")

from training.pseudonyms.texts import corpus, lists

from cognoscope.apps.records.pseudonyms.evaluate import evaluate, judged_lists
from cognoscope.apps.records.pseudonyms.evaluate_blocks import pieces, trained_on
from cognoscope.apps.records.pseudonyms.evaluate_fill import fill
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.deidentification import lexicon

BLOCK = (
    "Mme [Lebrun](NOM) [Odile](PRENOM), née le [03/04/1950](DATE_NAISSANCE), "
    "tél [01 02 03 04 05](TEL). Mme [Lebrun](NOM)"
)
BLOCKS = [f"{BLOCK} chambre {number}" for number in range(12)]


def test_fillings_follow_from_the_seed_and_their_spans_hold_the_values() -> None:
    one, again, other = (fill(BLOCK, judged_lists(), random.Random(seed)) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    labels = [piece.label for piece in pieces(BLOCK) if piece.label]
    assert [label for _, _, label in one.spans] == labels
    names = [one.text[start:stop].replace("\n", " ").lower() for start, stop, label in one.spans if label == "NOM"]
    assert len(names) == 2
    assert one.text.startswith("Mme ") and "Lebrun" not in one.text


def test_judged_values_are_in_no_shipped_list() -> None:
    for kind, values in judged_lists().items():
        assert not {lexicon.plain(value) for value in values} & {lexicon.plain(value) for value in lists()[kind]}
        assert len(values) > 30


def test_the_corpus_follows_from_the_seed_and_leaves_judged_blocks_out(tmp_path: Path) -> None:
    path = tmp_path / "templates.txt"
    path.write_text("\n\n".join(BLOCKS), encoding="utf-8")
    one, again = (corpus(path, random.Random(3), 1, 5) for _ in range(2))
    assert one == again
    kept = {number for number, block in enumerate(BLOCKS) if trained_on(block)}
    assert kept and len(kept) < len(BLOCKS)
    seen = {number for text in one for number in range(len(BLOCKS)) if f"chambre {number}" in text.text}
    assert seen <= kept
    for filled in one:
        for start, stop, label in filled.spans:
            assert label and filled.text[start:stop].strip()


def test_a_folder_is_judged_on_the_blocks_that_trained_nothing(tmp_path: Path) -> None:
    (tmp_path / "templates.txt").write_text("\n\n".join(BLOCKS), encoding="utf-8")
    result = evaluate(tmp_path)
    trained = sum(trained_on(block) for block in BLOCKS)
    assert result.detail["blocks_left_out_because_they_trained"] == trained
    figures = {metric.name: metric for metric in result.metrics}
    assert figures["recall_name"].value is not None and figures["recall_name"].value > 0.9
    assert figures["recall_identifier"].value is None
    assert "false_maskings_per_document" not in figures


def test_a_folder_without_anything_to_judge_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"templates.txt"):
        evaluate(tmp_path)
    (tmp_path / "templates.txt").write_text(next(block for block in BLOCKS if trained_on(block)), encoding="utf-8")
    with pytest.raises(InvalidInput, match="trained"):
        evaluate(tmp_path)
