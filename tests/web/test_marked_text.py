"""Cutting texts at highlights: nothing is lost, nothing is shown twice, overlaps keep both."""

from hypothesis import given
from hypothesis import strategies as st

from cognoscope.web.marked_text import AROUND, SHORT, Highlight, passages, pieces, quote


def highlights(text: str) -> st.SearchStrategy[list[Highlight]]:
    place = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    return st.lists(place, max_size=8).map(
        lambda all_: [Highlight(a, b, f"h{rank}", 1 + rank % 6, about=f"f{rank}") for rank, (a, b) in enumerate(all_)]
    )


@given(st.text(max_size=200).flatmap(lambda text: st.tuples(st.just(text), highlights(text))))
def test_pieces_joined_are_the_text_and_each_highlight_begins_and_ends_once(
    made: tuple[str, list[Highlight]],
) -> None:
    text, marks = made
    cut = pieces(text, marks)
    assert "".join(piece.text for piece in cut) == text
    for one in marks:
        covered = "".join(piece.text for piece in cut if one in piece.marks)
        assert covered == text[one.start : one.stop]
        real = int(one.start < one.stop)
        assert sum(one in piece.begins for piece in cut) == real
        assert sum(one in piece.ends for piece in cut) == real


@given(st.text("ab \n", max_size=4 * SHORT).flatmap(lambda text: st.tuples(st.just(text), highlights(text))))
def test_passages_hold_every_highlight_and_count_what_is_left_out(made: tuple[str, list[Highlight]]) -> None:
    text, marks = made
    shown = passages(text, marks)
    kept = sum(len(piece.text) for passage in shown.passages for piece in passage.pieces)
    assert kept + shown.skipped + sum(passage.skipped for passage in shown.passages) == len(text)
    assert shown.whole == (kept == len(text))
    begun = [one for passage in shown.passages for piece in passage.pieces for one in piece.begins]
    assert sorted(begun, key=id) == sorted((one for one in marks if one.start < one.stop), key=id)


def test_a_long_text_shows_only_what_is_around_its_highlights() -> None:
    text = "mot " * 5_000
    shown = passages(text, [Highlight(8_000, 8_003, "h", 1)])
    assert not shown.whole
    (passage,) = shown.passages
    assert passage.skipped > 7_000
    assert sum(len(piece.text) for piece in passage.pieces) < 2 * AROUND + 80


def test_the_shorter_highlight_gives_the_look_and_both_are_named() -> None:
    outer, inner = Highlight(0, 17, "o", 1, about="outer"), Highlight(0, 7, "i", 2, about="inner")
    first, second = pieces("diabète de type 2", [outer, inner])
    assert (first.marks[0], first.about) == (inner, "inner outer")
    assert second.marks == (outer,)


def test_a_quote_is_one_line_and_says_where_it_was_cut() -> None:
    text = "Premier mot,\nun deuxième " + "x" * 60 + " TOUX,\tpuis rien."
    at = text.index("TOUX")
    before, words, after = quote(text, at, at + 4, 20)
    assert (words, after) == ("TOUX", ", puis rien.")
    assert before.startswith("… ")
    assert before.endswith("x ")
    assert quote("toux", 0, 4, 10) == ("", "toux", "")
