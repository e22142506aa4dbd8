"""The client that loads a server, and which verdicts it sends; nothing here is timed."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from itertools import cycle, islice, pairwise

import pytest

from bench.load.__main__ import Measured, holds
from bench.load.client import Loaded, load, request
from bench.load.people import Person, reads, verdicts


@pytest.fixture
def asked() -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers in two pieces, every third request with 429, and what it was asked."""
    heard: list[bytes] = []
    loop = asyncio.new_event_loop()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                await one(reader, writer)
        writer.close()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        heard.append(head + await reader.readexactly(length))
        status = "429 Too Many Requests" if len(heard) % 3 == 0 else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 4\r\n\r\nwo".encode())
        await writer.drain()
        writer.write(b"rd")

    server = loop.run_until_complete(asyncio.start_server(answer, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


def test_every_request_is_answered_before_the_next_and_refusals_are_counted_apart(
    asked: tuple[str, list[bytes]],
) -> None:
    address, heard = asked

    loaded = load(address, cycle([request("PUT", "/one", "secret", b'{"a": 1}')]), 2, 0.1)

    assert heard[0].startswith(b"PUT /one HTTP/1.1\r\n")
    assert heard[0].endswith(b'\r\n\r\n{"a": 1}')
    assert b"Authorization: Bearer secret" in heard[0]
    assert loaded.failed == len(heard) // 3
    # What was on its way at the end is not counted.
    assert len(heard) - loaded.failed - 2 <= len(loaded.took) <= len(heard) - loaded.failed


def test_everybody_has_a_turn_and_no_verdict_is_the_one_given_before() -> None:
    people = [Person("one", ["a", "b"]), Person("two", ["c", "d", "e"])]

    sent = list(islice(verdicts(people), 12))

    tokens = [line.partition(b"Bearer ")[2][:3] for line in sent]
    assert tokens == [b"one", b"two"] * 6
    of_a = [line.partition(b'"value": "')[2].partition(b'"')[0] for line in sent if b"/a/" in line]
    assert all(one != next_ for one, next_ in pairwise(of_a))
    assert [line.partition(b"Bearer ")[2][:3] for line in islice(reads(people, "/choose"), 3)] == [
        b"one",
        b"two",
        b"one",
    ]


@pytest.mark.parametrize(
    ("name", "rate", "seconds_each", "failed", "is_held"),
    [
        ("verdict", 20, 0.16, 0, True),
        ("verdict", 19, 0.16, 0, False),
        ("verdict", 20, 0.17, 0, False),
        ("verdict", 20, 0.16, 1, False),
        ("/choices with 10 choices", 150, 1.0, 0, True),
        ("/choose", 199, 0.01, 0, False),
    ],
)
def test_a_bar_is_held_by_share_of_the_bare_endpoint_and_time_or_by_pages_a_second(
    name: str, rate: int, seconds_each: float, failed: int, is_held: bool
) -> None:
    bare = Measured("bare endpoint", 32, Loaded(1, [0.01] * 100), 1.0, 0.0)

    assert holds(Measured(name, 32, Loaded(1, [seconds_each] * rate, failed), 5.0, 0.0), bare) is is_held
