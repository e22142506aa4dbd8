"""What the gate of a model keeps: whose calls wait, in which order, and how many may be under way."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

WIDE_OPEN = 32
"""Tries at a time from which on what was narrow no longer holds anybody back."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose call it is, and whether somebody sits there and waits for the answer; else it is one of many, in the
    background. Calls of equal callers share a lane."""

    owner: str = ""
    is_awaited: bool = False


NOBODY = Caller()
"""Where all calls are of one, as in a command."""


WHILE_AWAITED = 2
"""Tries of background work that may be under way in a process while somebody waits for an answer that it writes."""


@dataclass(eq=False, slots=True)
class Waiters:
    """How many pieces of work a process has under way that somebody sits and waits for, whichever model answers, and whom to
    tell when there are none any more."""

    count: int = 0
    when_none: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Counts one while the block runs."""
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1
            for tell in self.when_none if not self.count else ():
                tell()


@dataclass(eq=False, slots=True)
class Limit:
    """What a refusal closes: a lane, or the way for everybody. After it one try at a time may be under way, and with every
    answer one more; tries that began before the last closing do not count."""

    width: float = math.inf
    most: float = math.inf
    """Tries at a time in any case, refusals or none."""
    under_way: int = 0
    closings: int = 0
    in_a_row: int = 0
    closed: int = 0

    @property
    def free(self) -> float:
        return min(self.width, self.most) - self.under_way

    def close(self) -> None:
        """One refusal more."""
        self.closings += 1
        self.in_a_row += 1
        self.width, self.under_way = 1, 0

    def narrow(self) -> None:
        """One try at a time from now on, without a refusal in a row."""
        self.width, self.under_way = 1, 0

    def enter(self) -> int:
        """A try begins; gives what `leave` and `answered` want to know."""
        self.under_way += 1
        return self.closings

    def leave(self, closings: int) -> None:
        """A try has ended."""
        if closings == self.closings and self.under_way:
            self.under_way -= 1

    def answered(self, closings: int) -> None:
        """A try that began before the last closing says nothing about the time after."""
        if closings == self.closings:
            self.in_a_row = 0
            self.width = self.width + 1 if self.width < WIDE_OPEN else math.inf


@dataclass(eq=False, slots=True)
class Lane:
    """One caller's calls: their limit, those that wait, and when one last had a turn."""

    caller: Caller
    limit: Limit = field(default_factory=Limit)
    last_turn: int = 0
    answers: int = 0
    rest_waited_for: int = 0
    told_until: datetime | None = None
    told: str = ""
    _waiting: list[tuple[Place, asyncio.Future[None]]] = field(default_factory=list)

    @property
    def turn_comes(self) -> tuple[bool, int]:
        """Answers that somebody waits for come first, then whoever had the last turn longest ago."""
        return not self.caller.is_awaited, self.last_turn

    def wait(self, place: Place, opening: asyncio.Future[None]) -> None:
        """One call waits."""
        self._waiting.append((place, opening))

    def let_in(self) -> bool:
        """Opens for the call whose turn it is; False where none waits."""
        self._waiting = [(place, opening) for place, opening in self._waiting if not opening.done()]
        if not self._waiting:
            return False
        # Looked up now: whose turn it is changes with every answer.
        first = min(self._waiting, key=lambda each: (each[0].behind, each[0].order))
        self._waiting.remove(first)
        first[1].set_result(None)
        return True


@dataclass(eq=False, slots=True)
class Place:
    """One call's place in its lane, kept through all of its tries."""

    lane: Lane
    order: int
    refusals: int = 0
    in_a_row: int = 0
    answers_then: int = 0

    def note_refusal(self) -> None:
        """One refusal more, in a row where nobody of the lane was answered since the last."""
        self.in_a_row = self.in_a_row + 1 if self.answers_then == self.lane.answers else 1
        self.refusals, self.answers_then = self.refusals + 1, self.lane.answers

    @property
    def behind(self) -> int:
        """The oldest call tries first; after every third refusal in a row it lets the others try, for it may be too much
        alone."""
        return self.in_a_row // 3 if self.answers_then == self.lane.answers else 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One try under way: its number, and how often its lane and the way for everybody had been closed, and the provider had
    rested, when it began."""

    place: Place
    number: int
    lane_closings: int
    closings: int
    rests: int
