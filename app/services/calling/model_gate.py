"""Where tries at one model begin: at once, as long as its provider refuses none and not too many are under way; else each
person's in a lane of their own, and people take turns, those first who sit and wait for an answer.

A provider that says "slow down" (HTTP 429) may mean everybody who shares the key, or one request that is too much for it:
it does not say which. So a refusal holds back the caller it was said to, for a pause that grows with each refusal in a
row; then one try may begin, and with every answer one more at a time. Where another caller is refused as well before anybody
was answered, it is the limit of all: those who were refused wait together, and take turns. Who was not refused waits only as long as
the provider itself asked for. A provider that fails whoever asks is another thing: it rests (provider_rest.py). What a refused
call itself does next is decided in model_calls.py.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from app.domain.model_trouble import at_about
from app.induction.model.language_model import ModelError
from app.services.calling.lanes import NOBODY, WHILE_AWAITED, Caller, Lane, Limit, Place, Turn, Waiters
from app.services.calling.provider_rest import NotNow, Rest
from app.services.calling.told_failures import Tally

REFUSAL_PAUSES_SECONDS = (2.0, 4.0, 8.0, 15.0, 20.0, 25.0, 30.0)
"""After the first, second, ... refusal in a row: 104 s in sum, which outlasts a limit by the minute. Fixed, so that equal
refusals give equal runs."""
LONGEST_PAUSE_SECONDS = 120.0
"""What is waited out; a longer wait is told."""
LONGEST_TOLD_SECONDS = 3600.0
"""For so long the provider's word for a long wait is taken; then a call may ask again."""
Sleep = Callable[[float], Awaitable[None]]


class Gate:
    """The gate of one model, for one event loop at a time; `sleep` serves its pauses, `rest` knows the time, and `tally`
    counts for the log."""

    def __init__(self, sleep: Sleep = asyncio.sleep, rest: Rest | None = None, waiters: Waiters | None = None) -> None:
        """`waiters` tells whether somebody waits for an answer of this process: then background work takes up less of it."""
        self.rest = rest or Rest()
        self._waiters = waiters or Waiters()
        self._waiters.when_none.append(self._let_in)
        self._in_background = 0
        self.tally = Tally(self.rest.now)
        self._sleep = sleep
        self._lanes: dict[Caller, Lane] = {}
        self._everybody = Limit()
        self._refused: set[Lane] = set()
        """Lanes refused since anybody was answered."""
        self._refused_at = 0
        self._asked_to_wait = 0
        self._came = 0
        self._turns = 0
        self._wait_for_probe: list[asyncio.Future[None]] = []

    def admit(self, most: int) -> None:
        """So many tries of all callers together may be under way from now on; the others wait, and people take turns."""
        self._everybody.most = max(1, most)
        self._let_in()

    def place(self, caller: Caller = NOBODY) -> Place:
        """A place for one call, behind those of the same caller."""
        self._came += 1
        return Place(self._lanes.setdefault(caller, Lane(caller)), self._came)

    @asynccontextmanager
    async def turn(self, place: Place) -> AsyncIterator[Turn]:
        """Holds the call back until it may try; inside, one try is under way. Raises NotNow, with a sentence, where the
        provider rests or asked for a long wait and this caller is not to wait for it."""
        lane = place.lane
        is_probe = await self._ready(place)
        self._turns += 1
        lane.last_turn = self._turns
        turn = Turn(place, self._turns, lane.limit.enter(), self._everybody.enter(), self.rest.number)
        is_background = not lane.caller.is_awaited
        self._in_background += is_background
        try:
            yield turn
        finally:
            self._in_background -= is_background
            lane.limit.leave(turn.lane_closings)
            self._everybody.leave(turn.closings)
            if is_probe:
                self.rest.end_probe()
                self._wake_those_who_wait_for_the_probe()
            self._let_in()

    def answered(self, turn: Turn) -> None:
        """The model answered: refusals in a row end, and one more try at a time may be under way."""
        lane = turn.place.lane
        lane.answers += 1
        lane.rest_waited_for = 0
        self.rest.answered()
        if turn.number > self._refused_at:
            self._refused.clear()
        lane.limit.answered(turn.lane_closings)
        self._everybody.answered(turn.closings)
        self._let_in()

    def failed(self, turn: Turn, error: ModelError) -> None:
        """A try failed; one that began before the provider rested says nothing about the time after."""
        if not self.rest.is_on or turn.rests == self.rest.number:
            self.rest.failed(error)

    async def refused(self, turn: Turn, asked_seconds: float | None) -> bool:
        """Holds the caller back for the pause that is due: what the provider asked for, or where it asked for nothing, or
        for too little last time, one that grows. Where others were refused too and nobody was answered since, all who
        were refused wait together. Who was not waits for what the provider asked for, and not again for the same caller.
        False at once, without a pause, where this was one more in a row, or of this call, than there are pauses.

        A try that had begun before the last closing is part of that refusal and changes nothing.
        """
        place, lane = turn.place, turn.place.lane
        is_shared = bool(self._refused - {lane})
        is_first = lane not in self._refused and place.refusals == 0
        self._refused.add(lane)
        self._refused_at = self._turns
        if (turn.lane_closings, turn.closings) != (lane.limit.closings, self._everybody.closings):
            return True
        place.note_refusal()
        limit = self._everybody if is_shared else lane.limit
        limit.close()
        if max(limit.in_a_row, place.refusals) > len(REFUSAL_PAUSES_SECONDS):
            return False
        asked = min(asked_seconds or 0.0, LONGEST_PAUSE_SECONDS) if is_shared or is_first else 0.0
        due = _due(limit.in_a_row, asked_seconds)
        limit.closed += 1
        try:
            if asked > 0:
                await self._close_for_everybody(asked)
            if due > asked:
                await self._sleep(due - asked)
        finally:
            limit.closed -= 1
            self._let_in()
        return True

    def told_to_wait(self, turn: Turn, seconds: float, reason: str) -> str:
        """Notes that the provider asked this caller for a wait that is not waited out; until then their calls fail at
        once. Gives the whole sentence."""
        lane = turn.place.lane
        until = self.rest.now() + timedelta(seconds=seconds)
        lane.told_until = min(until, self.rest.now() + timedelta(seconds=LONGEST_TOLD_SECONDS))
        lane.told = f"{reason} Nothing was lost; start again at about {at_about(until, seconds)}."
        return lane.told

    async def _close_for_everybody(self, seconds: float) -> None:
        self._everybody.narrow()  # or all that wait would be sent in one moment
        self._asked_to_wait += 1
        try:
            await self._sleep(seconds)
        finally:
            self._asked_to_wait -= 1

    async def _ready(self, place: Place) -> bool:
        """Returns once a try may begin; True where it is the one that finds out whether the provider is back."""
        lane, waited = place.lane, False
        while True:
            if lane.told_until is not None:
                # No wait is longer than the longest, or the clock was put back since.
                if 0 < (lane.told_until - self.rest.now()).total_seconds() <= LONGEST_TOLD_SECONDS:
                    raise NotNow(lane.told)
                lane.told_until = None
            if self.rest.is_on:
                left = self.rest.seconds_left
                if left > 0:
                    if waited or self.rest.is_permanent or not self._may_wait(lane):
                        raise NotNow(self.rest.sentence(is_awaited=lane.caller.is_awaited))
                    waited = True
                    await self._sleep(left)
                elif self.rest.begin_probe():
                    return True
                else:
                    await self._opened(self._wait_for_probe.append)
            elif self._is_open(lane):
                return False
            else:
                await self._opened(partial(lane.wait, place))

    def _is_open(self, lane: Lane) -> bool:
        """Whether a call of this lane may try now."""
        if self._asked_to_wait or lane.limit.closed or lane.limit.free <= 0 or self._everybody.free <= 0:
            return False
        if self._everybody.closed and lane in self._refused:
            return False
        return lane.caller.is_awaited or self._left_to_background > 0

    @property
    def _left_to_background(self) -> float:
        """How many tries of background work may begin: few may be under way while somebody waits, for the processor is one."""
        return WHILE_AWAITED - self._in_background if self._waiters.count else math.inf

    def _may_wait(self, lane: Lane) -> bool:
        """Work in the background waits through one rest; after it, nothing but an answer makes it wait again."""
        if lane.caller.is_awaited or lane.rest_waited_for not in (0, self.rest.number):
            return False
        lane.rest_waited_for = self.rest.number
        return True

    async def _opened(self, queue: Callable[[asyncio.Future[None]], None]) -> None:
        opening = asyncio.get_running_loop().create_future()
        queue(opening)
        try:
            await opening
        except asyncio.CancelledError:
            self._let_in()  # the place that was meant for it
            raise

    def _wake_those_who_wait_for_the_probe(self) -> None:
        waiting, self._wait_for_probe = self._wait_for_probe, []
        for opening in waiting:
            if not opening.done():
                opening.set_result(None)

    def _let_in(self) -> None:
        """Opens for those who may begin, in turn; each looks once more for itself."""
        free = self._everybody.free
        for lane in sorted(self._lanes.values(), key=lambda each: each.turn_comes):
            mine = lane.limit.free if self._is_open(lane) else 0.0
            if not lane.caller.is_awaited:
                mine = min(mine, self._left_to_background)
            while mine > 0 and free > 0 and lane.let_in():
                mine -= 1
                free -= 1


def _due(in_a_row: int, asked_seconds: float | None) -> float:
    if asked_seconds is None:
        return REFUSAL_PAUSES_SECONDS[in_a_row - 1]
    grown = REFUSAL_PAUSES_SECONDS[in_a_row - 2] if in_a_row > 1 else 0.0
    return min(max(grown, asked_seconds), LONGEST_PAUSE_SECONDS)
