"""Whose body is read, how much of it at once, and how long it may take: decided before a byte of it is read.

A body of at most 64 KB stands in the server's buffer anyway and is let through to the route's own checks. A larger one needs
its sign-in first, where its route needs one, room, and a use of the limit that its route counts: the bodies that are held at
once are bounded over the process, for one person or address, and for all strangers together. Whoever finds no room is told so
at once (503 with Retry-After), so nobody waits for a stranger's upload.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi.dependencies.models import Dependant
from starlette.requests import Request
from starlette.types import Message, Receive

from app.domain.errors import NotAllowed
from app.services.people import accounts
from app.services.people.accounts import AccountView
from app.storage.database import Session
from app.web.guards import rates
from app.web.guards.rates import Kind, client_address
from app.web.guards.transactions import apart
from app.web.refusals import Busy, InvalidToken, Refused, SignInNeeded, check_scope
from app.web.signing_in import bearer_token, presented_token

SMALL_BYTES = 64_000
ROOM_BYTES = 84_000_000
"""Bodies beyond SMALL_BYTES that a process holds at once, in all: four of the largest files."""
ROOM_OF_STRANGERS = 42_000_000
"""The other half is for those who have chosen something here before: strangers cannot keep them out."""
ROOM_OF_ONE = 42_000_000
ROOM_OF_ONE_STRANGER = 21_000_000
ARCHIVES_AT_ONCE = 4
"""Whole archives, which lie on the disk as they come, have room apart: somebody new brings one first of all, and three may be of such."""
FIRST_SECONDS = 20.0
SLOWEST_BYTES = 50_000
SLOWEST_BYTES_OF_STRANGERS = 200_000
"""A body is given up once it is FIRST_SECONDS behind so many bytes a second."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who sends a large body or has a file read: `who` is an account's id or an address. A stranger is nobody we know:
    `is_known` says that there is an account in which something was chosen."""

    account: AccountView | None
    who: str
    is_known: bool


class Room:
    """How many bytes of bodies this process holds: in all, for each asker, and for all strangers together."""

    def __init__(
        self,
        in_all: int = ROOM_BYTES,
        of_strangers: int = ROOM_OF_STRANGERS,
        of_one: int = ROOM_OF_ONE,
        of_one_stranger: int = ROOM_OF_ONE_STRANGER,
    ) -> None:
        self._in_all, self._for_strangers = in_all, of_strangers
        self._of_one, self._of_one_stranger = of_one, of_one_stranger
        self.held: Counter[str] = Counter()
        self.of_strangers = 0

    @contextmanager
    def take(self, asker: Asker, size: int) -> Iterator[None]:
        """Holds room for `size` bytes while the block runs; raises Busy where there is none, without waiting."""
        room_of_one = self._of_one if asker.is_known else self._of_one_stranger
        stranger = 0 if asker.is_known else size
        if (
            self.held.total() + size > self._in_all
            or self.held[asker.who] + size > room_of_one
            or self.of_strangers + stranger > self._for_strangers
        ):
            raise Busy("Too many large uploads at the moment. Nothing was stored; try again shortly.")
        self.held[asker.who] += size
        self.of_strangers += stranger
        try:
            yield
        finally:
            self.of_strangers -= stranger
            self.held[asker.who] -= size
            if not self.held[asker.who]:
                del self.held[asker.who]


def room_for_archives(most: int) -> Room:
    """Room for a few whole archives of at most so many bytes."""
    return Room(ARCHIVES_AT_ONCE * most, (ARCHIVES_AT_ONCE - 1) * most, most, most)


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


async def asker(request: Request) -> Asker:
    """Who asks, looked up once a request. Raises NotAllowed for a suspended account."""
    found: Asker | None = getattr(request.state, "asker", None)
    if found is None:
        token = presented_token(request)
        found = await apart(request, lambda session: _asker(session, token), changes=False) if token else None
        found = request.state.asker = found or Asker(None, client_address(request), is_known=False)
    return found


def _asker(session: Session, token: str) -> Asker | None:
    account = accounts.account_for_token(session, token)
    if account is None:
        return None
    refuse_suspended(account)
    return Asker(account, account.account_id, accounts.has_chosen(session, account.account_id))


def refuse_suspended(account: AccountView) -> None:
    """Raises NotAllowed where an operator has suspended the account."""
    if account.is_suspended:
        raise NotAllowed(
            "Whoever runs this site has suspended this account. Nothing of it was deleted. Ask them why, or to have it "
            f"lifted or deleted, and tell them its code, {account.code}."
        )


def check_sign_in(request: Request, account: AccountView | None, needed: frozenset[str]) -> None:
    """Raises SignInNeeded, InvalidToken or ScopeMissing, as the route itself would after the body was read."""
    if account is None:
        if bearer_token(request.scope["headers"]) is not None:
            raise InvalidToken("This token is not valid, or no longer. Create an account for a new one.")
        raise SignInNeeded("You are not signed in here.")
    for scope in sorted(needed):
        check_scope(account.scopes, scope)


def kinds_counted(dependant: Dependant) -> frozenset[Kind]:
    """Which limits a route counts a use of, read off what it asks for; new guests are counted where they are made."""
    own: Kind | None = getattr(dependant.call, "counted_as", None)
    found: frozenset[Kind] = frozenset() if own is None or own in rates.OF_ADDRESSES else frozenset({own})
    return found.union(*map(kinds_counted, dependant.dependencies))


async def count_ahead(request: Request, kind: Kind) -> None:
    """Counts a use ahead of the request, for all processes, once; raises TooManyRequests."""
    who = (await asker(request)).who
    if not rates.is_counted(request, kind):
        await apart(request, lambda session: rates.take_ahead(request, kind, who, session), changes=True)


def in_time(request: Request, receive: Receive, slowest: int) -> Receive:
    """Receives a body as long as it keeps coming at `slowest` bytes a second; raises Refused (408) once it has fallen behind."""
    begun: float | None = None
    received = 0
    whole = False

    async def receive_in_time() -> Message:
        nonlocal begun, received, whole
        if whole:  # what comes after the body is the end of the connection, which may be waited for
            return await receive()
        if begun is None:
            begun = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(begun + FIRST_SECONDS + received / slowest):
                message = await receive()
        except TimeoutError:
            request.state.body_unread = True
            raise Refused(
                408,
                "too-slow",
                f"The request came more slowly than {slowest // 1000} KB a second and was given up. Nothing was stored.",
            ) from None
        received += len(message.get("body", b""))
        whole = message["type"] != "http.request" or not message.get("more_body")
        return message

    return receive_in_time
