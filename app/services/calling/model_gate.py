"""Where tries at one model begin: as long as its provider refuses none, at once; after a refusal, in the order they came.

A provider that says "slow down" (HTTP 429) says it to everybody who shares the key, so all calls to one model share a
gate. A refusal closes it for a pause that grows with each refusal in a row; then one try may begin, and with every
answer one more at a time, until nothing holds anybody back. What a refused call itself does next is decided in
services/calling/model_calls.py.
"""

from __future__ import annotations

import asyncio
import heapq
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

REFUSAL_PAUSES_SECONDS = (2.0, 4.0, 8.0, 15.0, 20.0, 25.0, 30.0)
"""After the first, second, ... refusal in a row: 104 s in sum, which outlasts a limit by the minute. Fixed, so that equal
refusals give equal runs."""
LONGEST_PAUSE_SECONDS = 120.0
WIDE_OPEN = 32
"""Tries at a time from which on a gate that was closed no longer holds anybody back."""

Sleep = Callable[[float], Awaitable[None]]


class Gate:
    """The gate of one model, for one event loop at a time; `sleep` serves its pauses."""

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        self._sleep = sleep
        self._width = math.inf
        self._under_way = 0
        self._closings = 0
        self._in_a_row = 0
        self._is_closed = False
        self._came = 0
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def place(self) -> int:
        """A place in the order of coming, for one call; it is kept through all of the call's tries."""
        self._came += 1
        return self._came

    @asynccontextmanager
    async def turn(self, place: int) -> AsyncIterator[int]:
        """Holds the call back until it may try; inside, one try is under way. Gives what `refused` and `answered` want
        to know: how often the gate had been closed when the try began."""
        while self._is_closed or self._under_way >= self._width:
            opening = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (place, opening))
            try:
                await opening
            except asyncio.CancelledError:
                self._let_in()  # the place that was meant for it
                raise
        self._under_way += 1
        try:
            yield self._closings
        finally:
            self._under_way -= 1
            self._let_in()

    def answered(self, closings: int) -> None:
        """The model answered: refusals in a row end, and one more try at a time may be under way."""
        if closings == self._closings:  # else it began before the last refusal and says nothing about the time after
            self._in_a_row = 0
            self._width = self._width + 1 if self._width < WIDE_OPEN else math.inf
            self._let_in()

    async def refused(self, closings: int, asked_seconds: float | None) -> bool:
        """Keeps the gate closed for the pause that is due, or the one the provider asked for if that is longer (at most
        two minutes). False at once, without a pause, where this was one more in a row than there are pauses.

        A try that had begun before the gate was last closed is part of that refusal and changes nothing.
        """
        if closings != self._closings:
            return True
        self._closings += 1
        self._in_a_row += 1
        self._width = 1
        if self._in_a_row > len(REFUSAL_PAUSES_SECONDS):
            return False
        due = REFUSAL_PAUSES_SECONDS[self._in_a_row - 1]
        self._is_closed = True
        try:
            await self._sleep(min(max(due, asked_seconds or 0.0), LONGEST_PAUSE_SECONDS))
        finally:
            self._is_closed = False
            self._let_in()
        return True

    def _let_in(self) -> None:
        free = 0.0 if self._is_closed else self._width - self._under_way
        while self._waiting and free > 0:
            _, opening = heapq.heappop(self._waiting)
            if not opening.done():
                opening.set_result(None)
                free -= 1
