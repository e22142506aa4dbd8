"""The words of a refusal, out of the shapes in which providers send them.

    {"error": {"message": "...", "type": "...", "param": "seed", "code": "unsupported_parameter"}}      OpenAI and most
    {"type": "error", "error": {"type": "not_found_error", "message": "..."}}                           Anthropic
    [{"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "...", "details": [...]}}]        Gemini
    {"error": "model 'x' not found"}                                                                    Ollama
    {"detail": [{"loc": ["body", "seed"], "msg": "extra fields not permitted"}]}                        Mistral, FastAPI
    {"message": "...", "code": 3051}                                                                    Cohere, Mistral

They serve to sort a failure and are never shown: they can hold the key, the prompt, or markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.adapters.replies.heard import Heard

_SAID = ("message", "msg", "detail", "error", "error_message", "title", "raw")
_CODES = ("code", "type", "status", "reason", "error_type", "object")
_DEEPEST = 6
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Told:
    """`words` is all that was said, in small letters; `codes` the short names for it; `params` the fields it is about."""

    words: str = ""
    codes: frozenset[str] = frozenset()
    params: tuple[str, ...] = ()
    wait: str = ""


def told_by(heard: Heard, error: BaseException | None = None) -> Told:
    """What the provider said; where nothing was heard, what the exception says."""
    if heard.status and heard.parsed is None and not heard.is_page:
        return Told(words=heard.body[:_MOST].decode("utf-8", "replace").lower())
    if not heard.status:
        return Told(words=str(getattr(error, "message", None) or error or "").lower()[:_MOST])
    said = list(_said(heard.parsed, _DEEPEST))
    return Told(
        words=" \n".join(text for name, text in said if name in _SAID).lower()[:_MOST],
        codes=frozenset(text.lower() for name, text in said if name in _CODES),
        params=tuple(text.lower() for name, text in said if name in {"param", "loc"}),
        wait=next((text for name, text in said if name == "retryDelay"), ""),
    )


def _said(value: Any, depth: int, name: str = "message") -> Iterator[tuple[str, str]]:
    """Every text and number under the name it stands at; the places of a fault (`loc`) as one dotted name."""
    if depth == 0:
        return
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _said(part, depth - 1, str(key))
    elif isinstance(value, list):
        if name == "loc":
            yield name, ".".join(str(part) for part in value)
            return
        for part in value:
            yield from _said(part, depth - 1, name)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield name, str(value)
