"""Turns, contexts and their digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
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
    return hashlib.sha256(_written(parts)).hexdigest()


def digests_of_answers(name: str, context: Context, positions: Sequence[int]) -> Iterator[str]:
    """For each position, in ascending order, `digest(name, context_as_json(context[:position]), context[position].content)`. Every turn
    is read once, where a digest for each position would read a long conversation as often as it has answers."""
    running, read = hashlib.sha256(b"[" + _written(name) + b",["), 0
    for position in positions:
        for turn in context_as_json(context[read:position]):
            running.update((b"," if read else b"") + _written(turn))
            read += 1
        whole = running.copy()
        whole.update(b"]," + _written(context[position].content) + b"]")
        yield whole.hexdigest()


def _written(part: object) -> bytes:
    return json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


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
