"""An HTTP client for model providers that a misbehaving provider cannot lead elsewhere or fill the memory with.

It follows no redirect (the prompt would be sent along to the new host), asks for uncompressed answers and refuses
compressed ones (200 KB can unpack to 200 MB), and stops reading at a fixed size.
"""

from __future__ import annotations

import functools
import ssl
from collections.abc import AsyncIterator

import httpx

from app.adapters.replies import heard

BODY_BYTES = 1_000_000
CONNECT_SECONDS = 5.0
IDLE_SECONDS = 4.0
"""A connection not used for so long is not used again: many servers close theirs after five seconds."""


class AnswerRefused(Exception):
    """The provider's answer breaks a bound; asking again would break it again. `kind` is one word for it."""

    def __init__(self, reason: str, kind: str) -> None:
        super().__init__(reason)
        self.kind = kind


def bounded_client(seconds: float, *, is_local: bool) -> httpx.AsyncClient:
    """A client for calls at once or one after the other: connecting within 5 s, each read within `seconds`.

    Local addresses bypass any proxy and get a connection a call: a new one costs nothing there, and an idle one would
    occupy one of the few threads of the embedded model's server.
    """
    return httpx.AsyncClient(
        limits=httpx.Limits(max_keepalive_connections=0 if is_local else None, keepalive_expiry=IDLE_SECONDS),
        verify=_certificates(),
        trust_env=not is_local,
        follow_redirects=False,
        headers={"accept-encoding": "identity"},
        timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
        event_hooks={"response": [_bound]},
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once: loading the certificates takes longer than making the client."""
    return httpx.create_ssl_context()


async def _bound(response: httpx.Response) -> None:
    """Reads the answer whole, within its bounds, and notes it for the call under way."""
    host = response.request.url.netloc.decode("ascii", "replace").rpartition("@")[2]
    if 300 <= response.status_code < 400:
        raise AnswerRefused(
            f"{host} sends its callers elsewhere, and nothing was sent there. Set MODEL_API_BASE to the final address.",
            "redirect",
        )
    if response.headers.get("content-encoding", "identity") != "identity":
        raise AnswerRefused(f"{host} sent a compressed answer although none was asked for.", "packed")
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError("an asynchronous client got a synchronous answer")
    response.stream = _Capped(response.stream, host)
    body = await response.aread()
    heard.note(host, response.status_code, dict(response.headers), body)


class _Capped(httpx.AsyncByteStream):
    """A body that ends in AnswerRefused once it is longer than any answer we could use."""

    def __init__(self, body: httpx.AsyncByteStream, host: str) -> None:
        self._body = body
        self._host = host

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self._body:
            seen += len(chunk)
            if seen > BODY_BYTES:
                raise AnswerRefused(f"The answer of {self._host} did not end.", "endless")
            yield chunk

    async def aclose(self) -> None:
        await self._body.aclose()
