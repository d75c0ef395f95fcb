"""Masks become ellipses, boxes, parts."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ellipe

from cognoscope.methods.images.shapes import Ellipse, box, edge_points, fitted_ellipse, largest_part, parts


def drawn(ellipse: Ellipse, rows: int, columns: int) -> np.ndarray:
    """Share of the ellipse in each pixel, its edge one pixel wide."""
    y, x = np.arange(rows)[:, None] - ellipse.row, np.arange(columns)[None, :] - ellipse.column
    along = x * math.cos(ellipse.turn) + y * math.sin(ellipse.turn)
    aside = y * math.cos(ellipse.turn) - x * math.sin(ellipse.turn)
    return np.clip((1 - np.hypot(along / ellipse.long, aside / ellipse.short)) * ellipse.short + 0.5, 0, 1)


@settings(max_examples=40, deadline=None)
@given(
    long=st.floats(25, 60),
    ratio=st.floats(0.65, 0.99),
    turn=st.floats(0, 3.1),
    row=st.floats(65, 75),
    column=st.floats(85, 95),
)
def test_an_ellipse_is_found_again_between_pixels(long, ratio, turn, row, column):
    true = Ellipse(row, column, long, long * ratio, turn)
    chance = drawn(true, 140, 180)
    found = fitted_ellipse(edge_points(chance, chance >= 0.5, 0.5))
    assert found is not None
    assert (found.row, found.column) == pytest.approx((row, column), abs=0.1)
    assert found.perimeter == pytest.approx(true.perimeter, rel=0.005)
    assert (found.long, found.short) == pytest.approx((true.long, true.short), abs=0.4)
    if ratio < 0.9:
        away = abs(found.turn - turn) % math.pi
        assert min(away, math.pi - away) < 0.05


@pytest.mark.parametrize(("long", "short"), [(10, 10), (10, 7), (10, 5)])
def test_the_perimeter_is_that_of_the_integral(long, short):
    exact = 4 * long * ellipe(1 - (short / long) ** 2)
    assert Ellipse(0, 0, long, short, 0).perimeter == pytest.approx(exact, rel=1e-5)


def test_pixels_that_are_not_square():
    true = Ellipse(70, 90, 50, 40, 0.7)
    chance = drawn(true, 140, 180)
    points = edge_points(chance, chance >= 0.5, 0.5)
    found = fitted_ellipse(points * (0.5, 0.25))
    assert (
        found is not None and found.row == pytest.approx(35, abs=0.1) and found.column == pytest.approx(22.5, abs=0.1)
    )


@pytest.mark.parametrize("points", [np.zeros((3, 2)), np.zeros((20, 2)), np.arange(40).reshape(20, 2)])
def test_points_on_no_ellipse_give_none(points):
    assert fitted_ellipse(points.astype(float)) is None


def test_axes_and_outline_lie_on_the_ellipse():
    ellipse = Ellipse(70, 90, 50, 30, 0.7)
    (top, left), (bottom, right) = ellipse.axis(True)
    assert math.hypot(bottom - top, right - left) == pytest.approx(100)
    assert len(ellipse.outline(36)) == 36
    found = fitted_ellipse(np.array(ellipse.outline(36)))
    assert found is not None and found.long == pytest.approx(50, abs=0.02)


def test_largest_part_has_no_holes_and_parts_are_in_order():
    mask = np.zeros((20, 20), bool)
    mask[2:10, 2:10] = True
    mask[4, 4] = False
    mask[15, 15] = True
    assert largest_part(mask).sum() == 64 and box(largest_part(mask)) == (2, 2, 10, 10)
    assert [part.sum() for part in parts(mask, 1)] == [63, 1] and len(parts(mask, 2)) == 1
    assert not largest_part(np.zeros((3, 3), bool)).any() and parts(np.zeros((3, 3), bool), 1) == []
