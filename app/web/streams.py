"""Server-sent events of an induction run, read from its rows; any web process can serve them.

The rows are polled off the event loop, one look a run for all that follow it, each a short transaction of its own, so that an
open stream holds neither a connection nor a thread between looks.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from typing import NamedTuple, cast

from fastapi.sse import ServerSentEvent, format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from app.domain.errors import NotFound
from app.services.inducing import inducing
from app.services.inducing.inducing import RunView
from app.services.people import accounts
from app.storage.database import Database, DatabaseBusy, Session
from app.web.refusals import Busy

LOOK_EVERY_SECONDS = 0.5
KEEP_ALIVE_SECONDS = 15.0
DEAF_SECONDS = 60.0
STREAMS_OF_ONE = 4
STREAMS = 200
KEEP_ALIVE = b": still here\n\n"
REPLACED = ServerSentEvent(raw_data="replaced", event="done")
GOODBYE = ServerSentEvent(raw_data="The server is being restarted; ask again.", event="restart", retry=1_000)
"""A browser asks again by itself after a second."""
ENDED = frozenset({"done", "failed", "cancelled"})


class Looks:
    """One look at the database for a run, every half second, whoever follows it; what it found is told to all.

    Each follower's sign-in is looked up in the same transaction, and ends with it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followed: dict[tuple[str, str], _Followed] = {}

    async def changes(
        self, account_id: str, run_id: str, after_seq: int = 0, token: str | None = None
    ) -> AsyncIterator[tuple[int, RunView]]:
        """Yields (number of the newest event, the run) at once and then at every change, until the run has ended.

        Ends without a word when the run is deleted meanwhile, or when `token`, where one is given, signs in no longer. Raises
        NotFound where it is missing or another's at the start.
        """
        first = await run_in_threadpool(_look, self._database, account_id, run_id, after_seq, {token})
        if first.dead:
            raise NotFound("You are not signed in here any more.")
        seen, last = first.newest, first.run
        yield seen, last
        if last.state in ENDED:
            return
        followed = self._followed.setdefault((account_id, run_id), _Followed(seen))
        followed.tokens[token] += 1
        if followed.looking is None:
            followed.looking = asyncio.ensure_future(self._look_on(account_id, run_id, followed))
        try:
            while True:
                found = await followed.next_look()
                if found is None or token in found.dead:
                    return
                if found.newest > seen or found.run != last:
                    seen, last = max(seen, found.newest), found.run
                    yield seen, last
                if last.state in ENDED:
                    return
        finally:
            followed.tokens -= Counter([token])
            if not followed.tokens:
                followed.looking.cancel()
                if self._followed.get((account_id, run_id)) is followed:
                    del self._followed[account_id, run_id]

    async def _look_on(self, account_id: str, run_id: str, followed: _Followed) -> None:
        try:
            while not followed.has_ended:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
                tokens = set(followed.tokens)
                with contextlib.suppress(*DatabaseBusy):
                    found = await run_in_threadpool(_look, self._database, account_id, run_id, followed.newest, tokens)
                    followed.tell(found, has_ended=found.run.state in ENDED)
        except NotFound:
            pass
        finally:
            if not followed.has_ended:
                followed.tell(None, has_ended=True)


class _Look(NamedTuple):
    newest: int
    run: RunView
    dead: frozenset[str | None]
    """The sign-ins that sign in nobody any more."""


class _Followed:
    """A run that streams follow: by which sign-ins, and the look that all of them wait for."""

    def __init__(self, newest: int) -> None:
        self.newest = newest
        self.tokens: Counter[str | None] = Counter()
        self.looking: asyncio.Future[None] | None = None
        self.has_ended = False
        self._last: _Look | None = None
        self._upcoming: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def next_look(self) -> _Look | None:
        """The next look, or the last one where there will be no other; None where the run is gone."""
        if not self.has_ended:
            await asyncio.shield(self._upcoming)
        return self._last

    def tell(self, found: _Look | None, *, has_ended: bool) -> None:
        self._last, self.has_ended = found, has_ended
        if found is not None:
            self.newest = found.newest
        upcoming, self._upcoming = self._upcoming, asyncio.get_running_loop().create_future()
        upcoming.set_result(None)


def _look(database: Database, account_id: str, run_id: str, seen: int, tokens: set[str | None]) -> _Look:
    with database.reading() as session:
        dead = frozenset(token for token in tokens if token is not None and not _signs_in(session, token))
        run = inducing.run(session, account_id, run_id)
        events = inducing.events_since(session, account_id, run_id, seen)
    return _Look(max((event.seq for event in events), default=seen), run, dead)


def _signs_in(session: Session, token: str) -> bool:
    account = accounts.account_for_token(session, token)
    return account is not None and not account.is_suspended


class Streams:
    """The open streams of this process: few for one account, where the newest takes the place of the oldest, and bounded in all."""

    def __init__(self) -> None:
        self.open: dict[str, list[asyncio.Event]] = {}
        self.is_stopping = False

    def say_goodbye(self) -> None:
        """Ends every stream with a word: the process stops, and the reader may ask again at once."""
        self.is_stopping = True
        for own in self.open.values():
            for each in own:
                each.set()

    def check(self) -> None:
        """Raises Busy where no stream more may be opened."""
        if self.is_stopping or sum(map(len, self.open.values())) >= STREAMS:
            raise Busy("Too many pages are following a run at the moment. Load this one again shortly.")

    @contextmanager
    def place(self, account_id: str) -> Iterator[asyncio.Event]:
        """A place for one stream while the block runs; what it gives is set once the place is taken by a newer one."""
        mine, own = asyncio.Event(), self.open.setdefault(account_id, [])
        own.append(mine)
        for oldest in own[:-STREAMS_OF_ONE]:
            oldest.set()
        try:
            yield mine
        finally:
            own.remove(mine)
            if not own and self.open.get(account_id) is own:
                del self.open[account_id]


class _Events(StreamingResponse):
    """A stream that is given up when its reader takes nothing for DEAF_SECONDS."""

    async def stream_response(self, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(DEAF_SECONDS):
                await send(message)

        with contextlib.suppress(TimeoutError):
            async with contextlib.aclosing(cast("AsyncGenerator[bytes]", self.body_iterator)):
                await super().stream_response(send_in_time)


def event_stream(events: AsyncIterator[ServerSentEvent], streams: Streams, account_id: str) -> StreamingResponse:
    """The events as a reply, with a comment every 15 quiet seconds so that no proxy gives the connection up.

    Raises Busy where this process has too many streams. A stream whose place a newer one of the account takes ends with the
    event `done`, which keeps a page from opening it again.
    """
    streams.check()
    return _Events(
        _with_keep_alive(events, streams, account_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _with_keep_alive(
    events: AsyncIterator[ServerSentEvent], streams: Streams, account_id: str
) -> AsyncGenerator[bytes]:
    with streams.place(account_id) as taken:
        upcoming = asyncio.ensure_future(anext(events))
        replaced = asyncio.ensure_future(taken.wait())
        try:
            while True:
                done, _ = await asyncio.wait(
                    {upcoming, replaced}, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                if replaced in done:
                    yield _as_bytes(GOODBYE if streams.is_stopping else REPLACED)
                    return
                if not done:
                    yield KEEP_ALIVE
                    continue
                try:
                    event = upcoming.result()
                except StopAsyncIteration:
                    return
                yield _as_bytes(event)
                upcoming = asyncio.ensure_future(anext(events))
        finally:
            upcoming.cancel()
            replaced.cancel()


def _as_bytes(event: ServerSentEvent) -> bytes:
    return format_sse_event(data_str=event.raw_data, event=event.event, id=event.id, retry=event.retry)
