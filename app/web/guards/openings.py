"""How often streams may be opened, decided before anything is looked up: an opening costs a look at sign-in and run, so a
program that opened hundreds, or opened each anew as soon as it was ended, would have the others wait.

Counted in this process's memory by what is presented, a token unread, and by address.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import AsyncExitStack
from hashlib import sha256

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.errors import problem_json, problem_of
from app.web.guards.rates import client_address
from app.web.guards.turns import Turns
from app.web.refusals import Busy, TooManyRequests
from app.web.signing_in import token_of

OF_ONE = RateLimitItemPerSecond(20, 10)
"""For one sign-in: twenty in ten seconds, more than a person with many pages open needs when a server comes back."""
OF_ADDRESS = RateLimitItemPerSecond(100, 10)
"""For one address, whoever is behind it."""
AT_ONCE = 2
"""Openings that are looked up at once: twenty that are let in together would each have whoever chooses wait for it."""


class Openings:
    """The count of this process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def wait(self, request: Request) -> int:
        """Counts one opening, where it may be; seconds until the next may be where it may not, else 0."""
        for limit, *of in (*self._own(request), (OF_ADDRESS, "address", client_address(request))):
            if not self._limiter.hit(limit, *of):
                return self._left(limit, *of)
        return 0

    def refused(self, scope: Scope) -> int:
        """The same seconds by sign-in alone, counting nothing: for the server, before a request is made of it."""
        for limit, *of in self._own(Request(scope)):
            if not self._limiter.test(limit, *of):
                return self._left(limit, *of)
        return 0

    def _own(self, request: Request) -> list[tuple[RateLimitItem, str, str]]:
        token = self.token_of(request)
        # Only its digest is kept.
        return [(OF_ONE, "one", sha256(token.encode("utf-8", "surrogateescape")).hexdigest())] if token else []

    def token_of(self, request: Request) -> str | None:
        """The token that is presented."""
        return token_of(request, self._settings)

    def _left(self, limit: RateLimitItem, *of: str) -> int:
        return max(1, math.ceil(self._limiter.get_window_stats(limit, *of).reset_time - time.time()))


class FewOpenings:
    """Answers the opening of a stream with 429 and Retry-After where too many were opened just before; the others are looked up
    a few at a time."""

    def __init__(self, app: ASGIApp, openings: Openings) -> None:
        self.app = app
        self.openings = openings
        self._own, self._all = Turns(), asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not opens_stream(scope["path"]):
            await self.app(scope, receive, send)
            return
        wait = self.openings.wait(Request(scope))
        if wait:
            error = TooManyRequests(f"Too many streams were opened. Try again in {wait} s.", wait)
            await problem_json(problem_of(error))(scope, receive, send)
            return
        async with AsyncExitStack() as turn:
            try:
                await self._take(turn, Request(scope))
            except Busy as error:
                await problem_json(problem_of(error))(scope, receive, send)
                return

            async def send_and_end(message: Message) -> None:
                # With the first word of the reply the turn ends, for from then on the stream only waits.
                await turn.aclose()
                await send(message)

            await self.app(scope, receive, send_and_end)

    async def _take(self, turn: AsyncExitStack, request: Request) -> None:
        """One at a time for each sign-in, and few of all. Raises Busy."""
        token = self.openings.token_of(request)
        if token:
            await turn.enter_async_context(self._own.queue(token).passed())
        await turn.enter_async_context(self._all)


def opens_stream(path: str) -> bool:
    """Whether an address is that of a stream."""
    return path.endswith("/stream")
