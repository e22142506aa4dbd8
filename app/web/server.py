"""The HTTP server: uvicorn, with an end to slow headers, a bound on connections, and a word to open streams when it stops."""

from __future__ import annotations

import asyncio
import random
import socket
import sys
from collections import Counter
from typing import Any, ClassVar

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.surroundings.garbage import pass_over_what_the_start_made
from app.web.guards.openings import Openings, opens_stream
from app.web.streams import Streams

HEAD_SECONDS = 10.0
"""From the first byte, or the opening of a connection, to the end of a request's headers."""
LARGEST_HEAD = 64 * 1024
CONNECTIONS = 1_000
CONNECTIONS_OF_ONE = 200
"""Of one address; this machine's own and named proxies may have as many as there are in all."""
SWITCH_SECONDS = 0.0005
"""A request passes between the event loop and a thread several times, and each time waits for whoever computes: Python's own
five milliseconds, a few times over, are what a verdict takes alone."""
REFUSED_AFTER_SECONDS = (1.0, 3.0)
"""Who opens streams again and again hears no only then, each at another moment: three hundred that ask anew at each refusal,
and all at once, are some work too."""
_HERE = frozenset({"127.0.0.1", "::1"})


def _refusal(status: str, seconds: int) -> bytes:
    head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: {seconds}\r\n\r\n"
    return head.encode()


class BoundedProtocol(HttpToolsProtocol):
    """One connection. Headers that do not end in time, or grow too large, end it; so does one connection too many, and the
    opening of a stream by who opened too many just before: hundreds of them are to cost less than one request does."""

    by_address: ClassVar[Counter[str]] = Counter()
    is_behind_proxy: ClassVar[bool] = False
    openings: ClassVar[Openings | None] = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._head_timer: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._is_refused = False
        self._address = self.client[0] if self.client else ""
        BoundedProtocol.by_address[self._address] += 1
        is_bounded = self._address not in _HERE and not self.is_behind_proxy
        if len(self.connections) > CONNECTIONS or (is_bounded and self.by_address[self._address] > CONNECTIONS_OF_ONE):
            self._give_up("503 Service Unavailable")
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        BoundedProtocol.by_address[self._address] -= 1
        if not BoundedProtocol.by_address[self._address]:
            del BoundedProtocol.by_address[self._address]
        self._head_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD:
                self._give_up("431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._head_timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        self._head_is_there()
        if self._is_refused:
            return
        wait = self.openings.refused(dict(self.scope)) if self.openings and self._opens_stream() else 0
        if wait:
            self._is_refused = True
            self.transport.pause_reading()
            self.loop.call_later(random.uniform(*REFUSED_AFTER_SECONDS), self._give_up, "429 Too Many Requests", wait)
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._is_refused:
            super().on_message_complete()

    def _opens_stream(self) -> bool:
        is_first = getattr(self.cycle, "response_complete", True)  # else others are to be answered before it
        return is_first and opens_stream(self.url.partition(b"?")[0].decode("latin-1"))

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up, "408 Request Timeout")

    def _head_is_there(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self, status: str, seconds: int = 5) -> None:
        self._head_is_there()
        if self.transport.is_closing():
            return
        if getattr(self.cycle, "response_complete", True):
            self.transport.write(_refusal(status, seconds))
        self.transport.close()


class Server(uvicorn.Server):
    """Tells every open stream that it goes before it waits for them to end."""

    def __init__(self, config: uvicorn.Config, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.say_goodbye()
        await super().shutdown(sockets)


def run(app: Any, *, host: str, port: int, trusted_proxies: str, stop_seconds: int) -> None:
    """Serves the application until it is told to stop."""
    sys.setswitchinterval(SWITCH_SECONDS)
    pass_over_what_the_start_made()
    BoundedProtocol.is_behind_proxy = bool(trusted_proxies)
    BoundedProtocol.openings = app.state.openings
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedProtocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies,
        timeout_graceful_shutdown=stop_seconds,
        limit_concurrency=CONNECTIONS,
    )
    Server(config, app.state.streams).run()
