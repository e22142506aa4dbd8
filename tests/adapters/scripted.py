"""A provider on this machine that sends what a test gives it, and keeps what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    text: str


@dataclass
class Sends:
    """One answer; `body` as JSON, or as it is where it is bytes."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Scripted(ThreadingHTTPServer):
    """Answers each request by `answer`; `asked` is what came. `url` has no path."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answer: Callable[[Asked], Sends]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Scripted

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def _answer(self) -> None:
        text = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("utf-8", "replace")
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, text)
        self.server.asked.append(asked)
        sends = self.server.answer(asked)
        body = sends.body if isinstance(sends.body, bytes) else json.dumps(sends.body).encode()
        self.send_response(sends.status)
        for name, value in {
            "content-type": "application/json",
            "content-length": str(len(body)),
            **sends.headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the other side has read enough


@contextmanager
def scripted(answer: Callable[[Asked], Sends]) -> Iterator[Scripted]:
    """Runs one for as long as it is needed."""
    server = Scripted(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
