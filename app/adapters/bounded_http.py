"""An HTTP client for model providers that a misbehaving provider cannot lead elsewhere or fill the memory with.

It asks only the address that was named, follows no redirect (the prompt would be sent along to the new host), asks for
uncompressed answers, and stops reading at a fixed size, unpacked: 200 KB can unpack to 200 MB.
"""

from __future__ import annotations

import functools
import os
import ssl
import zlib
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import httpx

from app.adapters.replies.heard import call_under_way

BODY_BYTES = 1_000_000
CONNECT_SECONDS = 5.0
IDLE_SECONDS = 4.0
"""A connection not used for so long is not used again: many servers close theirs after five seconds."""


_UNPACKED = ("gzip", "x-gzip", "deflate")
LOCAL = ("127.0.0.1", "localhost", "[::1]", "0.0.0.0")  # noqa: S104 (asked, not bound)
_ADDRESSES = ("_BASE", "_BASE_URL", "_API_URL", "_URL", "_ENDPOINT", "_HOST")
_OURS = ("MODEL_API_BASE", "SECOND_MODEL_API_BASE", "EMBEDDED_URL", "PUBLIC_URL", "DATABASE_URL", "MODEL_HUB")
_OWN_HOSTS = {
    "OPENAI": "api.openai.com",
    "ANTHROPIC": "api.anthropic.com",
    "GEMINI": "generativelanguage.googleapis.com",
    "MISTRAL": "api.mistral.ai",
    "GROQ": "api.groq.com",
    "DEEPSEEK": "api.deepseek.com",
    "XAI": "api.x.ai",
    "OPENROUTER": "openrouter.ai",
}
"""Where a variable that begins so leads to no other place than without it."""


class AnswerRefused(Exception):
    """The provider's answer breaks a bound; asking again would break it again. `kind` is one word for it."""

    def __init__(self, reason: str, kind: str) -> None:
        super().__init__(reason)
        self.kind = kind


def bounded_client(seconds: float, *, is_local: bool, keeps: bool = True) -> httpx.AsyncClient:
    """A client for calls at once or one after the other: connecting within 5 s, each read within `seconds`.

    Addresses of this machine bypass any proxy. A local one gets a connection a call: a new one costs nothing there, and an
    idle one would occupy one of the few threads of the embedded model's server. Without `keeps` every call has its own.
    """
    return httpx.AsyncClient(
        limits=httpx.Limits(
            max_keepalive_connections=0 if is_local or not keeps else None, keepalive_expiry=IDLE_SECONDS
        ),
        verify=_certificates(),
        trust_env=not is_local,
        mounts={f"all://{host}": None for host in LOCAL},
        follow_redirects=False,
        headers={"accept-encoding": "identity"},
        timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
        event_hooks={"request": [_only_where_it_was_named], "response": [_bound]},
    )


def is_local_address(address: str | None) -> bool:
    """Whether an address is one of this machine."""
    return urlsplit(address or "").hostname in {"127.0.0.1", "localhost", "::1", "0.0.0.0"}  # noqa: S104 (asked, not bound)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once: loading the certificates takes longer than making the client."""
    return httpx.create_ssl_context()


async def _only_where_it_was_named(request: httpx.Request) -> None:
    """Refuses, before anything is sent, an address that is not the one named, or that only a variable of the surroundings
    names: those are set for other programs, and nobody has said that texts may go there."""
    call = call_under_way()
    if call is None:
        return
    if call.only and _place(request.url) != _place(httpx.URL(call.only)):
        raise AnswerRefused(
            f"This provider's calls go to {request.url.host}, which is not the address that was named; nothing was sent. "
            "Leave MODEL_API_BASE empty, or set MODEL=openai/NAME if the address speaks OpenAI's format.",
            "elsewhere",
        )
    name = "" if call.only else _variable_that_names(request.url)
    if name:
        raise AnswerRefused(
            f"{name} in the environment leads this model's calls to {request.url.host}; nothing was sent. Set "
            "MODEL_API_BASE to that address if it is meant, or take the variable away.",
            "elsewhere",
        )


def _place(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _variable_that_names(url: httpx.URL) -> str:
    """The variable of the environment by which a provider's library came to this place; "" for its own address."""
    for name, value in os.environ.items():
        if not name.upper().endswith(_ADDRESSES) or name.upper() in _OURS or "://" not in value:
            continue
        try:
            named = httpx.URL(value.strip())
        except httpx.InvalidURL:
            continue
        is_its_own = _OWN_HOSTS.get(name.upper().partition("_")[0]) == named.host
        if _place(named) == _place(url) and not is_its_own:
            return name
    return ""


async def _bound(response: httpx.Response) -> None:
    """Reads the answer whole, within its bounds, and notes it for the call under way."""
    host = response.request.url.netloc.decode("ascii", "replace").rpartition("@")[2]
    if 300 <= response.status_code < 400:
        raise AnswerRefused(
            f"{host} sends its callers elsewhere, and nothing was sent there. Set MODEL_API_BASE to the final address.",
            "redirect",
        )
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError("an asynchronous client got a synchronous answer")
    packed_by = response.headers.pop("content-encoding", "").strip().lower()
    if packed_by not in {"", "identity", *_UNPACKED}:
        raise AnswerRefused(f"{host} sent an answer packed in a way that cannot be read.", "packed")
    unpack = _Unpacked(host) if packed_by in _UNPACKED else None
    call = call_under_way()
    response.stream = _Capped(response.stream, host, unpack, call.hear if call else None)
    body = await response.aread()
    if call is not None:
        call.note(host, response.status_code, dict(response.headers), body)


class _Capped(httpx.AsyncByteStream):
    """A body that ends in AnswerRefused once it is longer than any answer we could use."""

    def __init__(
        self,
        body: httpx.AsyncByteStream,
        host: str,
        unpack: _Unpacked | None,
        hear: Callable[[bytes], None] | None = None,
    ) -> None:
        self._body = body
        self._host = host
        self._unpack = unpack
        self._hear = hear

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self._body:
            plain = self._unpack.plain(chunk, BODY_BYTES + 1 - seen) if self._unpack else chunk
            seen += len(plain)
            if seen > BODY_BYTES:
                raise AnswerRefused(f"The answer of {self._host} did not end.", "endless")
            if self._hear:
                self._hear(plain)
            yield plain

    async def aclose(self) -> None:
        await self._body.aclose()


class _Unpacked:
    """What a server packed without being asked: never more of it than can be used is held, whatever it would unpack to."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, told by its first bytes

    def plain(self, packed: bytes, most: int) -> bytes:
        """The next part, at most so many bytes of it."""
        try:
            return self._unpacker.decompress(packed, most)
        except zlib.error as error:
            raise AnswerRefused(
                f"{self._host} sent an answer packed in a way that cannot be read.", "packed"
            ) from error
