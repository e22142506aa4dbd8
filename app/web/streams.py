"""Server-sent events of an induction run, read from its rows; any web process can serve them.

The rows are polled off the event loop, each look a short transaction of its own, so that an open stream holds neither a
connection nor a thread between looks.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from typing import cast

from fastapi.sse import ServerSentEvent, format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from app.domain.errors import NotFound
from app.services import accounts, inducing
from app.services.inducing import RunView
from app.storage.database import Database
from app.web.refusals import Busy

LOOK_EVERY_SECONDS = 0.5
KEEP_ALIVE_SECONDS = 15.0
DEAF_SECONDS = 60.0
STREAMS_OF_ONE = 4
STREAMS = 200
KEEP_ALIVE = b": still here\n\n"
ENDED = frozenset({"done", "failed", "cancelled"})


async def run_changes(
    database: Database, account_id: str, run_id: str, after_seq: int = 0, token: str | None = None
) -> AsyncIterator[tuple[int, RunView]]:
    """Yields (number of the newest event, the run) at once and then at every change, until the run has ended.

    Ends without a word when the run is deleted meanwhile, or when `token`, where one is given, signs in no longer. Raises NotFound where it is missing or another's at the start.
    """
    seen, last = after_seq, None
    while True:
        try:
            newest, run = await run_in_threadpool(_look, database, account_id, run_id, seen, token)
        except NotFound:
            if last is None:
                raise
            return
        if last is None or newest > seen or run != last:
            yield newest, run
        seen, last = newest, run
        if run.state in ENDED:
            return
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def _look(database: Database, account_id: str, run_id: str, seen: int, token: str | None) -> tuple[int, RunView]:
    with database.reading() as session:
        account = accounts.account_for_token(session, token) if token is not None else None
        if token is not None and (account is None or account.is_suspended):
            raise NotFound("You are not signed in here any more.")
        run = inducing.run(session, account_id, run_id)
        events = inducing.events_since(session, account_id, run_id, seen)
    return max((event.seq for event in events), default=seen), run


class Streams:
    """The open streams of this process: few for one account, where the newest takes the place of the oldest, and bounded in all."""

    def __init__(self) -> None:
        self.open: dict[str, list[asyncio.Event]] = {}

    def check(self) -> None:
        """Raises Busy where no stream more may be opened."""
        if sum(map(len, self.open.values())) >= STREAMS:
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
                    yield _as_bytes(ServerSentEvent(raw_data="replaced", event="done"))
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
