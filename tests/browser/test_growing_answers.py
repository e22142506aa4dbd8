"""A prompt of one's own: both answers are seen to grow, also after the page is loaded again, and are judged once they are whole."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import served

WORDS = [f"word{number} " for number in range(40)]


class Slow(ThreadingHTTPServer):
    """Streams word after word, each as it is let go; what does not ask for a stream is answered at once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.let_go = [threading.Event() for _ in WORDS]

    def go_to(self, word: int) -> None:
        for event in self.let_go[: word + 1]:
            event.set()


class _Handler(BaseHTTPRequestHandler):
    server: Slow

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        if not asked.get("stream"):
            self._whole()
            return
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        manner = "**First**" if "brief" in json.dumps(asked["messages"]) else "Another"
        for number, word in enumerate(WORDS):
            self.server.let_go[number].wait(120)
            said = f"{manner} {word}" if number == 0 else word
            self._send({"choices": [{"index": 0, "delta": {"content": said}, "finish_reason": None}]})
        self._send({"choices": [{"index": 0, "delta": {"content": str(asked.get("seed"))}, "finish_reason": "stop"}]})

    def _whole(self) -> None:
        message = {"role": "assistant", "content": "Yes."}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        body = json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(body.encode())

    def _send(self, data: Any) -> None:
        self.wfile.write(b"data: " + json.dumps(data).encode() + b"\n\n")
        self.wfile.flush()


@pytest.fixture
def slow() -> Iterator[Slow]:
    server = Slow()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.go_to(len(WORDS))
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def slow_site(slow: Slow, tmp_path: Path) -> Iterator[str]:
    base = f"http://127.0.0.1:{slow.server_port}/v1"
    with served(tmp_path, MODEL="openai/slow", MODEL_API_BASE=base, MODEL_API_KEY="any") as address:
        yield address


def test_both_answers_grow_are_there_after_the_page_is_loaded_again_and_are_judged_when_whole(
    browser: Browser, slow: Slow, slow_site: str
) -> None:
    page = browser.new_page()
    page.goto(f"{slow_site}/choose")
    page.get_by_label("Two answers are written").fill("What is rain?")
    page.get_by_role("button", name="Get two answers").click()
    expect(page.get_by_text("Waiting for the first words")).to_be_visible(timeout=60_000)

    slow.go_to(10)
    for letter in "ab":
        expect(page.locator(f"#answer-{letter}")).to_contain_text("word8", timeout=60_000)
    expect(page.get_by_text("Both answers are being written.")).to_be_visible()
    assert page.get_by_role("button", name="A is better").count() == 0

    page.set_viewport_size({"width": 360, "height": 800})
    page.get_by_role("link", name="Answer B").click()
    slow.go_to(12)
    expect(page.locator("#answer-b")).to_contain_text("word11", timeout=60_000)
    expect(page.locator("#answer-b")).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 800})

    page.reload()
    for letter in "ab":
        expect(page.locator(f"#answer-{letter}")).to_contain_text("word8")
    slow.go_to(20)
    for letter in "ab":
        expect(page.locator(f"#answer-{letter}")).to_contain_text("word18", timeout=60_000)

    slow.go_to(len(WORDS))
    page.get_by_role("button", name="A is better").click(timeout=60_000)
    expect(page.locator("#last-choice")).to_contain_text("You said: A is better.")
    page.close()
