"""The real server on real sockets: slow headers end, large ones too, others are served, and open streams hear of the end."""

from __future__ import annotations

import contextlib
import gc
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from limits import RateLimitItemPerSecond
from starlette.requests import Request

from app.settings import Settings
from app.web import server
from app.web.guards import openings
from app.web.guards.openings import Openings
from app.web.server import BoundedProtocol, Server
from app.web.streams import Streams
from tests.web.serving import web_process

STREAM = b"GET /stream HTTP/1.1\r\nHost: here\r\n\r\n"
PING = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


asked: list[str] = []


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers "pong", and notes what it was asked."""
    assert scope["type"] == "http"
    asked.append(scope["path"])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"pong"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.6)
    config = uvicorn.Config(
        app, port=0, http=BoundedProtocol, lifespan="off", log_level="critical", limit_concurrency=1_000
    )
    running = Server(config, Streams())
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield running.servers[0].sockets[0].getsockname()[1]
    running.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def call(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def dribbled(connection: socket.socket) -> bytes:
    """What comes back while a header is sent byte by byte."""
    connection.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
    for _ in range(200):
        connection.sendall(b"y")
        with contextlib.suppress(TimeoutError):
            return connection.recv(1_000)
    return b"still there"


def rest(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    got = b""
    while chunk := connection.recv(65_536):
        got += chunk
    return got


def pong(connection: socket.socket) -> bytes:
    """The reply to a request whose connection stays: as many pieces as its head and body come in, or what came before its end."""
    connection.sendall(PING)
    got = b""
    while not got.endswith(b"pong") and (chunk := connection.recv(1_000)):
        got += chunk
    return got


def test_a_client_that_sends_its_headers_byte_by_byte_is_cut_off(port: int) -> None:
    with call(port) as slow:
        slow.settimeout(0.05)
        assert dribbled(slow).startswith(b"HTTP/1.1 408")
    with call(port) as healthy:
        assert pong(healthy).startswith(b"HTTP/1.1 200")


def test_a_connection_on_which_nothing_comes_is_told_and_closed(port: int) -> None:
    with call(port) as silent:
        assert rest(silent).startswith(b"HTTP/1.1 408")


def test_a_client_that_keeps_its_connection_is_served_as_long_as_it_asks(port: int) -> None:
    with call(port) as healthy:
        for _ in range(4):
            assert pong(healthy).endswith(b"pong")
            time.sleep(0.3)


def test_headers_that_never_end_are_refused_by_their_size(port: int) -> None:
    with call(port) as large:
        large.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n")
        reply = b""
        try:
            for number in range(200):
                large.sendall(b"X-%d: " % number + b"y" * 1_000 + b"\r\n")
            reply = rest(large)
        except OSError:
            pass
        assert reply == b"" or reply.startswith(b"HTTP/1.1 431")


def test_beyond_the_limit_of_connections_one_is_told_at_once_and_others_stay(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 30.0)
    monkeypatch.setattr(server, "_HERE", frozenset[str]())
    monkeypatch.setattr(server, "CONNECTIONS_OF_ONE", 3)
    with contextlib.ExitStack() as until_the_end:
        held = [until_the_end.enter_context(call(port)) for _ in range(3)]
        for each in held:
            assert pong(each).endswith(b"pong")
        with call(port) as another:
            assert rest(another).startswith(b"HTTP/1.1 503")
        assert pong(held[0]).endswith(b"pong")


def test_the_real_process_tells_its_streams_when_it_is_asked_to_stop(database_url: str, tmp_path: Path) -> None:
    with web_process(tmp_path, database_url) as web, httpx2.Client(base_url=web.address, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {client.post('/api/v1/accounts').json()['token']}"
        client.post("/api/v1/samples/tulu-evaluator").raise_for_status()
        run_id = client.post("/api/v1/runs", json={}).raise_for_status().json()["run_id"]
        with client.stream("GET", f"/api/v1/runs/{run_id}/stream") as reply:
            lines = reply.iter_lines()
            assert next(lines) == "event: run"
            web.ask_to_stop()
            told = list(lines)
        assert "event: restart" in told
        # By the signal itself, after everything was said.
        assert web.wait() in (0, -signal.SIGTERM)


def test_an_opening_too_many_is_refused_before_the_application_hears_of_it(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openings, "OF_ONE", RateLimitItemPerSecond(2, 3_600))
    monkeypatch.setattr(server, "REFUSED_AFTER_SECONDS", (0.1, 0.2))
    counted = Openings(Settings(_env_file=None))
    monkeypatch.setattr(BoundedProtocol, "openings", counted)
    head = b"GET /run/stream?a=1 HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer %s\r\n\r\n"
    headers = [(b"authorization", b"Bearer one")]
    for _ in range(2):
        counted.wait(Request({"type": "http", "headers": headers, "client": ("127.0.0.1", 1)}))
    asked.clear()

    with call(port) as refused:
        refused.sendall((head % b"one").replace(b"\r\n\r\n", b"\r\nContent-Length: 4\r\n\r\nbody") + head % b"other")
        reply = rest(refused)
    with call(port) as other:
        other.sendall(head % b"other")
        assert other.recv(1_000).startswith(b"HTTP/1.1 200")
    with call(port) as same:
        same.sendall((head % b"one").replace(b"/run/stream", b"/run"))
        assert same.recv(1_000).startswith(b"HTTP/1.1 200")

    assert reply.startswith(b"HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n")
    assert b"Retry-After: " in reply
    assert asked == ["/run/stream", "/run"]


def test_what_was_made_by_the_start_is_not_looked_through_for_garbage_again(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[int] = []
    interval = sys.getswitchinterval()
    monkeypatch.setattr(Server, "run", lambda _self: frozen.append(gc.get_freeze_count()))
    held = FastAPI()
    held.state.openings, held.state.streams = None, Streams()
    try:
        server.run(held, host="127.0.0.1", port=0, trusted_proxies="", stop_seconds=1)
    finally:
        gc.unfreeze()
        sys.setswitchinterval(interval)

    assert frozen[0] > 1_000
