"""A provider with odd habits: OpenAI's chat format over HTTP, one habit of real models a mode, sensible answers in all.

    python -m tests.odd_provider --port 0        prints "listening http://127.0.0.1:PORT/v1"

The mode is the name of the model ("openai/thinker") or "mode:NAME" in the newest message that has it; "base" has no odd
habit. `GET /log` tells every request: mode, what it carried beside its messages, whether it was refused. In a test
`odd_provider()` runs one in a thread. What each mode does is said where it does it: REFUSALS (odd_refusals.py) and
CHANGES (odd_changes.py).
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bench.stand_in_answers import tokens_of
from bench.stand_in_model import completion
from bench.stand_in_reading import labels_asked
from tests.odd_changes import CHANGES, THOUGHT, messages_of, schema_asked, text_of
from tests.odd_refusals import REFUSALS, Body, allowed

THOUGHT_TOKENS = 400
DEEP_TOKENS = 1_500
"""What the mode deep-thinker needs for a long prompt; for a short one it needs as many as thinker."""


def answer_to(body: Body, mode: str) -> Body:
    """The whole answer of a model with this habit, with status 200."""
    sent, room = dict(body), allowed(body)
    thoughts = thoughts_of(mode, body)
    schema = schema_asked(body, mode)
    sent["response_format"] = {"json_schema": {"schema": schema}} if schema else None
    if room is not None:
        sent["max_tokens"] = max(1, room - thoughts)
    is_letter = not body.get("logprobs") and not schema and labels_asked(messages_of(body)) is not None
    # A letter is the likeliest label: the stand-in tells it with its probability, which then goes unsaid.
    answer = completion(
        {**sent, "messages": messages_of(body), "logprobs": bool(body.get("logprobs")) or is_letter}, ""
    )
    choice = answer["choices"][0]
    if is_letter:
        choice["finish_reason"] = "stop"
    tell_logprobs(choice, int(body.get("top_logprobs") or 0) if body.get("logprobs") else 0)
    if thoughts:
        think(answer, thoughts, room)
    if mode in CHANGES:
        CHANGES[mode](answer, body)
    return answer


def tell_logprobs(choice: Body, most: int) -> None:
    """Leaves as many of the likeliest tokens as were asked for."""
    if not most:
        choice["logprobs"] = None
    elif choice.get("logprobs"):
        first = choice["logprobs"]["content"][0]
        first["top_logprobs"] = first["top_logprobs"][:most]


def thoughts_of(mode: str, body: Body) -> int:
    """How many tokens it thinks before it answers."""
    if mode == "deep-thinker" and sum(len(message["content"]) for message in messages_of(body)) > 1_000:
        return DEEP_TOKENS
    return THOUGHT_TOKENS if mode in {"thinker", "deep-thinker", "thinks-in-tags", "thinks-unseen", "new-hosted"} else 0


def think(answer: Body, thoughts: int, room: int | None) -> None:
    """Thoughts come first, count against the limit, are charged, and tell no log-probabilities."""
    choice, usage = answer["choices"][0], answer["usage"]
    choice["logprobs"] = None
    choice["message"]["reasoning_content"] = THOUGHT
    used = thoughts if room is None else min(thoughts, room)
    if room is not None and room <= thoughts:
        choice["message"]["content"], choice["finish_reason"] = "", "length"
    usage["completion_tokens"] = used + tokens_of(choice["message"]["content"])
    usage["completion_tokens_details"] = {"reasoning_tokens": used}


class Handler(BaseHTTPRequestHandler):
    """One request; the server carries the log."""

    protocol_version = "HTTP/1.1"
    server: OddProvider

    def do_GET(self) -> None:
        self.reply(200, self.server.log if self.path == "/log" else {"object": "list", "data": []})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        mode = mode_of(body)
        entry = {
            "mode": mode,
            "at": time.time(),
            "key": self.headers.get("authorization", ""),
            "options": {name: value for name, value in body.items() if name != "messages"},
            "messages": body.get("messages", []),
            "refused": False,
        }
        before = self.server.enter(entry)
        refusal = REFUSALS[mode](body, before) if mode in REFUSALS else None
        entry["refused"] = refusal is not None
        self.reply(*(refusal or (200, answer_to(body, mode))))

    def reply(self, status: int, value: Any) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: object) -> None:
        """Nothing on the console: `GET /log` tells."""


class OddProvider(ThreadingHTTPServer):
    """The server; `log` has an entry a request: mode, at, key, options, messages, refused."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.log: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def enter(self, entry: dict[str, Any]) -> int:
        """Writes the entry down; how many requests of its mode came before it."""
        with self._lock:
            before = [each for each in self.log if each["mode"] == entry["mode"]]
            self.log.append(entry)
            return len(before)


def mode_of(body: Mapping[str, Any]) -> str:
    """The newest "mode:NAME" in the messages, else the model's name."""
    for message in reversed(body.get("messages", [])):
        named = re.search(r"mode:([a-z0-9-]+)", text_of(message["content"]))
        if named:
            return named[1]
    return str(body.get("model", ""))


@contextmanager
def odd_provider() -> Iterator[OddProvider]:
    """One in a thread of this process, ended afterwards."""
    server = OddProvider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    server = OddProvider(parser.parse_args().port)
    print(f"listening {server.url}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
