"""A model server for the tests of durability: OpenAI's chat shape over HTTP, in a process of its own.

`python -m tests.jobs.stand_in LOG SECONDS` prints its port. Its answers follow from the request alone: a schema is
filled, labels get probabilities, anything else a sentence. Every request is noted in LOG when it arrives and when it is
answered, as `arrived|answered TIME DIGEST`, so that a test can tell which calls were sent twice, and when. A request
whose text holds "BUDGET-BOMB" is noted like any other and never answered.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DIGEST_HEADER = "X-Call-Digest"


class Handler(BaseHTTPRequestHandler):
    """Answers /v1/chat/completions."""

    protocol_version = "HTTP/1.1"
    log_path: Path
    seconds: float

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        digest = self.headers.get(DIGEST_HEADER) or hashlib.sha256(body).hexdigest()
        self.note("arrived", digest)
        time.sleep(self.seconds)
        request = json.loads(body)
        answer = json.dumps(completion(request, digest)).encode()
        self.note("answered", digest)
        with suppress(OSError):  # a caller that was killed has hung up
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    def note(self, what: str, digest: str) -> None:
        with self.log_path.open("a") as log:
            log.write(f"{what} {time.time():.6f} {digest}\n")

    def log_message(self, *_args: object) -> None:
        """Nothing on the console."""


def completion(request: dict[str, Any], digest: str) -> dict[str, Any]:
    """The whole reply to a request."""
    draw = int(hashlib.sha256(digest.encode()).hexdigest(), 16)
    message: dict[str, Any] = {"role": "assistant"}
    choice: dict[str, Any] = {"index": 0, "finish_reason": "stop", "message": message}
    schema = request.get("response_format", {}).get("json_schema", {}).get("schema")
    if request.get("logprobs"):
        text = str(request["messages"])
        words = ("Yes", "No") if "Yes or No" in text else ("A", "B")
        likely = words[draw % 2]
        message["content"] = likely
        tops = [{"token": word, "logprob": -0.2 if word == likely else -1.7} for word in words]
        choice["logprobs"] = {"content": [{**tops[draw % 2], "top_logprobs": tops}]}
    elif schema:
        message["content"] = json.dumps(filled(schema, draw, "value"))
    else:
        message["content"] = f"A plain answer, number {draw % 1000}."
    return {
        "id": digest[:12],
        "object": "chat.completion",
        "created": 0,
        "model": request["model"],
        "choices": [choice],
        "usage": {"prompt_tokens": len(str(request["messages"])) // 4, "completion_tokens": 7, "total_tokens": 0},
    }


def filled(schema: dict[str, Any], draw: int, name: str) -> Any:
    """A value the schema allows, the same for the same draw."""
    kind = schema.get("type")
    if "enum" in schema:
        return schema["enum"][draw % len(schema["enum"])]
    if kind == "object":
        return {key: filled(value, draw + n, key) for n, (key, value) in enumerate(schema["properties"].items())}
    if kind == "array":
        if schema["items"].get("type") == "integer":
            low, high = schema["items"].get("minimum", 1), schema["items"].get("maximum", 5)
            return [] if name == "opposing" else list(range(low, high + 1))[:3]
        return [filled(schema["items"], draw + n, SUBJECTS[n]) for n in range(max(2, schema.get("minItems", 0)))]
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return bool(draw % 2)
    return f"prefers {name} {SUBJECTS[draw % len(SUBJECTS)]}"[: schema.get("maxLength", 200)]


SUBJECTS = ("short openings", "numbered lists", "concrete examples", "calm wording", "worked steps", "direct results")


def main() -> None:
    Handler.log_path, Handler.seconds = Path(sys.argv[1]), float(sys.argv[2])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
