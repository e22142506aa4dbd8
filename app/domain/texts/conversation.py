"""Turns, contexts and their digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Role
    content: str


Context = tuple[Turn, ...]
"""The turns before a completion, oldest first; ends with a user turn."""


def digest(*parts: object) -> str:
    """SHA-256, as 64 hex digits, over JSON-able parts; equal parts give equal digests on every machine."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def context_as_json(context: Iterable[Turn]) -> list[dict[str, str]]:
    """The context as `[{"role", "content"}, ...]`, the shape every file format and table uses."""
    return [{"role": turn.role, "content": turn.content} for turn in context]


def context_from_json(rows: Iterable[dict[str, Any]]) -> Context:
    """The inverse of `context_as_json`; the rows are trusted to have been validated."""
    return tuple(Turn(role=row["role"], content=row["content"]) for row in rows)


def question_of(context: Context, longest: int = 160) -> str:
    """The last thing the user asked, in one line, cut to `longest` characters."""
    asked = next((turn.content for turn in reversed(context) if turn.role == "user"), "")
    line = " ".join(asked.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
