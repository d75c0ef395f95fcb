"""Whole pages are made once for all who ask, and again when there is news."""

import asyncio
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from cognoscope.web.kept_pages import KeptPage, KeptPages
from cognoscope.web.stencil import Stencil

Answer = TypeVar("Answer")


def awaited(asked: Coroutine[Any, Any, Answer]) -> Answer:
    """In a thread of its own: the browser's tests leave an event loop running in the main one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asked).result()


def page(text: str) -> KeptPage:
    return KeptPage(Stencil(text), "unit:north")


def test_a_page_that_many_ask_for_at_once_is_made_once() -> None:
    made: list[int] = []

    def make() -> KeptPage:
        made.append(1)
        time.sleep(0.05)
        return page(f"page {len(made)}")

    async def ask() -> list[KeptPage]:
        pages = KeptPages()
        first = await asyncio.gather(*(pages.get("inbox", 7, make) for _ in range(20)))
        return [*first, await pages.get("inbox", 7, make), await pages.get("inbox", 8, make)]

    texts = [one.stencil.fill({}) for one in awaited(ask())]
    assert texts == [b"page 1"] * 21 + [b"page 2"]


def test_what_making_raises_is_raised_for_all_and_not_kept() -> None:
    def fail() -> KeptPage:
        raise PermissionError("no")

    async def ask() -> KeptPage:
        pages = KeptPages()
        failed = await asyncio.gather(*(pages.get("p", 1, fail) for _ in range(3)), return_exceptions=True)
        assert all(isinstance(one, PermissionError) for one in failed)
        return await pages.get("p", 1, lambda: page("right"))

    assert awaited(ask()).stencil.fill({}) == b"right"


def test_the_least_recently_used_goes_first() -> None:
    async def ask() -> list[bytes]:
        pages = KeptPages(capacity=2)
        for key in ("a", "b", "a", "c"):
            await pages.get(key, 1, lambda key=key: page(key))  # type: ignore[misc]
        again = [await pages.get(key, 1, lambda: page("again")) for key in ("a", "b")]
        return [one.stencil.fill({}) for one in again]

    assert awaited(ask()) == [b"a", b"again"]
