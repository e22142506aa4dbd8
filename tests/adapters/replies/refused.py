"""Answers of providers that refused or failed, in the shapes that each of them sends; every word is ours."""

from __future__ import annotations

import json
from typing import Any

from app.adapters.provider_errors import model_error
from app.adapters.replies.heard import Heard
from app.induction.model.language_model import PermanentModelError, TransientModelError

HOST = "api.example.com"
KEY = "canary-key-91c2"


class APIError(Exception):
    """As LiteLLM's, which is told by its name."""


def told(status: int, body: Any, **headers: str) -> PermanentModelError | TransientModelError:
    """The error raised for such an answer; `body` as JSON, or as it is where it is a text."""
    sent = body if isinstance(body, str) else json.dumps(body)
    heard = Heard()
    heard.note(HOST, status, {name.replace("_", "-"): value for name, value in headers.items()}, sent.encode())
    return model_error(APIError(f"something went wrong with {KEY}"), heard)


def openai(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None, **more}}


def anthropic(message: str, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


def gemini(message: str, status: str = "INVALID_ARGUMENT", code: int = 400, **detail: str) -> list[dict[str, Any]]:
    return [{"error": {"code": code, "message": message, "status": status, "details": [detail] if detail else []}}]


def fastapi(place: list[str], message: str) -> dict[str, Any]:
    return {"detail": [{"type": "extra_forbidden", "loc": place, "msg": message, "input": "as it was sent"}]}
