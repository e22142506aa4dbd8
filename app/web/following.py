"""What streams tell of, an induction run or two answers that grow, read from its rows; any web process can follow it.

The rows are polled off the event loop, one look a subject for all that follow it, each a short transaction of its own, so that an
open stream holds neither a connection nor a thread between looks.
"""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

from app.domain.errors import NotFound
from app.services.choosing import growing
from app.services.choosing.growing import GrowingView
from app.services.inducing import inducing
from app.services.inducing.inducing import RunView
from app.services.people import accounts
from app.storage.database import Database, DatabaseBusy, Session

LOOK_EVERY_SECONDS = 0.5
ENDED = frozenset({"done", "failed", "cancelled"})

Shown = TypeVar("Shown")


class Following(ABC, Generic[Shown]):
    """One look at the database for a subject, every half second, whoever follows it; what it found is told to all.

    Each follower's sign-in is looked up in the same transaction, and ends with it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followed: dict[tuple[str, str], _Followed[Shown]] = {}

    async def changes(
        self, account_id: str, subject_id: str, after_seq: int = 0, token: str | None = None
    ) -> AsyncIterator[tuple[int, Shown]]:
        """Yields (number of the newest event, what is shown) at once and then at every change, until that has ended.

        Ends without a word when the subject is deleted meanwhile, or when `token`, where one is given, signs in no longer. Raises
        NotFound where it is missing or another's at the start.
        """
        first = await run_in_threadpool(self._look, account_id, subject_id, after_seq, {token})
        if first.dead:
            raise NotFound("You are not signed in here any more.")
        seen, last = first.newest, first.shown
        yield seen, last
        if self.has_ended(last):
            return
        followed = self._followed.setdefault((account_id, subject_id), _Followed(seen))
        followed.tokens[token] += 1
        if followed.looking is None:
            followed.looking = asyncio.ensure_future(self._look_on(account_id, subject_id, followed))
        try:
            while True:
                found = await followed.next_look()
                if found is None or token in found.dead:
                    return
                if found.newest > seen or found.shown != last:
                    seen, last = max(seen, found.newest), found.shown
                    yield seen, last
                if self.has_ended(last):
                    return
        finally:
            followed.tokens -= Counter([token])
            if not followed.tokens:
                followed.looking.cancel()
                if self._followed.get((account_id, subject_id)) is followed:
                    del self._followed[account_id, subject_id]

    async def _look_on(self, account_id: str, subject_id: str, followed: _Followed[Shown]) -> None:
        try:
            while not followed.has_ended:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
                tokens = set(followed.tokens)
                with contextlib.suppress(*DatabaseBusy):
                    found = await run_in_threadpool(self._look, account_id, subject_id, followed.newest, tokens)
                    followed.tell(found, has_ended=self.has_ended(found.shown))
        except NotFound:
            pass
        finally:
            if not followed.has_ended:
                followed.tell(None, has_ended=True)

    def _look(self, account_id: str, subject_id: str, seen: int, tokens: set[str | None]) -> _Look[Shown]:
        with self._database.reading() as session:
            dead = frozenset(token for token in tokens if token is not None and not _signs_in(session, token))
            newest, shown = self.read(session, account_id, subject_id, seen)
        return _Look(newest, shown, dead)

    @abstractmethod
    def read(self, session: Session, account_id: str, subject_id: str, seen: int) -> tuple[int, Shown]:
        """The number of the newest event, `seen` or later, and what is shown. Raises NotFound."""

    @abstractmethod
    def has_ended(self, shown: Shown) -> bool:
        """Whether nothing of it will change any more."""


class Looks(Following[RunView]):
    """Induction runs."""

    def read(self, session: Session, account_id: str, subject_id: str, seen: int) -> tuple[int, RunView]:
        run = inducing.run(session, account_id, subject_id)
        events = inducing.events_since(session, account_id, subject_id, seen)
        return max((event.seq for event in events), default=seen), run

    def has_ended(self, shown: RunView) -> bool:
        return shown.state in ENDED


class PairLooks(Following[GrowingView]):
    """Answers that are being written."""

    def read(self, session: Session, account_id: str, subject_id: str, seen: int) -> tuple[int, GrowingView]:
        return seen, growing.growing_pair(session, account_id, subject_id)

    def has_ended(self, shown: GrowingView) -> bool:
        return not shown.is_live


@dataclass(frozen=True, slots=True)
class _Look(Generic[Shown]):
    newest: int
    shown: Shown
    dead: frozenset[str | None]
    """The sign-ins that sign in nobody any more."""


class _Followed(Generic[Shown]):
    """A subject that streams follow: by which sign-ins, and the look that all of them wait for."""

    def __init__(self, newest: int) -> None:
        self.newest = newest
        self.tokens: Counter[str | None] = Counter()
        self.looking: asyncio.Future[None] | None = None
        self.has_ended = False
        self._last: _Look[Shown] | None = None
        self._upcoming: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def next_look(self) -> _Look[Shown] | None:
        """The next look, or the last one where there will be no other; None where it is gone."""
        if not self.has_ended:
            await asyncio.shield(self._upcoming)
        return self._last

    def tell(self, found: _Look[Shown] | None, *, has_ended: bool) -> None:
        self._last, self.has_ended = found, has_ended
        if found is not None:
            self.newest = found.newest
        upcoming, self._upcoming = self._upcoming, asyncio.get_running_loop().create_future()
        upcoming.set_result(None)


def _signs_in(session: Session, token: str) -> bool:
    account = accounts.account_for_token(session, token)
    return account is not None and not account.is_suspended
