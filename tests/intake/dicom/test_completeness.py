"""A study is whole by evidence; the clock speaks last."""

from hypothesis import example, given
from hypothesis import strategies as st

from cognoscope.intake.dicom.completeness import SeriesSeen, StudySeen, decide, gaps

QUIET = 120.0


def seen(*series: SeriesSeen, **more) -> StudySeen:
    return StudySeen(**{"series": series, "open_associations": 0, "last_end": "released", "quiet": 1.0, **more})


def volume(count: int, step: float = 2.0, **more) -> SeriesSeen:
    return SeriesSeen("1", count, tuple(range(1, count + 1)), tuple(step * number for number in range(count)), **more)


def test_an_evenly_spaced_volume_is_whole_when_its_sender_has_released():
    decision = decide(seen(volume(300)), QUIET)
    assert decision.complete
    assert decision.by == "positions"
    assert "300 images, evenly spaced without a gap" in decision.evidence


def test_a_gap_speaks_against_it_until_the_last_resort():
    there = volume(300)
    holed = SeriesSeen("1", 297, there.numbers, there.positions[:100] + there.positions[103:])
    decision = decide(seen(holed), QUIET)
    assert not decision.complete
    assert any(
        "a gap of 8 mm after the slice at 198 mm, where the usual step is 2 mm" in one for one in decision.against
    )
    late = decide(seen(holed, quiet=QUIET), QUIET)
    assert late.complete
    assert late.by == "time"
    assert late.against, "what spoke against it is not forgotten"


def test_nothing_is_whole_while_its_sender_is_sending():
    assert not decide(seen(volume(300), open_associations=1, last_end=""), QUIET).complete
    assert not decide(seen(volume(300), last_end="aborted"), QUIET).complete
    assert not decide(seen(volume(300), last_end="lost"), QUIET).complete


def test_the_archive_decides_where_it_can_be_asked():
    fewer = decide(seen(volume(280), archive=300, archive_name="pacs"), QUIET)
    assert not fewer.complete
    assert "pacs holds 300 images, 280 are here" in fewer.against
    same = decide(seen(volume(300), archive=300, archive_name="pacs", last_end="aborted"), QUIET)
    assert (same.complete, same.by) == (True, "archive")
    holed = SeriesSeen("1", 2, (), (0.0, 50.0))
    assert decide(seen(holed, archive=2, archive_name="pacs"), QUIET).by == "archive"


def test_an_archive_that_forwards_as_images_arrive_is_not_believed_at_once():
    arriving = seen(volume(100), archive=100, archive_name="pacs", open_associations=1, last_end="", quiet=0.5)
    assert not decide(arriving, QUIET).complete
    settled = seen(volume(100), archive=100, archive_name="pacs", open_associations=1, last_end="", quiet=10.0)
    assert decide(settled, QUIET).by == "archive"


def test_an_archive_that_does_not_know_the_study_decides_nothing():
    assert decide(seen(volume(3), archive=0, archive_name="pacs"), QUIET).by == "positions"


def test_what_headers_state():
    assert decide(seen(volume(30, stated=30), last_end="aborted"), QUIET).by == "stated"
    short = decide(seen(volume(29, stated=30)), QUIET)
    assert not short.complete
    assert "a series states 30 images, 29 are here" in short.against


def test_single_images_have_their_release_only():
    decision = decide(seen(SeriesSeen("1", 1)), QUIET)
    assert (decision.complete, decision.by) == (True, "release")
    assert "after 1 image" in decision.evidence


def test_holes_in_numbers_tell_where_there_are_no_positions():
    holed = SeriesSeen("1", 4, (1, 2, 4, 5))
    assert not decide(seen(holed), QUIET).complete
    placed = SeriesSeen("1", 4, (1, 2, 4, 5), (0.0, 2.0, 4.0, 6.0))
    assert decide(seen(placed), QUIET).complete


@given(positions=st.lists(st.floats(-1e4, 1e4, allow_nan=False), max_size=40))
@example(positions=[0.0, 2.0, 3.0, 4.0, -0.0])
def test_order_does_not_matter(positions: list[float]):
    assert gaps(positions) == gaps(list(reversed(positions)))


@given(count=st.integers(3, 60), step=st.floats(0.3, 10), start=st.floats(-500, 500))
def test_even_steps_are_no_gap_and_a_missing_slice_is(count: int, step: float, start: float):
    places = [start + step * number for number in range(count)]
    assert gaps(places + places) == []
    if count >= 6:
        assert len(gaps(places[:3] + places[4:])) == 1


@given(
    images=st.integers(0, 5),
    associations=st.integers(0, 2),
    ended=st.sampled_from(["released", "aborted", "lost", ""]),
    quiet=st.floats(0, 1e6),
    archive=st.none() | st.integers(0, 9),
)
def test_every_decision_says_why(images, associations, ended, quiet, archive):
    one = seen(
        volume(images),
        open_associations=associations,
        last_end=ended,
        quiet=quiet,
        archive=archive,
        archive_name="pacs",
    )
    decision = decide(one, QUIET)
    assert decision.evidence
    assert decision.complete == bool(decision.by)
    assert decision.complete or decision.against
    assert decision.complete or quiet < QUIET
