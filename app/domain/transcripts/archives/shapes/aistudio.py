"""Google AI Studio: a prompt as it lies in Drive.

`{"runSettings": {"model": "models/gemini-2.5-pro"}, "systemInstruction": {"parts": [{"text": "Be brief."}]}, "chunkedPrompt": {"chunks":
[{"role": "user", "text": "Sky?"}, {"role": "model", "text": "...", "isThought": true}, {"role": "model", "text": "Blue."}]}}`. The system instruction is the
person's own words; a chunk may name as `branchParent` the one that it follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.transcripts.archives.branches import read_tree
from app.domain.transcripts.archives.fields import object_at, objects_at, rows_at, spoken, text_at
from app.domain.transcripts.archives.gathered import Gathered
from app.domain.transcripts.archives.sheets import Sheet, all_rows
from app.domain.transcripts.archives.trees import Message

NAME, LABEL = "aistudio", "Google AI Studio"
BESIDE: tuple[str, ...] = ()


def part_of(row: Mapping[str, Any]) -> str:
    """Whether the row is such a prompt."""
    return "prompts" if isinstance(object_at(row, "chunkedPrompt").get("chunks"), list) else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the chats and the words of the system instruction."""
    for prompt in all_rows(parts.get("prompts", ()), found):
        messages: list[Message] = []
        before = ""
        for number, chunk in enumerate(objects_at(object_at(prompt, "chunkedPrompt"), "chunks")):
            key = text_at(chunk, "id") or f"chunk {number}"
            parent = text_at(object_at(chunk, "branchParent"), "id") or before
            why = "thinking" if chunk.get("isThought") is True else ""
            role = "user" if text_at(chunk, "role") == "user" else "assistant"
            messages.append(Message(key, parent, role, text_at(chunk, "text"), why, number))
            if chunk.get("errorMessage"):
                found.marked["cut off"] += 1
            before = key
        read_tree(found, messages)
        found.hear(spoken(rows_at(object_at(prompt, "systemInstruction"), "parts")))
