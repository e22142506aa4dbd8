"""The ways in which providers misbehave, by name, as the bytes they send.

A mode is chosen by the name of the model in the request ("openai/hang") or for a number of calls by /admin/faults.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

HANG_SECONDS = 60.0
PAYLOADS = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<div hx-get='/data' hx-trigger='load'>htmx</div>",
    "{{ 7*7 }}{% raw %}",
    "[a link](javascript:alert(1)) ![pixel](http://127.0.0.9:9/pixel.png)",
    '"><svg/onload=alert(1)>',
    "</answer_a></textarea></title>",
)
UNSTORABLE = ("half \ud800 of a pair", "a nul \x00 inside")
"""What no database takes; inside JSON the stand-in sends it as escapes."""

Body = dict[str, Any]


def change_body(mode: str, body: Body) -> Body:
    """The answer as this mode would garble it; the same for modes that garble something else."""
    message = body["choices"][0]["message"]
    if mode == "trunc":
        message["content"] = (message["content"] or "")[: len(message["content"] or "") // 2]
        body["choices"][0]["finish_reason"] = "length"
    elif mode == "empty":
        body["choices"] = []
    elif mode == "blank":
        message["content"] = "  "
        body["choices"][0]["logprobs"] = None
    elif mode == "badjson":
        message["content"] = '{"reasoning": "the first'
    elif mode == "fenced":
        message["content"] = f"```json\n{message['content']}\n```"
    elif mode == "negusage":
        body["usage"] = {"prompt_tokens": -200_000, "completion_tokens": -5, "total_tokens": -200_005}
    elif mode == "hugeusage":
        body["usage"] = {"prompt_tokens": 10**9, "completion_tokens": 10**9, "total_tokens": 2 * 10**9}
    elif mode == "nologprobs":
        body["choices"][0]["logprobs"] = None
    elif mode == "errtext":
        message["content"] = "**NETWORK ERROR DUE TO HIGH TRAFFIC. PLEASE REGENERATE OR REFRESH THIS PAGE.**"
    elif mode == "long":
        message["content"] = "word " * 20_000
    elif mode == "err200":
        return {"error": {"message": "upstream failed", "code": 500}}
    return body


def status_of(mode: str, authorization: str) -> tuple[int, dict[str, str], Body] | None:
    """Status, headers and body of the modes that refuse; None for the others."""
    refusals: dict[str, tuple[int, dict[str, str], str]] = {
        "429": (429, {"retry-after": "1"}, "slow down"),
        "500": (500, {}, "broken"),
        "502": (502, {}, "bad gateway"),
        "503": (503, {"retry-after": "2"}, "overloaded"),
        "400": (400, {}, "bad request"),
        "401": (401, {}, "bad key"),
        "402": (402, {}, "no credit"),
        "403": (403, {}, "not allowed"),
        "404": (404, {}, "no such model"),
        "keyecho": (401, {}, f"bad key: {authorization}"),
    }
    if mode not in refusals:
        return None
    status, headers, text = refusals[mode]
    return status, headers, {"error": {"message": text, "type": "error", "code": mode}}


def _hang(_handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    time.sleep(HANG_SECONDS)


def _drip(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    _head(handler, {"content-length": str(len(body))})
    until = time.monotonic() + HANG_SECONDS
    for byte in body:
        if time.monotonic() > until:
            return
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.2)


def _endless(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    _head(handler, {"connection": "close"})
    handler.wfile.write(b'{"choices": [{"message": {"content": "')
    until = time.monotonic() + HANG_SECONDS
    while time.monotonic() < until:
        handler.wfile.write(b"again " * 2000)


def _cut(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    _head(handler, {"content-length": str(len(body))})
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def _redirect(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.send_response(307)
    handler.send_header("location", f"http://{handler.headers['host']}/sink/chat/completions")
    handler.send_header("content-length", "0")
    handler.end_headers()


def _html(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    page = b"<html><body>Please sign in to the network.</body></html>"
    _head(handler, {"content-length": str(len(page))}, kind="text/html")
    handler.wfile.write(page)


def _bomb(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    packed = gzip.compress(json.dumps({"choices": [], "padding": "0" * 50_000_000}).encode())
    _head(handler, {"content-length": str(len(packed)), "content-encoding": "gzip"})
    handler.wfile.write(packed)


def _head(handler: BaseHTTPRequestHandler, headers: dict[str, str], kind: str = "application/json") -> None:
    handler.send_response(200)
    for name, value in {"content-type": kind, **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()


SENDERS: dict[str, Callable[[BaseHTTPRequestHandler, bytes], None]] = {
    "hang": _hang,
    "drip": _drip,
    "endless": _endless,
    "cut": _cut,
    "redir": _redirect,
    "html": _html,
    "gzbomb": _bomb,
}
"""The modes that misbehave below the level of HTTP messages."""
