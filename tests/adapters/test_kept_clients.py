"""Calls of one event loop share connections; nothing of one call, however it went wrong, reaches the next."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from app.adapters import ways_out
from app.adapters.bounded_http import bounded_client
from app.adapters.configured import completer
from app.induction.model.language_model import Message, PermanentModelError, Prompt, Reply, TransientModelError
from app.services.calling.model_calls import Completer
from app.settings import Settings
from tests.stand_in import StandIn

ANSWER = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "A fjord."}}],
    "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
}


class Counting(ThreadingHTTPServer):
    """Answers every call alike and counts connections; with `ends_each` it closes one after its answer unannounced."""

    daemon_threads = True
    request_queue_size = 64
    made = 0
    still_open = 0
    ends_each = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Counting

    def setup(self) -> None:
        super().setup()
        self.server.made += 1
        self.server.still_open += 1

    def finish(self) -> None:
        super().finish()
        self.server.still_open -= 1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.server.ends_each

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def counting() -> Iterator[Counting]:
    with Counting(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of the tests are treated as those of a provider, to which connections are kept."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(ways_out, "bounded_client", lambda seconds, **_: bounded_client(seconds, is_local=False))


def model_at(url: str, provider: str = "openai") -> Completer:
    return completer(Settings(model=f"{provider}/stand-in", model_api_base=url, model_api_key=SecretStr("key")))


def words(number: int) -> Prompt:
    return Prompt((Message("user", f"What is a fjord? {number}"),), "answer", 200)


async def one_after_the_other(model: Completer, count: int) -> list[Reply]:
    return [await model.complete(words(number)) for number in range(count)]


async def at_once(model: Completer, count: int) -> list[Reply]:
    return list(await asyncio.gather(*(model.complete(words(number)) for number in range(count))))


@pytest.mark.usefixtures("far_away")
def test_calls_of_one_loop_share_a_connection_that_is_closed_with_the_loop(counting: Counting) -> None:
    model = model_at(counting.url)

    replies = asyncio.run(one_after_the_other(model, 5))
    again = asyncio.run(one_after_the_other(model, 2))

    assert len(replies + again) == 7
    assert counting.made == 2
    wait_until(lambda: counting.still_open == 0)


@pytest.mark.usefixtures("far_away")
@pytest.mark.parametrize("provider", ["groq", "hosted_vllm", "azure"])
def test_providers_with_handlers_of_their_own_share_connections_likewise(counting: Counting, provider: str) -> None:
    model = model_at(counting.url, provider)

    replies = asyncio.run(one_after_the_other(model, 3)) + asyncio.run(one_after_the_other(model, 2))

    assert len(replies) == 5
    assert counting.made == 2
    wait_until(lambda: counting.still_open == 0)


@pytest.mark.parametrize("provider", ["groq", "cloudflare"])
def test_calls_at_once_by_handlers_are_all_answered_and_leave_no_connection_open(
    counting: Counting, provider: str
) -> None:
    model = model_at(counting.url, provider)

    replies = asyncio.run(at_once(model, 16)) + asyncio.run(at_once(model, 16))

    assert {reply.text for reply in replies} == {"A fjord."}
    assert counting.made == 32
    wait_until(lambda: counting.still_open == 0)


@pytest.mark.usefixtures("far_away")
def test_two_models_of_one_provider_share_its_connections(counting: Counting) -> None:
    settings = Settings(
        model="openai/one", second_model="openai/two", model_api_base=counting.url, model_api_key=SecretStr("key")
    )

    async def both() -> None:
        await completer(settings).complete(words(1))
        await completer(settings, model="openai/two").complete(words(2))

    asyncio.run(both())

    assert counting.made == 1


@pytest.mark.usefixtures("far_away")
def test_many_calls_at_once_get_a_connection_each(counting: Counting) -> None:
    replies = asyncio.run(at_once(model_at(counting.url), 24))

    assert {reply.text for reply in replies} == {"A fjord."}
    assert 1 < counting.made <= 24


def test_a_server_on_this_machine_gets_a_connection_a_call_and_keeps_none_open(counting: Counting) -> None:
    async def scene() -> None:
        await one_after_the_other(model_at(counting.url), 3)
        await asyncio.to_thread(wait_until, lambda: counting.still_open == 0)

    asyncio.run(scene())

    assert counting.made == 3


@pytest.mark.usefixtures("far_away")
def test_a_connection_that_the_provider_closed_meanwhile_is_not_used_again(counting: Counting) -> None:
    counting.ends_each = True

    async def scene() -> int:
        model = model_at(counting.url)
        for number in range(4):
            await model.complete(words(number))
            await asyncio.to_thread(wait_until, lambda: counting.still_open == 0)
            await asyncio.sleep(0.02)
        return counting.made

    assert asyncio.run(scene()) == 4


@pytest.mark.usefixtures("far_away")
@pytest.mark.parametrize("mode", ["endless", "drip", "cut", "gzbomb", "redir", "429", "500", "long", "hang"])
def test_after_an_answer_that_went_wrong_the_next_call_of_the_loop_is_answered_within_the_same_bounds(
    provider: StandIn, mode: str
) -> None:
    settings = Settings(model="openai/stand-in", model_api_base=provider.url, model_api_key=SecretStr("key"))
    model = replace(completer(settings), seconds=1.0 if mode in {"hang", "drip"} else 30.0)

    async def scene() -> list[str]:
        told = []
        for number in range(4):
            await asyncio.to_thread(provider.spoil, mode if number % 2 == 0 else "none")
            try:
                told.append((await model.complete(words(number))).text[:0])
            except (TransientModelError, PermanentModelError) as error:
                told.append(type(error).__name__)
        return told

    first, second, third, fourth = asyncio.run(scene())

    assert (second, fourth) == ("", "")
    assert first == third != ""


def wait_until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
