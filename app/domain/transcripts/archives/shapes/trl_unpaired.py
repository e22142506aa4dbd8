"""TRL's unpaired rows: one answer and whether it was liked.

`{"prompt": "Sky?", "completion": "Blue.", "label": true}`; the prompt and the completion may also be lists of messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.transcripts.archives.gathered import Gathered, Thumb
from app.domain.transcripts.archives.shapes.message_lists import turns_in
from app.domain.transcripts.archives.sheets import Sheet, all_rows

NAME, LABEL = "trl", "TRL rows"
BESIDE: tuple[str, ...] = ()


def part_of(row: Mapping[str, Any]) -> str:
    """Whether the row is such a vote."""
    return "unpaired" if {"prompt", "completion", "label"} <= row.keys() else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the votes; the context of each is a conversation."""
    for row in all_rows(parts.get("unpaired", ()), found):
        context, answer = turns_in(row.get("prompt"), "user"), turns_in(row.get("completion"), "assistant")
        if isinstance(row.get("label"), bool) and answer:
            found.thumbs.append(Thumb(context, answer[-1].content, row["label"]))
            found.converse(context)
        else:
            found.leave_out("unreadable row")
