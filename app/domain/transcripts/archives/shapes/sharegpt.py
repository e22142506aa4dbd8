"""ShareGPT: chats whose turns are named by whom they are from.

`[{"id": "c1", "conversations": [{"from": "human", "value": "Sky?"}, {"from": "gpt", "value": "Blue."}]}]`; the names may also be `user`,
`assistant` and `system`, and the assistant may begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.transcripts.archives.fields import objects_at
from app.domain.transcripts.archives.gathered import Gathered
from app.domain.transcripts.archives.shapes.messages import converse
from app.domain.transcripts.archives.sheets import Sheet, all_rows

NAME, LABEL = "sharegpt", "ShareGPT"
BESIDE: tuple[str, ...] = ()


def part_of(row: Mapping[str, Any]) -> str:
    """Whether the row is a chat."""
    said = objects_at(row, "conversations")[:5]
    return "chats" if any({"from", "value"} <= each.keys() for each in said) else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the chats."""
    for row in all_rows(parts.get("chats", ()), found):
        converse(objects_at(row, "conversations"), found)
