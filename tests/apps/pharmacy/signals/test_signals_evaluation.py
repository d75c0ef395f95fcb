"""The evaluation reads its folder, its second arithmetic can fail, and its areas under the curve are right."""

from pathlib import Path

import numpy as np
import pytest

from cognoscope.apps.pharmacy.signals.agreement import agreement, tables_in
from cognoscope.apps.pharmacy.signals.arithmetic import Pair
from cognoscope.apps.pharmacy.signals.evaluate import evaluate
from cognoscope.apps.pharmacy.signals.reference_pairs import Scored, terms
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.disproportionality import ratios


def write_counts(folder: Path) -> Path:
    generator = np.random.default_rng(7)
    n = generator.poisson(
        np.outer(generator.gamma(1, 4, 25), generator.gamma(1, 2, 30)) * generator.gamma(2, 0.5, (25, 30))
    )
    lines = [f"Drug {d:02d},Reaction {r:02d},{n[d, r]}" for d, r in zip(*np.nonzero(n), strict=True)]
    path = folder / "counts.csv"
    path.write_text("\n".join(["drug,ae,n11", *lines]) + "\n")
    return path


def write_wide(folder: Path) -> Path:
    generator = np.random.default_rng(8)
    rows = [f"Reaction {r}\t{generator.integers(0, 40)}\t{generator.integers(0, 9)}\t5{r:03d}" for r in range(40)]
    path = folder / "wide.tsv"
    path.write_text("\n".join(["AE\tStatin A\tStatin B\tOther", *rows]) + "\n")
    return path


def write_reports(folder: Path) -> None:
    generator = np.random.default_rng(9)
    lines = ["CASEID\tDRUG\tAE"]
    drugs, effects = [f"Drug{d}" for d in range(8)], [f"Effect{r}" for r in range(12)] + ["Rhabdomyolysis"]
    for case in range(1500):
        drug = int(generator.integers(8))
        effect = effects[12] if drug < 2 and generator.random() < 0.2 else effects[int(generator.integers(13))]
        lines.append(f"{case}\t{drugs[drug]}\t{effect}")
    (folder / "reports.tsv").write_text("\n".join(lines) + "\n")
    truth = [f"1,Drug{d} sodium,9,Rhabdomyolysis #1,{int(d < 2)}" for d in range(6)]
    (folder / "testReferenceSet.csv").write_text(
        "\n".join(
            ["exposureId,exposureName,outcomeId,outcomeName,groundTruth", *truth, "1,Unheard,9,Rhabdomyolysis #1,1"]
        )
    )


def test_the_method_agrees_with_the_second_arithmetic(tmp_path: Path):
    for path in (write_counts(tmp_path), write_wide(tmp_path)):
        found = agreement(path)
        assert max(found.differences.values()) < 1e-9
        assert found.ebgm is not None and found.ebgm < 1e-3
    assert [path.name for path in tables_in(tmp_path)] == ["counts.csv", "wide.tsv"]


def test_a_wrong_formula_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    right = ratios._log_normal

    def slightly_off(value, variance, level):
        return right(value * (1 + 1e-5), variance, level)

    monkeypatch.setattr(ratios, "_log_normal", slightly_off)
    assert max(agreement(write_counts(tmp_path)).differences.values()) > 5e-6


def test_second_arithmetic_on_a_table_worked_by_hand():
    found = Pair(25, 200, 100, 5000).measures()
    assert found["prr"] == pytest.approx((25 / 200) / (75 / 4800)) and found["ror"] == pytest.approx(
        25 * 4725 / 175 / 75
    )
    assert found["chi_square"] == pytest.approx(
        5000 * (abs(25 * 4725 - 175 * 75) - 2500) ** 2 / (200 * 4800 * 100 * 4900)
    )
    assert "ror" not in Pair(3, 3, 9, 50).measures()


def test_evaluates_an_unseen_folder(tmp_path: Path):
    write_counts(tmp_path)
    write_reports(tmp_path)
    found = evaluate(tmp_path)
    metrics = {metric.name: metric for metric in found.metrics}
    assert metrics["max_relative_error"].value is not None and metrics["max_relative_error"].value < 1e-6
    assert metrics["auc_test"].value == 1.0 and metrics["pairs_scored_test"].value == 6
    assert found.rows > 500


def test_a_folder_without_anything_is_refused(tmp_path: Path):
    with pytest.raises(InvalidInput, match="no table of counts"):
        evaluate(tmp_path)


def test_area_under_the_curve():
    truth = np.array([True, True, False, False, False])
    scored = Scored("x", truth, np.array(["o"] * 5, dtype=object), {"m": np.array([3.0, 1.0, 1.0, 0.0, np.nan])})
    value, low, high, number = scored.auc("m")
    assert value == pytest.approx((2 + 1.5) / 4) and number == 4 and low <= value <= high


def test_terms_have_a_source_and_no_double():
    known = terms()
    assert len(known) == 9 and all(len(set(words)) == len(words) for words in known.values())
