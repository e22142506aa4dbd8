"""Server-sent events of an induction run, read from its rows; any web process can serve them.

The rows are polled off the event loop, each look a short transaction of its own, so that an open stream holds neither a
connection nor a thread between looks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi.sse import ServerSentEvent, format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from app.domain.errors import NotFound
from app.services import inducing
from app.services.inducing import RunView
from app.storage.database import Database

LOOK_EVERY_SECONDS = 0.5
KEEP_ALIVE_SECONDS = 15.0
KEEP_ALIVE = b": still here\n\n"
ENDED = frozenset({"done", "failed", "cancelled"})


async def run_changes(
    database: Database, account_id: str, run_id: str, after_seq: int = 0
) -> AsyncIterator[tuple[int, RunView]]:
    """Yields (number of the newest event, the run) at once and then at every change, until the run has ended.

    Ends without a word when the run is deleted meanwhile. Raises NotFound where it is missing or another's at the start.
    """
    seen, last = after_seq, None
    while True:
        try:
            newest, run = await run_in_threadpool(_look, database, account_id, run_id, seen)
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


def _look(database: Database, account_id: str, run_id: str, seen: int) -> tuple[int, RunView]:
    with database.reading() as session:
        run = inducing.run(session, account_id, run_id)
        events = inducing.events_since(session, account_id, run_id, seen)
    return max((event.seq for event in events), default=seen), run


def event_stream(events: AsyncIterator[ServerSentEvent]) -> StreamingResponse:
    """The events as a reply, with a comment every 15 quiet seconds so that no proxy gives the connection up."""
    return StreamingResponse(
        _with_keep_alive(events),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _with_keep_alive(events: AsyncIterator[ServerSentEvent]) -> AsyncIterator[bytes]:
    upcoming = asyncio.ensure_future(anext(events))
    try:
        while True:
            done, _ = await asyncio.wait({upcoming}, timeout=KEEP_ALIVE_SECONDS)
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


def _as_bytes(event: ServerSentEvent) -> bytes:
    return format_sse_event(data_str=event.raw_data, event=event.event, id=event.id, retry=event.retry)
