"""A metered stand-in for a hosted language model: OpenAI's chat format over HTTP, answers by rule, faults on demand.

    python -m bench.stand_in_model --port 0 --latency-ms 50        prints "listening http://127.0.0.1:PORT/v1"

`GET /admin/stats` is the meter (metering.py); `GET /admin/calls` every call with digest and times; `POST /admin/reset`
clears both and may set `{"rpm": 60, "fail_rate": 0.2, "malformed_rate": 0.05, "latency_ms": 200}`; `POST /admin/faults
{"mode": "500", "calls": 2}` spoils the next calls.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from typing import Any

from bench.metering import Call, Meter, prompt_tokens_of
from bench.stand_in_answers import as_said, digest_of, fill, label_logprobs, salt_of, text_answer, tokens_of
from bench.stand_in_faults import PAYLOADS, SENDERS, UNSTORABLE, change_body, status_of
from bench.stand_in_reading import letter_is_asked, schema_in
from bench.stand_in_taste import uniform

UNUSABLE = "I would rather not say anything about these two just now."


@dataclass(frozen=True, slots=True)
class Rates:
    """How it behaves where no mode says otherwise.

    latency_ms       before every answer
    fail_rate        share of requests answered with 500, drawn by their number
    malformed_rate   share of prompts answered with text that is no answer; the same prompt always
    rpm              requests a minute beyond which it answers 429; 0 for any number
    """

    latency_ms: float = 0.0
    fail_rate: float = 0.0
    malformed_rate: float = 0.0
    rpm: int = 0

    def changed(self, body: Mapping[str, Any]) -> Rates:
        named = {name: type(getattr(self, name))(body[name]) for name in self.__slots__ if name in body}
        return replace(self, **named)


class Handler(BaseHTTPRequestHandler):
    """One request. The server carries the meter and the rates."""

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
            # Other runners send their texts too ("pairs"); this model reads them off its prompts.
            self.server.rates = self.server.rates.changed(body)
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
        rates, meter = self.server.rates, self.server.meter
        if rates.rpm and (wait := meter.seconds_to_wait(rates.rpm)):
            meter.inject("429")
            self.reply(429, _error("slow down"), {"retry-after": str(math.ceil(wait))})
            return
        number = meter.number_of_call()
        time.sleep(rates.latency_ms / 1000)
        if rates.fail_rate and uniform("fail", number) < rates.fail_rate:
            meter.inject("500")
            self.reply(500, _error("broken"))
            return
        refusal = status_of(call.mode, self.headers.get("authorization", ""))
        if refusal is not None:
            status, headers, refused = refusal
            self.reply(status, refused, headers)
            return
        cached = meter.cached_tokens(body["messages"])
        spoilt = rates.malformed_rate > uniform("malformed", salt_of(body["messages"]))
        if spoilt:
            meter.inject("malformed")
        answer = unusable(body) if spoilt else completion(body, call.mode)
        answer["usage"]["prompt_tokens_details"] = {"cached_tokens": cached}
        usage = dict(answer["usage"])
        changed = change_body(call.mode, answer)
        if call.mode in SENDERS:
            SENDERS[call.mode](self, json.dumps(changed).encode())
            return
        call.prompt_tokens, call.completion_tokens = usage["prompt_tokens"], usage["completion_tokens"]
        call.cached_tokens = cached
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
    """The server with its meter and its rates."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, rates: Rates) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.meter = Meter()
        self.rates = rates

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


def completion(body: dict[str, Any], mode: str) -> dict[str, Any]:
    """The whole answer to a request, before any fault."""
    messages = body["messages"]
    salt = salt_of(messages, float(body.get("temperature") or 0), int(body.get("seed") or 0))
    payloads = cycle(PAYLOADS)
    say = (lambda text: f"{text} {next(payloads)} {' '.join(UNSTORABLE)}") if mode == "inject" else as_said
    choice: dict[str, Any] = {"index": 0, "finish_reason": "stop"}
    schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema") or schema_in(messages)
    if body.get("logprobs"):
        tokens = label_logprobs(messages, salt)
        text = next(iter(tokens)).strip()
        listed = [{"token": token, "logprob": logprob, "bytes": None} for token, logprob in tokens.items()]
        choice["logprobs"] = {"content": [{**listed[0], "top_logprobs": listed}]}
        choice["finish_reason"] = "length"
    elif schema:
        text = json.dumps(fill(schema, messages, say, salt), ensure_ascii=mode == "inject")
    elif letter_is_asked(messages):
        text = next(iter(label_logprobs(messages, salt))).strip()
    else:
        text = text_answer(messages, int(body.get("seed") or 0), say)
    limit = int(body.get("max_tokens") or 0)
    if limit and tokens_of(text) > limit:
        # By its own count of tokens, cut where a real model would stop.
        text, choice["finish_reason"] = text[: len(text) * limit // tokens_of(text)], "length"
    return _answer(body, choice, text)


def unusable(body: dict[str, Any]) -> dict[str, Any]:
    """An answer that says nothing of what was asked."""
    return _answer(body, {"index": 0, "finish_reason": "stop"}, UNUSABLE)


def _error(text: str) -> dict[str, Any]:
    return {"error": {"message": text, "type": "error"}}


def _answer(body: dict[str, Any], choice: dict[str, Any], text: str) -> dict[str, Any]:
    choice["message"] = {"role": "assistant", "content": text}
    usage: dict[str, Any] = {
        "prompt_tokens": prompt_tokens_of(body["messages"]),
        "completion_tokens": tokens_of(text),
    }
    usage["total_tokens"] = sum(usage.values())
    head = {"id": f"chat-{digest_of(body)[:12]}", "object": "chat.completion", "created": int(time.time())}
    return {**head, "model": body.get("model", ""), "choices": [choice], "usage": usage}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--rpm", type=int, default=0, help="answer 429 beyond so many requests a minute")
    parser.add_argument("--fail-rate", type=float, default=0.0, help="share of requests answered with 500")
    parser.add_argument(
        "--malformed-rate", type=float, default=0.0, help="share of prompts answered with unusable text"
    )
    options = parser.parse_args()
    rates = Rates(options.latency_ms, options.fail_rate, options.malformed_rate, options.rpm)
    server = StandIn(options.port, rates)
    print(f"listening {server.url}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
