"""Whose body is read, how much of it at once, and how long it may take: decided before a byte of it is read.

A body of at most 64 KB stands in the server's buffer anyway and is let through to the route's own checks. A larger one needs
its sign-in first, where its route needs one, and room: the bodies that are held at once are bounded over the process, and
for one address. Whoever finds no room is told so at once (503 with Retry-After), so nobody waits for a stranger's upload.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.models import Dependant
from starlette.requests import Request
from starlette.types import Message, Receive

from app.services import accounts
from app.services.accounts import AccountView
from app.storage.database import Database
from app.web import signing_in
from app.web.refusals import Busy, InvalidToken, Refused, SignInNeeded, check_scope

SMALL_BYTES = 64_000
ROOM_BYTES = 84_000_000
"""Bodies beyond SMALL_BYTES that a process holds at once, in all: four of the largest files."""
ROOM_OF_ONE_ADDRESS = 42_000_000
FIRST_SECONDS = 20.0
SLOWEST_BYTES = 50_000
"""A body has FIRST_SECONDS, and a second more for each so many bytes of it."""


class Room:
    """How many bytes of bodies this process holds, in all and for each address."""

    def __init__(self) -> None:
        self.held: Counter[str] = Counter()

    @contextmanager
    def take(self, who: str, size: int) -> Iterator[None]:
        """Holds room for `size` bytes while the block runs; raises Busy where there is none, without waiting."""
        if self.held.total() + size > ROOM_BYTES or self.held[who] + size > ROOM_OF_ONE_ADDRESS:
            raise Busy("Too many large uploads at the moment. Nothing was stored; try again shortly.")
        self.held[who] += size
        try:
            yield
        finally:
            self.held[who] -= size
            if not self.held[who]:
                del self.held[who]


def size_of_body(request: Request, most: int) -> int:
    """How many bytes the body says it has; of one that does not say, as many as it may have."""
    if "transfer-encoding" in request.headers:
        return most
    length = request.headers.get("content-length", "")
    return min(int(length), most) if length.isdecimal() and len(length) < 20 else 0


def scopes_needed(dependant: Dependant) -> frozenset[str] | None:
    """The scopes that a route's sign-in needs, read off what it asks for; None where it takes strangers."""
    found = frozenset(dependant.own_oauth_scopes or ()) if getattr(dependant.call, "needs_sign_in", False) else None
    for asked in map(scopes_needed, dependant.dependencies):
        if asked is not None:
            found = (found or frozenset()) | asked
    return found


async def check_sign_in(request: Request, needed: frozenset[str]) -> None:
    """Raises SignInNeeded, InvalidToken or ScopeMissing, as the route itself would after the body was read."""
    token = signing_in.presented_token(request)
    account = None
    if token:
        async with request.app.state.gates.readers:
            account = await run_in_threadpool(_account, request.app.state.database, token)
    if account is None:
        if signing_in.bearer_token(request.scope["headers"]) is not None:
            raise InvalidToken("This token is not valid, or no longer. Create an account for a new one.")
        raise SignInNeeded("You are not signed in here.")
    for scope in sorted(needed):
        check_scope(account.scopes, scope)


def _account(database: Database, token: str) -> AccountView | None:
    with database.reading() as session:
        return accounts.account_for_token(session, token)


def in_time(request: Request, receive: Receive, size: int) -> Receive:
    """Receives a body of `size` bytes as long as it keeps coming; raises Refused (408) once it has taken too long."""
    until: float | None = None
    whole = False

    async def receive_in_time() -> Message:
        nonlocal until, whole
        if whole:  # what comes after the body is the end of the connection, which may be waited for
            return await receive()
        if until is None:
            until = asyncio.get_running_loop().time() + FIRST_SECONDS + size / SLOWEST_BYTES
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            request.state.body_unread = True
            raise Refused(
                408, "too-slow", "The request came too slowly and was given up. Nothing was stored."
            ) from None
        whole = message["type"] != "http.request" or not message.get("more_body")
        return message

    return receive_in_time
