"""Chats as lists of messages, the shape of OpenAI's interface and of most training files.

`{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": "Sky?"}]}, {"role":
"assistant", "content": "Blue."}]}`, an object a line or in an array.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.transcripts.archives.branches import read_tree
from app.domain.transcripts.archives.fields import objects_at, spoken, text_at
from app.domain.transcripts.archives.gathered import Gathered
from app.domain.transcripts.archives.sheets import Sheet, all_rows
from app.domain.transcripts.archives.trees import Message
from app.domain.transcripts.turns import ROLES

NAME, LABEL = "messages", "OpenAI messages"
BESIDE: tuple[str, ...] = ()


def part_of(row: Mapping[str, Any]) -> str:
    """Whether the row is a chat."""
    said = objects_at(row, "messages")[:5]
    return "chats" if any("role" in each and "content" in each for each in said) else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the chats."""
    for row in all_rows(parts.get("chats", ()), found):
        converse(objects_at(row, "messages"), found)


def converse(rows: Sequence[Mapping[str, Any]], found: Gathered) -> None:
    """Takes one chat, a message a row, with `role` and `content` or with `from` and `value`."""
    messages = []
    for number, row in enumerate(rows):
        role = ROLES.get(text_at(row, "role", "from").strip().lower(), "tool")
        content = row.get("content", row.get("value"))
        if isinstance(content, list) and role in ("user", "assistant"):
            found.leave_out(
                "other block", sum(not isinstance(each, str) and not text_at(each, "text") for each in content)
            )
        why = role if role in ("system", "tool") else ""
        before = str(number - 1) if number else ""
        messages.append(Message(str(number), before, role, spoken(content), why, number))
    read_tree(found, messages, str(len(messages) - 1) if messages else "")
