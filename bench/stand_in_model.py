"""A metered stand-in for a hosted language model: OpenAI's chat format over HTTP, answers by rule, faults on demand.

    python -m bench.stand_in_model --port 0 --latency-ms 50        prints "listening http://127.0.0.1:PORT/v1"

`GET /admin/stats` tells calls, answers, tokens, duplicates and the most calls at once; `GET /admin/calls` every call with
digest and times; `POST /admin/reset` clears both; `POST /admin/faults {"mode": "500", "calls": 2}` spoils the next calls.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import threading
import time
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from typing import Any

from bench.stand_in_answers import as_said, digest_of, fill, label_logprobs, text_answer, tokens_of
from bench.stand_in_faults import PAYLOADS, SENDERS, UNSTORABLE, change_body, status_of


@dataclass(slots=True)
class Call:
    """One request as it was metered; times in seconds since the epoch, `answered_at` 0 until then.

    `user` is the request's own field of that name: a test's client may put the identity of its call there.
    """

    digest: str
    model: str
    user: str
    mode: str
    arrived_at: float
    answered_at: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass
class Meter:
    """Counts, under one lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    calls: list[Call] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    sunk: int = 0
    faults: list[str] = field(default_factory=list)

    def begin(self, body: dict[str, Any]) -> Call:
        with self.lock:
            mode = self.faults.pop(0) if self.faults else str(body.get("model", ""))
            call = Call(digest_of(body), str(body.get("model", "")), str(body.get("user", "")), mode, time.time())
            self.calls.append(call)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            return call

    def end(self) -> None:
        with self.lock:
            self.at_once -= 1

    def stats(self) -> dict[str, int]:
        with self.lock:
            return {
                "calls": len(self.calls),
                "answered": sum(1 for call in self.calls if call.answered_at),
                "duplicates": len(self.calls) - len({call.digest for call in self.calls}),
                "prompt_tokens": sum(call.prompt_tokens for call in self.calls),
                "completion_tokens": sum(call.completion_tokens for call in self.calls),
                "most_at_once": self.most_at_once,
                "sunk": self.sunk,
            }

    def reset(self) -> None:
        with self.lock:
            self.calls, self.faults, self.sunk = [], [], 0
            self.most_at_once = self.at_once


class Handler(BaseHTTPRequestHandler):
    """One request. The server carries the meter and the latency."""

    protocol_version = "HTTP/1.1"
    server: StandIn

    def do_GET(self) -> None:
        if self.path == "/admin/stats":
            self.reply(200, self.server.meter.stats())
        elif self.path == "/admin/calls":
            self.reply(200, [asdict(call) for call in list(self.server.meter.calls)])
        elif self.path == "/health":
            self.reply(200, {"status": "ok"})
        else:
            self.reply(404, {"error": {"message": "no such path"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        meter = self.server.meter
        if self.path == "/admin/reset":
            meter.reset()
            self.reply(200, {})
        elif self.path == "/admin/faults":
            with meter.lock:
                meter.faults = [str(body["mode"])] * int(body.get("calls", 1))
            self.reply(200, {})
        elif self.path.startswith("/sink"):
            meter.sunk += 1
            self.reply(200, {})
        elif self.path.endswith("/chat/completions"):
            call = meter.begin(body)
            try:
                # The caller may be killed, or give up, at any moment.
                with contextlib.suppress(OSError):
                    self.complete(call, body)
            finally:
                meter.end()
        else:
            self.reply(404, {"error": {"message": "no such path"}})

    def complete(self, call: Call, body: dict[str, Any]) -> None:
        time.sleep(self.server.seconds)
        refusal = status_of(call.mode, self.headers.get("authorization", ""))
        if refusal is not None:
            status, headers, refused = refusal
            self.reply(status, refused, headers)
            return
        answer = completion(body, call.mode)
        usage = dict(answer["usage"])
        changed = change_body(call.mode, answer)
        if call.mode in SENDERS:
            SENDERS[call.mode](self, json.dumps(changed).encode())
            return
        call.prompt_tokens, call.completion_tokens = usage["prompt_tokens"], usage["completion_tokens"]
        call.answered_at = time.time()
        self.reply(200, changed)

    def reply(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {
            "content-type": "application/json",
            "content-length": str(len(data)),
            **(headers or {}),
        }.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: object) -> None:
        """Nothing on the console: the meter is the log."""


class StandIn(ThreadingHTTPServer):
    """The server. `seconds` is how long each answer takes."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, seconds: float) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.meter = Meter()
        self.seconds = seconds

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


def completion(body: dict[str, Any], mode: str) -> dict[str, Any]:
    """The whole answer to a request, before any fault."""
    messages = body["messages"]
    payloads = cycle(PAYLOADS)
    say = (lambda text: f"{text} {next(payloads)} {' '.join(UNSTORABLE)}") if mode == "inject" else as_said
    choice: dict[str, Any] = {"index": 0, "finish_reason": "stop"}
    schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
    if body.get("logprobs"):
        tokens = label_logprobs(messages)
        text = next(iter(tokens)).strip()
        listed = [{"token": token, "logprob": logprob, "bytes": None} for token, logprob in tokens.items()]
        choice["logprobs"] = {"content": [{**listed[0], "top_logprobs": listed}]}
        choice["finish_reason"] = "length"
    elif schema:
        text = json.dumps(fill(schema, messages, say), ensure_ascii=mode == "inject")
    else:
        text = text_answer(messages, int(body.get("seed") or 0), say)
    choice["message"] = {"role": "assistant", "content": text}
    prompt_tokens = sum(tokens_of(message["content"]) for message in messages)
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": tokens_of(text)}
    usage["total_tokens"] = sum(usage.values())
    head = {"id": f"chat-{digest_of(body)[:12]}", "object": "chat.completion", "created": int(time.time())}
    return {**head, "model": body.get("model", ""), "choices": [choice], "usage": usage}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    options = parser.parse_args()
    server = StandIn(options.port, options.latency_ms / 1000)
    print(f"listening {server.url}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
