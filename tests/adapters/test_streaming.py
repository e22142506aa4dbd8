"""Answers in pieces: told as they grow, ended by silence and not by length, lost where they have no last word."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from app.adapters import language_models
from app.adapters.configured import completer
from app.adapters.replies import pieces
from app.induction.model.language_model import Message, PermanentModelError, Prompt, Reply, TransientModelError
from app.settings import Settings

WORDS = Prompt((Message("user", "What is a fjord?"),), "answer", 200)
COUNTED = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}}


@dataclass
class Provider:
    """Sends what `script` yields, a chunk at a time; `asked` is what came, `left` is set when a caller goes away."""

    script: Callable[[dict[str, Any]], AsyncIterator[Any]]
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    serving: list[Any] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.append((asyncio.current_task(), writer))
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line)
        self.asked.append(json.loads(await reader.readexactly(length)))
        sending = asyncio.create_task(self._send(writer))
        try:
            with contextlib.suppress(ConnectionError):
                await reader.read()  # until the caller is gone
            self.left.set()
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            writer.transport.abort()

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        has_begun = False
        async for sent in self.script(self.asked[-1]):
            is_stream = isinstance(sent, bytes)
            body = sent if is_stream else json.dumps(sent).encode()
            if not has_begun:
                head = (
                    "200 OK\r\ncontent-type: text/event-stream"
                    if is_stream
                    else "400 No\r\ncontent-type: application/json"
                )
                writer.write(f"HTTP/1.1 {head}\r\ntransfer-encoding: chunked\r\n\r\n".encode())
                has_begun = True
            writer.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()


@asynccontextmanager
async def provided(script: Callable[[dict[str, Any]], AsyncIterator[Any]]) -> AsyncIterator[Provider]:
    provider = Provider(script)
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield provider
    finally:
        server.close()
        for serving, writer in provider.serving:
            writer.transport.abort()
            await asyncio.wait([serving])


def event(data: Any) -> bytes:
    return b"data: " + (data if isinstance(data, bytes) else json.dumps(data).encode()) + b"\n\n"


def delta(end: str | None = None, **said: str) -> bytes:
    return event({"choices": [{"index": 0, "delta": said, "finish_reason": end}]})


def model(provider: Provider) -> Any:
    return completer(Settings(model="openai/m", model_api_base=provider.url, model_api_key=SecretStr("k")))


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """The first call of a process loads the library, which may take longer than the silence that is waited for here."""

    async def script(_asked: dict[str, Any]) -> AsyncIterator[bytes]:
        yield delta("stop", content="A fjord.")

    async def run() -> None:
        async with provided(script) as provider:
            await model(provider).complete(WORDS)

    asyncio.run(run())


@pytest.fixture(autouse=True)
def every_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "TOLD_EVERY_SECONDS", 0.0)


def test_an_answer_is_told_as_it_grows_without_its_thoughts_and_is_counted() -> None:
    told: list[str] = []

    async def run() -> Reply:
        heard = asyncio.Event()

        async def script(_asked: dict[str, Any]) -> AsyncIterator[bytes]:
            yield delta(reasoning_content="They ask about fjords.")
            yield delta(content="A ")
            await heard.wait()
            yield delta(content="fjord.") + delta("stop")
            yield event(COUNTED) + event(b"[DONE]")

        def said(text: str) -> None:
            told.append(text)
            if text:
                heard.set()

        async with provided(script) as provider:
            reply: Reply = await model(provider).stream(WORDS, said)
            assert (provider.asked[0]["stream"], provider.asked[0]["stream_options"]) == (True, {"include_usage": True})
            return reply

    reply = asyncio.run(run())

    assert (reply.text, reply.usage.completion_tokens) == ("A fjord.", 5)
    assert told == ["", "A ", "A fjord."]


async def _silent(_asked: dict[str, Any]) -> AsyncIterator[bytes]:
    yield delta(content="A fjord")
    while True:
        yield b": still here\n\n"
        await asyncio.sleep(0.02)


async def _dripping(_asked: dict[str, Any]) -> AsyncIterator[bytes]:
    while True:
        yield delta(content="and ")
        await asyncio.sleep(0.02)


async def _lost(_asked: dict[str, Any]) -> AsyncIterator[bytes]:
    yield delta(content="A fjord is a long")
    yield event(b"[DONE]")


async def _failing(_asked: dict[str, Any]) -> AsyncIterator[bytes]:
    yield delta(content="A fjord")
    yield event({"error": {"code": 502, "message": "lost"}})


async def _endless(_asked: dict[str, Any]) -> AsyncIterator[bytes]:
    while True:
        yield delta(content="and so on " * 10_000)


@pytest.mark.parametrize(
    ("script", "kind"),
    [(_silent, "slow"), (_dripping, "slow"), (_lost, "lost"), (_failing, "down"), (_endless, "endless")],
)
def test_a_stream_that_stalls_drips_breaks_off_fails_or_never_ends_is_no_answer_and_is_ended(
    script: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language_models, "SILENCE_SECONDS", 3.0 if script is _silent else 60.0)
    monkeypatch.setattr(pieces, "MOST_SECONDS", 3.0 if script is _dripping else 60.0)

    async def run() -> str:
        async with provided(script) as provider:
            with pytest.raises((TransientModelError, PermanentModelError)) as failure:
                await model(provider).stream(WORDS, lambda _text: None)
            if kind in ("slow", "endless"):
                await asyncio.wait_for(provider.left.wait(), 20)
            return str(failure.value.kind)

    assert asyncio.run(run()) == kind


def test_a_call_that_is_cancelled_is_ended_at_the_provider() -> None:
    async def run() -> None:
        begun = asyncio.Event()
        async with provided(_dripping) as provider:
            call = asyncio.create_task(model(provider).stream(WORDS, lambda text: begun.set() if text else None))
            await asyncio.wait_for(begun.wait(), 60)
            call.cancel()
            await asyncio.wait_for(provider.left.wait(), 20)

    asyncio.run(run())


def test_a_provider_that_refuses_pieces_is_asked_for_the_whole() -> None:
    async def script(asked: dict[str, Any]) -> AsyncIterator[Any]:
        if "stream" in asked:
            yield {"error": {"message": "Unrecognized request argument supplied: stream_options", "code": "bad"}}
        else:
            yield delta("stop", content="A fjord.")

    async def run() -> tuple[str, list[bool]]:
        async with provided(script) as provider:
            reply = await model(provider).stream(WORDS, lambda _text: None)
            return reply.text, ["stream" in asked for asked in provider.asked]

    text, streamed = asyncio.run(run())

    assert text == "A fjord."
    assert streamed[0]
    assert not streamed[-1]


def in_parts(words: list[str], size: int) -> Iterator[bytes]:
    """The words' pieces as a network may hand them on, `size` bytes at a time."""
    sent = b"".join(delta(content=word) for word in words)
    return (sent[at : at + size] for at in range(0, len(sent), size))


@pytest.mark.parametrize("size", [7, 50, 10_000])
def test_what_came_last_before_a_pause_is_told_however_it_was_parted(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(pieces, "TOLD_EVERY_SECONDS", 0.01)

    async def run() -> Reply:
        told = asyncio.Event()

        async def script(_asked: dict[str, Any]) -> AsyncIterator[bytes]:
            for part in in_parts(["A ", "deep ", "fjord"], size):
                yield part
                await asyncio.sleep(0.02)
            await told.wait()
            yield delta("stop", content=".")

        def said(text: str) -> None:
            if text.endswith("fjord"):
                told.set()

        async with provided(script) as provider:
            reply: Reply = await model(provider).stream(WORDS, said)
            return reply

    assert asyncio.run(run()).text == "A deep fjord."


def test_what_came_last_before_a_pause_is_told_without_a_further_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "TOLD_EVERY_SECONDS", 0.2)

    async def run() -> Reply:
        told = asyncio.Event()

        async def script(_asked: dict[str, Any]) -> AsyncIterator[bytes]:
            for word in ("A ", "deep ", "fjord"):
                yield delta(content=word)
            await told.wait()
            yield delta("stop", content=".")

        def said(text: str) -> None:
            if text.endswith("fjord"):
                told.set()

        async with provided(script) as provider:
            reply: Reply = await model(provider).stream(WORDS, said)
            return reply

    assert asyncio.run(run()).text == "A deep fjord."
