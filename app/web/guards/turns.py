"""Whose costly requests go when: one at a time for each sign-in, so that nobody's many keep everybody else waiting.

One processor is all that Python gives a process, so two at once would be ready no sooner than one after the other; and whoever
chooses meanwhile would wait for both, at each of the dozen times when a request passes between the event loop and a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from weakref import WeakValueDictionary

from fastapi import Depends
from starlette.requests import Request

from app.web.refusals import Busy
from app.web.signing_in import key_of, presented_token

LONGEST_QUEUE_SECONDS = 15.0
"""How long a request waits for the others of its own sign-in."""
LONGEST_PAUSE_SECONDS = 0.3


class Turns:
    """Where the costly requests of each sign-in stand in line."""

    def __init__(self) -> None:
        # Kept only while somebody has the turn or waits for it.
        self._queues: WeakValueDictionary[str, Queue] = WeakValueDictionary()

    def queue(self, token: str) -> Queue:
        """The line of one sign-in."""
        return self._queues.setdefault(key_of(token), Queue())


class Queue:
    """One at a time; while others wait, three times as long as it took is left to everybody else before the next."""

    def __init__(self) -> None:
        self._gate, self._waiting = asyncio.Semaphore(1), 0

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """The block has its turn. Raises Busy where it does not come within LONGEST_QUEUE_SECONDS."""
        self._waiting += 1
        try:
            async with asyncio.timeout(LONGEST_QUEUE_SECONDS):
                await self._gate.acquire()
        except TimeoutError:
            raise Busy("You asked for very much at once. Wait for what is on its way, then try again.") from None
        finally:
            self._waiting -= 1
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            yield
        finally:
            pause = min(3 * (loop.time() - begun), LONGEST_PAUSE_SECONDS) if self._waiting else 0
            loop.call_later(pause, self._gate.release)


async def _in_turn(request: Request) -> AsyncIterator[None]:
    token = presented_token(request)
    turns: Turns = request.app.state.turns
    async with AsyncExitStack() as stack:
        if token is not None:
            await stack.enter_async_context(turns.queue(token).passed())
        yield


InTurn = Depends(_in_turn, scope="function")
"""For a route that computes much, as one that writes out a conversation or takes one in: one at a time for each sign-in, however
many it asks for at once. To be named before what opens the transaction: whoever waits for a turn holds no place at its gate."""
