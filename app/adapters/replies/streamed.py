"""An answer that a server sent as a stream although none was asked for, as the whole answer that it adds up to.

data: {"choices": [{"delta": {"content": "A "}}]}
data: {"choices": [{"delta": {"content": "fjord."}, "finish_reason": "stop"}]}
data: [DONE]
"""

from __future__ import annotations

import json
from typing import Any

_SAID = ("content", "reasoning_content", "reasoning", "refusal")


def whole_of_stream(body: bytes) -> dict[str, Any] | None:
    """The answer in OpenAI's shape; None where the body is no such stream, or a part of it cannot be read.

    A stream without a last word is an answer that was lost: its end is then "error".
    """
    if not body.lstrip().startswith(b"data:"):
        return None
    message: dict[str, Any] = {"role": "assistant", "content": ""}
    choice: dict[str, Any] = {"index": 0, "finish_reason": None, "message": message}
    whole: dict[str, Any] = {"choices": [choice], "usage": {}}
    for line in body.decode("utf-8", "replace").splitlines():
        name, _, data = line.partition(":")
        if name != "data" or data.strip() in {"", "[DONE]"}:
            continue
        try:
            part = json.loads(data)
        except (ValueError, RecursionError):
            return None
        if not isinstance(part, dict):
            return None
        _add(part, whole, choice, message)
    choice["finish_reason"] = choice["finish_reason"] or "error"
    return whole


def _add(part: dict[str, Any], whole: dict[str, Any], choice: dict[str, Any], message: dict[str, Any]) -> None:
    for name in ("usage", "error"):
        if part.get(name):
            whole[name] = part[name]
    listed = part.get("choices")
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    choice["finish_reason"] = first.get("finish_reason") or choice["finish_reason"]
    delta = first.get("delta")
    said = delta if isinstance(delta, dict) else {}
    for name in _SAID:
        if isinstance(said.get(name), str):
            message[name] = (message.get(name) or "") + said[name]
