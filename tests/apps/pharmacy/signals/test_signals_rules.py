"""What is proposed: planted pairs, the masked one, nothing that was decided, nothing out of noise."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from cognoscope.apps.pharmacy.signals import APPLICATION
from cognoscope.apps.pharmacy.signals.case import build_case, cases_from_file
from cognoscope.apps.pharmacy.signals.case_file import counts_of
from cognoscope.apps.pharmacy.signals.pair_key import pair_key
from cognoscope.apps.pharmacy.signals.rules import rules
from cognoscope.core.case import Case, Column, Table
from cognoscope.core.errors import InvalidInput


def sample_cases() -> ModuleType:
    spec = importlib.util.spec_from_file_location("signals_cases", Path(__file__).parent / "cases.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES = sample_cases()


@pytest.fixture(scope="module")
def case() -> Case:
    found: Case = CASES.case()
    return found


def rows_of(case: Case) -> dict[str, tuple[object, ...]]:
    value = APPLICATION.propose(case)[0].value
    assert value is not None and value.kind == "table"
    return {row.key: row.cells for row in value.rows}


def test_planted_pairs_are_proposed_and_the_masked_one_says_without_what(case: Case):
    rows = rows_of(case)
    assert pair_key(*CASES.STRONG) in rows
    assert rows[pair_key(*CASES.MASKED)][-1] == CASES.MASKING
    assert len(rows) == 3, "the third is the masking drug's own"


def test_what_was_decided_comes_back_only_when_its_reports_doubled(case: Case):
    key = pair_key(*CASES.STRONG)
    reports = int(str(rows_of(case)[key][1]))
    for before, shown in ((reports, False), (reports // 2 + 1, False), (reports // 2, True)):
        columns = (
            Column(name="key", type="text", values=(key,)),
            Column(name="both", type="integer", values=(before,)),
        )
        told = case.model_copy(update={"tables": (*case.tables, Table(name="reviewed", columns=columns))})
        assert (key in rows_of(told)) is shown


def test_chance_alone_gives_no_signal():
    generator = np.random.default_rng(12)
    both = generator.poisson(np.outer(generator.gamma(2, 1, 30), generator.gamma(2, 1, 40)))
    drug, reaction = np.nonzero(both)
    table = pd.DataFrame(
        {"drug": [f"D{d}" for d in drug], "reaction": [f"R{r}" for r in reaction], "both": both[drug, reaction]}
    )
    proposal = APPLICATION.propose(build_case(counts_of(table), CASES.AS_OF))[0]
    assert proposal.value is not None and not proposal.value.rows  # type: ignore[union-attr]
    assert proposal.headline is not None and "Aucun nouveau signal" in proposal.headline.text.fr


def test_the_case_holds_the_same_numbers_however_rows_are_ordered(case: Case):
    again: Case = CASES.case()
    assert again.digest == case.digest


def test_a_file_of_counts_or_of_reports(tmp_path: Path):
    counts = tmp_path / "counts.tsv"
    counts.write_text("drug\tae\tn11\nA\tX\t3\nA\tY\t2\nB\tX\t1\n")
    found = cases_from_file(counts, CASES.AS_OF)[0]
    assert found.fact("reports") == 6 and found.fact("pairs") == 3
    reports = tmp_path / "reports.csv"
    reports.write_text("CASEID,DRUG,AE\n1,Placidol,Rash\n1,Placidol,Nausea\n2,Placidol,Rash\n")
    assert cases_from_file(reports, CASES.AS_OF)[0].fact("reports") == 2
    for content in ("drug,ae,n11\nA,X,three\n", "drug,ae,n11\nA,X,3\nA,X,4\n", "drug,ae,n11\nA,X,-3\n"):
        counts.write_text(content)
        with pytest.raises(InvalidInput):
            cases_from_file(counts, CASES.AS_OF)


def test_rules_are_read_with_their_sources():
    rule = rules()
    assert rule.eb05 == 2.0 and rule.fewest == 3 and rule.shown <= rule.candidates
