"""A rendered part is kept until the ledger grows."""

from threading import Barrier, Thread

from cognoscope.web.fragments import Fragments


def test_a_part_is_rendered_once_a_head() -> None:
    fragments, rendered = Fragments(), []

    def render() -> str:
        rendered.append(len(rendered))
        return f"part {len(rendered)}"

    assert [fragments.get("inbox", head, render) for head in (7, 7, 8, 8, 7)] == [
        "part 1",
        "part 1",
        "part 2",
        "part 2",
        "part 3",
    ]
    assert fragments.get("other", 7, render) == "part 4"


def test_the_least_recently_used_part_goes_first() -> None:
    fragments = Fragments(capacity=2)
    fragments.get("a", 1, lambda: "a")
    fragments.get("b", 1, lambda: "b")
    fragments.get("a", 1, lambda: "never")
    fragments.get("c", 1, lambda: "c")
    assert fragments.get("a", 1, lambda: "again") == "a"
    assert fragments.get("b", 1, lambda: "again") == "again"


def test_threads_may_share_it() -> None:
    fragments, start, seen = Fragments(capacity=3), Barrier(8), []

    def work(number: int) -> None:
        start.wait()
        for turn in range(200):
            key = (number + turn) % 5
            seen.append(fragments.get(key, turn // 50, lambda key=key: f"part {key}") == f"part {key}")  # type: ignore[misc]

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(seen)
    assert len(seen) == 1600
