"""Where tries at one model begin: at once, as long as its provider refuses none; else each person's in a lane of their own.

A provider that says "slow down" (HTTP 429) may mean everybody who shares the key, or one request that is too much for it:
it does not say which. So a refusal holds back the caller it was said to, for a pause that grows with each refusal in a
row; then one try of theirs may begin, and with every answer one more at a time. Everybody else waits only as long as the
provider asked for, if it did, and not at all where others have tried in the meantime: their own refusal would tell.
A provider that fails whoever asks is another thing: it rests (provider_rest.py). What a refused call itself does next is
decided in model_calls.py.
"""

from __future__ import annotations

import asyncio
import heapq
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.model_trouble import at_about
from app.services.calling.provider_rest import NotNow, Rest
from app.services.calling.told_failures import Tally

REFUSAL_PAUSES_SECONDS = (2.0, 4.0, 8.0, 15.0, 20.0, 25.0, 30.0)
"""After the first, second, ... refusal in a row: 104 s in sum, which outlasts a limit by the minute. Fixed, so that equal
refusals give equal runs."""
LONGEST_PAUSE_SECONDS = 120.0
"""What is waited out; a longer wait is told."""
LONGEST_TOLD_SECONDS = 3600.0
"""For so long the provider's word for a long wait is taken; then a call may ask again."""
WIDE_OPEN = 32
"""Tries at a time from which on a lane that was closed no longer holds anybody back."""

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose call it is, and whether somebody sits there and waits for the answer; else it is one of many, in the
    background. Calls of equal callers share a lane."""

    owner: str = ""
    is_awaited: bool = False


NOBODY = Caller()
"""Where all calls are of one, as in a command."""


@dataclass(eq=False, slots=True)
class _Lane:
    caller: Caller
    width: float = math.inf
    under_way: int = 0
    closings: int = 0
    in_a_row: int = 0
    closed: int = 0
    turns: int = 0
    turns_of_others: int = 0
    """When it was last refused."""
    last_turn: int = 0
    rest_waited_for: int = 0
    told_until: datetime | None = None
    told: str = ""
    waiting: list[tuple[int, int, asyncio.Future[None]]] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Place:
    """One call's place in its lane, kept through all of its tries."""

    lane: _Lane
    order: int
    refusals: int = 0
    turns_at_refusal: int = 0

    @property
    def behind(self) -> int:
        """The oldest call tries first; after every third refusal it lets the others try, for it may be too much alone."""
        return self.refusals // 3


@dataclass(frozen=True, slots=True)
class Turn:
    """One try under way, and how often its lane had been closed when it began."""

    place: Place
    closings: int


class Gate:
    """The gate of one model, for one event loop at a time; `sleep` serves its pauses, `rest` knows the time, and `tally`
    counts for the log."""

    def __init__(self, sleep: Sleep = asyncio.sleep, rest: Rest | None = None) -> None:
        self.rest = rest or Rest()
        self.tally = Tally(self.rest.now)
        self._sleep = sleep
        self._lanes: dict[Caller, _Lane] = {}
        self._closed = 0
        self._came = 0
        self._turns = 0
        self._wait_for_probe: list[asyncio.Future[None]] = []

    def place(self, caller: Caller = NOBODY) -> Place:
        """A place for one call, behind those of the same caller."""
        self._came += 1
        lane = self._lanes.setdefault(caller, _Lane(caller))
        return Place(lane, self._came)

    @asynccontextmanager
    async def turn(self, place: Place) -> AsyncIterator[Turn]:
        """Holds the call back until it may try; inside, one try is under way. Raises NotNow, with a sentence, where the
        provider rests or asked for a long wait and this caller is not to wait for it."""
        lane = place.lane
        is_probe = await self._ready(place)
        lane.under_way += 1
        self._turns += 1
        lane.turns += 1
        lane.last_turn = self._turns
        try:
            yield Turn(place, lane.closings)
        finally:
            lane.under_way -= 1
            if is_probe:
                self.rest.end_probe()
                self._wake_those_who_wait_for_the_probe()
            self._let_in()

    def answered(self, turn: Turn) -> None:
        """The model answered: its refusals in a row end, and one more try at a time may be under way in that lane."""
        lane = turn.place.lane
        lane.rest_waited_for = 0
        self.rest.answered()
        if (
            turn.closings == lane.closings
        ):  # else it began before the last refusal and says nothing about the time after
            lane.in_a_row = 0
            lane.width = lane.width + 1 if lane.width < WIDE_OPEN else math.inf
            self._let_in()

    async def refused(self, turn: Turn, asked_seconds: float | None) -> bool:
        """Holds the caller back for the pause that is due: what the provider asked for, or where it asked for nothing, or
        for too little last time, one that grows. Everybody else is held back for what it asked for. False at once,
        without a pause, where this was one more in a row than there are pauses.

        A try that had begun before its lane was last closed is part of that refusal and changes nothing.
        """
        place, lane = turn.place, turn.place.lane
        is_own = self._is_the_callers_own(place)
        place.refusals += 1
        place.turns_at_refusal = self._turns
        if turn.closings != lane.closings:
            return True
        lane.closings += 1
        lane.in_a_row += 1
        lane.width = 1
        lane.turns_of_others = self._turns - lane.turns
        if lane.in_a_row > len(REFUSAL_PAUSES_SECONDS):
            return False
        asked = min(asked_seconds or 0.0, LONGEST_PAUSE_SECONDS)
        everybody = 0.0 if is_own else asked
        due = self._due(lane, asked_seconds)
        lane.closed += 1
        try:
            await self._close_for_everybody(everybody)
            if due > everybody:
                await self._sleep(due - everybody)
        finally:
            lane.closed -= 1
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

    def _is_the_callers_own(self, place: Place) -> bool:
        """Whether this caller, or this call, is refused again although others have tried since: were they refused, they
        said so themselves."""
        lane = place.lane
        is_lanes = lane.in_a_row > 0 and self._turns - lane.turns > lane.turns_of_others
        return is_lanes or (place.refusals > 0 and self._turns > place.turns_at_refusal + 1)

    def _due(self, lane: _Lane, asked_seconds: float | None) -> float:
        if asked_seconds is None:
            return REFUSAL_PAUSES_SECONDS[lane.in_a_row - 1]
        grown = REFUSAL_PAUSES_SECONDS[lane.in_a_row - 2] if lane.in_a_row > 1 else 0.0
        return min(max(grown, asked_seconds), LONGEST_PAUSE_SECONDS)

    async def _close_for_everybody(self, seconds: float) -> None:
        if seconds <= 0:
            return
        for lane in self._lanes.values():
            lane.width = min(lane.width, 1)  # or all that wait would be sent in one moment
        self._closed += 1
        try:
            await self._sleep(seconds)
        finally:
            self._closed -= 1

    async def _ready(self, place: Place) -> bool:
        """Returns once a try may begin; True where it is the one that finds out whether the provider is back."""
        lane, waited = place.lane, False
        while True:
            if lane.told_until is not None:
                if self.rest.now() < lane.told_until:
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
                    await self._in_turn(self._wait_for_probe.append)
            elif self._closed or lane.closed or lane.under_way >= lane.width:
                await self._in_turn(lambda opening: heapq.heappush(lane.waiting, (place.behind, place.order, opening)))
            else:
                return False

    def _may_wait(self, lane: _Lane) -> bool:
        """Work in the background waits through one rest; after it, nothing but an answer makes it wait again."""
        if lane.caller.is_awaited or lane.rest_waited_for not in (0, self.rest.number):
            return False
        lane.rest_waited_for = self.rest.number
        return True

    async def _in_turn(self, queue: Callable[[asyncio.Future[None]], None]) -> None:
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
        """Opens for those who may begin: answers that somebody waits for first, then whoever had the last turn longest
        ago."""
        if self._closed:
            return
        for lane in sorted(self._lanes.values(), key=lambda each: (not each.caller.is_awaited, each.last_turn)):
            free = 0.0 if lane.closed else lane.width - lane.under_way
            while lane.waiting and free > 0:
                *_, opening = heapq.heappop(lane.waiting)
                if not opening.done():
                    opening.set_result(None)
                    free -= 1
