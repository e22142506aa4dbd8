"""The web page of llama.cpp: one file of JSON lines a chat, also used for traces of agents.

`{"type": "session", "harness": "llama.cpp", "id": "c1"}`, then `{"type": "message", "message": {"role": "user", "content": "Sky?"}}` and
`{"type": "message", "message": {"role": "assistant", "content": "Blue.", "model": "qwen3"}}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.transcripts.archives.fields import object_at
from app.domain.transcripts.archives.gathered import Gathered
from app.domain.transcripts.archives.shapes.messages import converse
from app.domain.transcripts.archives.sheets import Sheet

NAME, LABEL = "llama_cpp", "llama.cpp"
BESIDE: tuple[str, ...] = ()


def part_of(row: Mapping[str, Any]) -> str:
    """Whether the row is a line of such a file."""
    is_message = row.get("type") == "message" and "role" in object_at(row, "message")
    return "chats" if is_message or (row.get("type") == "session" and "id" in row) else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the chats, a sheet each."""
    for sheet in parts.get("chats", ()):
        converse([object_at(row, "message") for row in sheet.rows(found) if row.get("type") == "message"], found)
