"""From log-odds to probabilities, sets and places."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cognoscope.methods.images.answers import answer, conformal_set, log_odds, probabilities
from cognoscope.methods.images.model_folder import Calibration, Conformal, Head
from cognoscope.methods.images.views import turned, turned_back

LOGITS = hnp.arrays(np.float64, (4, 5), elements=st.floats(-30, 30))
BINARY = Head(name="a", kind="binary", outputs=(1,), against=(0, 2), classes=("no", "yes"))
ALONE = Head(name="a", kind="binary", outputs=(3,), classes=("no", "yes"))
CLASSES = Head(name="a", kind="categorical", outputs=(0, 1, 2), classes=("x", "y", "z"))
GRADES = Head(name="a", kind="ordinal", outputs=(0, 1, 2, 3), classes=("0", "1", "2", "3", "4"))


@settings(max_examples=60, deadline=None)
@given(logits=LOGITS, head=st.sampled_from([BINARY, ALONE, CLASSES, GRADES]))
def test_probabilities_add_up_and_the_set_holds_the_likeliest(logits, head):
    found = probabilities(head, logits)
    assert found.shape == (4, len(head.classes))
    assert np.all(found >= -1e-12) and found.sum(axis=1) == pytest.approx(np.ones(4))
    sure = head.model_copy(update={"conformal": Conformal(level=0.9, quantiles=(0.7,))})
    for row in found:
        kept = conformal_set(sure, row)
        assert int(row.argmax()) in kept and kept == tuple(sorted(kept))
        if head.kind == "ordinal":
            assert kept == tuple(range(kept[0], kept[-1] + 1))


def test_a_class_of_a_softmax_against_others_is_its_own_share():
    logits = np.array([[0.3, 1.2, -0.5, 0, 0]])
    shares = np.exp(logits[0, :3]) / np.exp(logits[0, :3]).sum()
    assert probabilities(BINARY, logits)[0, 1] == pytest.approx(shares[1])
    assert log_odds(BINARY, logits)[0] == pytest.approx(np.log(shares[1] / (1 - shares[1])))


def test_calibrations():
    logits = np.array([[0, 0, 0, 2.0, 0]])

    def yes(**calibration):
        return probabilities(ALONE.model_copy(update={"calibration": Calibration(**calibration)}), logits)[0, 1]

    assert yes() == pytest.approx(1 / (1 + np.exp(-2)))
    assert yes(kind="platt", slope=0.5, intercept=-1) == pytest.approx(0.5)
    assert yes(kind="temperature", temperature=2) == pytest.approx(1 / (1 + np.exp(-1)))
    assert yes(kind="isotonic", x=(-1, 3), y=(0.1, 0.5)) == pytest.approx(0.4)


def test_one_quantile_a_class():
    head = ALONE.model_copy(update={"conformal": Conformal(level=0.9, quantiles=(0.2, 0.8))})
    assert conformal_set(head, np.array([0.7, 0.3])) == (0, 1)
    assert conformal_set(head, np.array([0.85, 0.15])) == (0,)
    assert answer(head, np.array([0, 0, 0, 0.0, 0])).yes == 0.5


@pytest.mark.parametrize("view", ["identity", "flip-rows", "flip-columns", "rotate-90", "rotate-180", "rotate-270"])
def test_every_view_comes_back(view):
    planes = np.arange(30).reshape(2, 3, 5)
    assert np.array_equal(turned_back(turned(planes, view), view), planes)
