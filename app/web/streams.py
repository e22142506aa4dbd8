"""Server-sent events as replies: few for one account, bounded in all, given up where nobody takes them.

What they tell of is read by following.py.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from typing import cast

from fastapi.sse import ServerSentEvent, format_sse_event
from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from app.web.refusals import Busy

KEEP_ALIVE_SECONDS = 15.0
DEAF_SECONDS = 60.0
STREAMS_OF_ONE = 4
STREAMS = 200
KEEP_ALIVE = b": still here\n\n"
REPLACED = ServerSentEvent(raw_data="replaced", event="done")
GOODBYE = ServerSentEvent(raw_data="The server is being restarted; ask again.", event="restart", retry=1_000)
"""A browser asks again by itself after a second."""


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
