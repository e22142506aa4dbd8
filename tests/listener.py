"""A server that stands where a request must not, or must, arrive: it notes each one and answers as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One request that arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str

    @property
    def key(self) -> str:
        """The key it was sent with, however a provider takes it."""
        names = ("authorization", "x-api-key", "x-goog-api-key", "api-key")
        return next((self.headers[name].removeprefix("Bearer ") for name in names if name in self.headers), "")


@dataclass
class Listener:
    """`answers` has for a path, or its beginning, the status and the JSON sent back; 404 for any other."""

    url: str = ""
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)

    def answer_to(self, path: str) -> tuple[int, Any]:
        fitting = [known for known in self.answers if path == known or path.startswith(f"{known}?")]
        return self.answers[fitting[0]] if fitting else (404, {"error": {"message": "there is nothing here"}})


@contextmanager
def port_of(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server of its own that answers by `handler`, each request in a thread."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def listener(answers: Mapping[str, tuple[int, Any]] | None = None) -> Iterator[Listener]:
    """A listener on a port of its own; `url` is its address without a path."""
    found = Listener(answers=dict(answers or {}))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            pass

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("utf-8", "replace")
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.heard.append(Heard(self.command, self.path, headers, body))
            status, value = found.answer_to(self.path)
            data = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_HEAD = _take  # noqa: N815 - the names the server looks for

    with port_of(Handler) as found.url:
        yield found
