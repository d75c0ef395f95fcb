"""From films to marks, scores and density: geometry, score, marks, cases from files, words."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.apps.imaging.mammography import cases

from cognoscope.apps.imaging.mammography.app import application
from cognoscope.apps.imaging.mammography.breast import SIZE, prepared
from cognoscope.apps.imaging.mammography.case import cases_from_file
from cognoscope.apps.imaging.mammography.model import FilmReader, heat_of, marks_of, on_film, score_of
from cognoscope.apps.imaging.mammography.reliability import error, frame, table
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.images.model_folder import ModelFolder

CUTS = cases.CUTS
BREAST = prepared(cases.film())


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("side", [512, 1024, 700])
def test_a_point_goes_to_the_breast_and_back(right, side):
    breast = prepared(cases.film(side=side, right=right))
    assert breast is not None
    assert breast.mirrored == right
    there = breast.from_film(0.6 * side, 0.2 * side)
    assert np.allclose(breast.to_film(*there), (0.6 * side, 0.2 * side), atol=1e-6)


def test_a_spot_is_where_it_was_whatever_side_the_chest_wall_is():
    left, right = (prepared(cases.film((250, 120), right=side)) for side in (False, True))
    assert np.abs(left.image - right.image).mean() < 0.01
    brightest = [places.mean() for places in np.nonzero(left.image > 0.99)]
    assert left.image.shape == SIZE
    assert np.allclose(left.from_film(250, 120), brightest, atol=2)


def test_label_and_ground_are_taken_away():
    breast = prepared(cases.film())
    assert breast.image[:, -20:].max() == 0
    assert 0.2 < breast.area_share < 0.6


def test_pixel_size_sets_the_scale():
    film = cases.film(side=1024)
    plain, told = prepared(film), prepared(film, 0.1)
    assert told.scale[0] == pytest.approx(4.0)
    assert plain.scale[0] == pytest.approx(2.0)


@pytest.mark.parametrize("film", [np.zeros((512, 512), np.uint8), np.full((300, 300), 7, np.uint8)])
def test_no_breast_where_there_is_none(film):
    breast = prepared(film)
    assert breast is None or breast.area_share > 0.9


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_score_never_falls_as_the_probability_rises(one, two):
    low, high = sorted((one, two))
    assert 1 <= score_of(low, CUTS) <= score_of(high, CUTS) <= 10


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 31), st.integers(0, 19), st.floats(0.5, 6))
def test_a_peak_is_marked_once_and_where_it_is(row, column, strength):
    evidence = np.full((32, 20), -6.0, np.float32)
    evidence[row, column] = strength
    marks = marks_of(evidence, 1.0, 0.0, 0.5)
    assert len(marks) == 1
    assert abs(marks[0].row - (row * 16 + 7.5)) < 1
    assert abs(marks[0].column - (column * 16 + 7.5)) < 1


def test_the_rim_of_a_large_lesion_is_no_mark_of_its_own():
    rows, columns = np.mgrid[:64, :40]
    hill = 4 - np.hypot(rows - 30, columns - 15) / 4
    marks = marks_of(np.maximum(hill, 3 - np.hypot(rows - 55, columns - 30)).astype(np.float32), 1.0, 0.0, 0.6)
    assert [(mark.row // 8, mark.column // 8) for mark in marks] == [(30, 15), (55, 30)]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31))
def test_marks_are_few_sure_and_on_the_film(seed):
    evidence = np.random.default_rng(seed).normal(0, 3, (32, 20)).astype(np.float32)
    marks = marks_of(evidence, 1.0, 0.0, 0.6)
    assert len(marks) <= 3
    assert [mark.certainty for mark in marks] == sorted((mark.certainty for mark in marks), reverse=True)
    for mark in marks:
        (top, left), (bottom, right) = on_film(mark, BREAST, (512, 512))
        assert 0 <= top <= bottom <= 511
        assert 0 <= left <= right <= 511


def test_heat_lies_on_the_breast_only():
    film = cases.film(right=True)
    breast = prepared(film)
    heat = heat_of(np.zeros((32, 20), np.float32), breast, film.shape)
    assert heat.shape == film.shape
    assert heat[256, -60] > 0
    assert heat[256, 20] == 0


def test_table_and_its_error():
    scores = np.array([1] * 10 + [10] * 10)
    truth = np.array([False] * 10 + [True] * 5 + [False] * 5)
    women = np.array([str(at // 2) for at in range(20)])
    lines = table(scores, np.where(scores == 1, 0.1, 0.5), truth, women)
    assert lines[0].share == 0
    assert lines[9].share == 0.5
    assert lines[9].women == 5
    assert lines[9].low == pytest.approx(0.1871, abs=1e-3)
    assert lines[9].high == pytest.approx(0.8129, abs=1e-3)
    assert error(lines) == pytest.approx(0.05)
    assert list(frame(lines).columns)[:4] == ["score", "films", "women", "malignant"]


def test_one_proposal_for_all_films_of_a_woman():
    (case,) = [each for each in cases.usable() if len(each.images) == 2]
    (proposal,) = application(cases.model()).propose(case)
    keys = {measurement.key for measurement in proposal.value.measurements}
    assert {"score", "film-score-left", "film-score-right", "density-left", "density-right"} <= keys
    scores = {m.key: m.amount for m in proposal.value.measurements}
    assert scores["score"] == max(scores["film-score-left"], scores["film-score-right"])
    assert "1990" in proposal.headline.text.fr
    assert any("microcalcifications" in sentence.fr for sentence in proposal.would_change)
    assert {mark.image for mark in proposal.value.marks} <= {"image_1", "image_2"}


def test_a_film_that_cannot_be_read_is_named_and_counts_for_nothing():
    alone = cases.case(cases.film((250, 120)))
    with_bad = cases.case(cases.film((250, 120)), np.full((512, 512), 250, np.uint8))
    app = application(cases.model())
    (one,), (two,) = app.propose(alone), app.propose(with_bad)
    assert one.headline.expected == two.headline.expected
    assert "1 of 2 films read" in two.headline.text.en
    assert any("image_2" in sentence.en for sentence in two.would_change)


@pytest.mark.parametrize("sides", ["LR", "LL", ".."])
def test_what_is_said_of_each_film_has_a_name_of_its_own(sides):
    films = [cases.film((250 + 10 * at, 120)) for at in range(2)]
    (proposal,) = application(cases.model()).propose(cases.case(*films, sides=sides))
    for said in (proposal.value.measurements, proposal.value.overlays):
        labels = [each.label.fr for each in said]
        assert len(set(labels)) == len(labels)


def listed(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    for name in {row[0] for row in rows}:
        Image.fromarray(cases.film((int(name[0]) * 40 + 200, 100))).save(path / name)
    with (path / "labels.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def test_films_of_one_examination_are_one_case(tmp_path):
    rows = [["0.png", "a", "L"], ["1.png", "a", "R"], ["1.png", "a", "R"], ["2.png", "b", ""]]
    listed(tmp_path, ["file", "pair_id", "laterality"], rows)
    two, one = cases_from_file(tmp_path, cases.AS_OF)
    assert [image.laterality for image in two.images] == ["L", "R"]
    assert [image.name for image in two.images] == ["image_1", "image_2"]
    assert [image.name for image in one.images] == ["image"]
    assert cases_from_file(tmp_path / "labels.csv", cases.AS_OF) == [two, one]


def test_a_table_of_another_name_and_place_says_the_sides(tmp_path):
    films = tmp_path / "films"
    films.mkdir()
    listed(films, ["file", "pair_id"], [["0.png", "a"], ["1.png", "a"]])
    table = tmp_path / "january.csv"
    table.write_text("file,pair_id,side,pixel_size_mm\nfilms/0.png,a,left,0.2\nfilms/1.png,a,right,0.2\n")
    (case,) = cases_from_file(table, cases.AS_OF)
    assert [image.laterality for image in case.images] == ["L", "R"]
    assert all(image.spacing and image.spacing[-1] == 0.2 for image in case.images)


def test_without_examinations_each_film_is_a_case(tmp_path):
    listed(tmp_path, ["file"], [["0.png"], ["1.png"]])
    assert [len(case.images) for case in cases_from_file(tmp_path, cases.AS_OF)] == [1, 1]
    assert len(cases_from_file(tmp_path / "0.png", cases.AS_OF)) == 1


def test_a_table_of_films_that_are_not_there_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "labels.csv").write_text("file,pair_id\nnothing.png,1\n")
    with pytest.raises(InvalidInput, match=r"nothing\.png"):
        cases_from_file(tmp_path, cases.AS_OF)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_as_a_table_give_cases_or_a_sentence(content):
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "labels.csv"
        path.write_bytes(b"file,exam\n" + content)
        try:
            cases_from_file(path, cases.AS_OF)
        except InvalidInput as error:
            assert str(error)


def test_a_model_without_scores_is_refused_in_a_sentence(tmp_path):
    for name in ("model.onnx", "model.toml"):
        text = (cases.model() / name).read_bytes()
        (tmp_path / name).write_bytes(text.replace(b"[more.score]", b"[more.other]"))
    with pytest.raises(InvalidInput, match="cuts"):
        FilmReader(ModelFolder(tmp_path))
