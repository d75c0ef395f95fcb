"""Whole pages kept as stencils until the ledger grows; a page that many ask for at once is made once."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from cognoscope.web.stencil import Stencil


@dataclass(frozen=True)
class KeptPage:
    """A page for one role, language and minute; `subject` is whom or what a look at it is about."""

    stencil: Stencil
    subject: str


class KeptPages:
    """The pages asked for last, one store a worker, used from its event loop only.

    The ledger is append-only: a page made when the last entry it depends on was `newest` is right until there is
    another. Whatever else it depends on (role, language, address, minute) is in its key.
    """

    def __init__(self, capacity: int = 256) -> None:
        self.capacity = capacity
        self._kept: OrderedDict[Hashable, tuple[int, KeptPage]] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[KeptPage]] = {}

    async def get(self, key: Hashable, newest: int, make: Callable[[], KeptPage]) -> KeptPage:
        """The page under `key` as it is at `newest`; `make` runs in a thread, and what it raises is raised here."""
        kept = self._kept.get(key)
        if kept is not None and kept[0] == newest:
            self._kept.move_to_end(key)
            return kept[1]
        making = self._making.get((key, newest))
        if making is None:
            making = asyncio.ensure_future(self._make(key, newest, make))
            self._making[key, newest] = making
        return await asyncio.shield(making)

    async def _make(self, key: Hashable, newest: int, make: Callable[[], KeptPage]) -> KeptPage:
        try:
            page = await run_in_threadpool(make)
            self._kept[key] = (newest, page)
            self._kept.move_to_end(key)
            while len(self._kept) > self.capacity:
                self._kept.popitem(last=False)
            return page
        finally:
            del self._making[key, newest]
