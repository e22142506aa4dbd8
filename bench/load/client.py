"""A client that keeps so many connections busy: each sends its next request as soon as the last one is answered.

It knows no more of HTTP than it needs (bodies of a stated length), so that it costs little beside what it measures.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_OK = frozenset({b"200", b"201", b"204"})


@dataclass
class Loaded:
    """What came back: seconds of each request that ended within the while, and how many were refused or broke off."""

    seconds: float
    took: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.took) / self.seconds

    def milliseconds(self, share: float) -> float:
        """What this share of the requests took at most."""
        return 1000 * sorted(self.took)[int(share * (len(self.took) - 1))] if self.took else float("inf")


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """One request as it goes over the wire."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], loaded: Loaded, ends: float) -> None:
        self._requests, self._loaded, self._ends = requests, loaded, ends
        self._held, self._missing, self._begun = b"", -1, 0.0
        self.gone = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._held += data
        if self._missing < 0:
            head, found, rest = self._held.partition(b"\r\n\r\n")
            if not found:
                return
            self._status, self._held = head[9:12], rest
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self._missing = int(length or 0)
        if len(self._held) < self._missing:
            return
        now = time.perf_counter()
        if self._status not in _OK:
            self._loaded.failed += 1
        elif now <= self._ends:
            self._loaded.took.append(now - self._begun)
        self._held, self._missing = b"", -1
        if now < self._ends:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._loaded.failed += exc is not None or time.perf_counter() < self._ends
        self.gone.set_result(None)

    def _send(self) -> None:
        self._begun = time.perf_counter()
        self._transport.write(next(self._requests))


def load(address: str, requests: Iterator[bytes], clients: int, seconds: float) -> Loaded:
    """Sends the requests in their order over `clients` connections for so many seconds."""
    return asyncio.run(_load(address, requests, clients, seconds))


async def _load(address: str, requests: Iterator[bytes], clients: int, seconds: float) -> Loaded:
    loaded, place = Loaded(seconds), urlsplit(address)
    host, port = place.hostname or "localhost", place.port or 80
    ends = time.perf_counter() + seconds
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: _Connection(requests, loaded, ends), host, port) for _ in range(clients)
    ]
    await asyncio.gather(*(connection.gone for _, connection in opened))
    return loaded
