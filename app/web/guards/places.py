"""Few files are read at once: who finds no place within a second is told so, and strangers cannot take the last one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.web.refusals import Busy

MOST_AT_ONCE = 2
MOST_OF_STRANGERS = 1
LONGEST_WAIT_SECONDS = 0.9
_TICK_SECONDS = 0.05


class Places:
    """The processes that read files at once for this web process: two in all, one for each person, one for all strangers."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    @asynccontextmanager
    async def take(self, who: str, *, is_known: bool) -> AsyncIterator[None]:
        """Holds a place while the block runs; raises Busy where there is none within LONGEST_WAIT_SECONDS."""
        whose = who if is_known else "strangers"
        most = 1 if is_known else MOST_OF_STRANGERS
        for _ in range(round(LONGEST_WAIT_SECONDS / _TICK_SECONDS)):
            if self.taken.total() < MOST_AT_ONCE and self.taken[whose] < most:
                break
            await asyncio.sleep(_TICK_SECONDS)
        else:
            raise Busy("Other large files are being read at the moment. Nothing was stored; try again shortly.")
        self.taken[whose] += 1
        try:
            yield
        finally:
            self.taken[whose] -= 1
