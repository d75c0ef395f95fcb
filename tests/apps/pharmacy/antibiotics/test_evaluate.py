"""The evaluation on the reference isolates, and its refusal of a folder without them."""

import os
from pathlib import Path

import pytest

from cognoscope.apps.pharmacy.antibiotics.evaluate import evaluate
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.knowledge.eucast import EUCAST

REFERENCE = Path(os.environ.get("COGNOSCOPE_DATASETS", "")) / EUCAST.reference


def test_a_folder_without_isolates_is_refused(tmp_path: Path):
    with pytest.raises(InvalidInput, match="no table of isolates"):
        evaluate(tmp_path)


@pytest.mark.skipif(
    not (os.environ.get("COGNOSCOPE_DATASETS") and REFERENCE.is_dir()),
    reason="COGNOSCOPE_DATASETS holds no EUCAST tables",
)
def test_counting_and_breakpoints_agree_and_nothing_intrinsic_is_proposed():
    found = {metric.name: metric for metric in evaluate(REFERENCE).metrics}
    for name in ("antibiogram_agreement", "breakpoint_agreement", "vignettes_first_right"):
        assert found[name].value == 1.0, name
    assert found["intrinsic_proposed"].value == 0.0
    assert found["vignettes_never_proposed"].value == 0.0
    assert found["susceptibility_error"].value is not None and found["susceptibility_error"].baseline is not None
    assert found["susceptibility_error"].value < found["susceptibility_error"].baseline
