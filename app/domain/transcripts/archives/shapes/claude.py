"""Claude: `conversations.json` with `projects.json` and `memories.json` beside it, also one chat alone as browser exporters write it.

`[{"uuid": "c1", "name": "Sky", "updated_at": "2026-02-01T10:00:00Z", "current_leaf_message_uuid": "m2", "chat_messages": [{"uuid":
"m1", "parent_message_uuid": "00000000-0000-4000-8000-000000000000", "sender": "human", "text": "Sky?", "content": [{"type": "text",
"text": "Sky?"}], "attachments": [{"file_name": "a.txt", "extracted_content": "..."}]}, {"uuid": "m2", "parent_message_uuid": "m1",
"sender": "assistant", "content": [{"type": "thinking", "thinking": "..."}, {"type": "text", "text": "Blue."}]}]}]`. `text` may be empty while
`content` is not, and the other way round; a turn may be a paste that stands in an attachment alone. A project's `prompt_template` is
the person's own words; `memories.json` is what the assistant wrote about them, and never taken for theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.texts.storable_text import plain
from app.domain.transcripts.archives.branches import read_tree
from app.domain.transcripts.archives.fields import objects_at, rows_at, seconds, text_at
from app.domain.transcripts.archives.gathered import Gathered, Heading
from app.domain.transcripts.archives.sheets import Sheet, all_rows, newest_rows
from app.domain.transcripts.archives.trees import Message

NAME, LABEL = "claude", "Claude"
BESIDE = ("users.json", "login_history.json")
_BLOCKS = {"thinking": "thinking", "redacted_thinking": "thinking", "tool_use": "tool", "tool_result": "tool"}


def part_of(row: Mapping[str, Any]) -> str:
    """Which file of an export the row is from; "" for none."""
    if isinstance(row.get("chat_messages"), list):
        return "chats"
    if "prompt_template" in row and "uuid" in row:
        return "projects"
    return "memories" if {"conversations_memory", "project_memories", "memory_files"} & row.keys() else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the chats and the words of projects; counts the memories."""
    for chat in newest_rows(parts.get("chats", ()), found, ("uuid",), "updated_at"):
        read_tree(found, _messages(chat, found), text_at(chat, "current_leaf_message_uuid"), heading=_heading(chat))
    for row in all_rows(parts.get("projects", ()), found):
        found.hear(text_at(row, "prompt_template"))
    for row in all_rows(parts.get("memories", ()), found):
        files, by_project = (row.get(name) or () for name in ("memory_files", "project_memories"))
        lists = [each for each in (files, by_project) if isinstance(each, list | Mapping)]
        found.leave_out("memory", bool(row.get("conversations_memory")) + sum(map(len, lists)))


def _heading(chat: Mapping[str, Any]) -> Heading:
    return Heading(
        text_at(chat, "uuid"), text_at(chat, "name"), seconds(chat.get("created_at") or chat.get("updated_at"))
    )


def _messages(chat: Mapping[str, Any], found: Gathered) -> list[Message]:
    messages: list[Message] = []
    before = ""
    for number, row in enumerate(objects_at(chat, "chat_messages")):
        key = text_at(row, "uuid") or f"message {number}"
        parent = text_at(row, "parent_message_uuid") or before
        role = "user" if text_at(row, "sender") == "human" else "assistant"
        messages.append(Message(key, parent, role, _text(row, found), time=number))
        before = key
    return messages


def _text(row: Mapping[str, Any], found: Gathered) -> str:
    blocks = objects_at(row, "content")
    for block in blocks:
        if block.get("type") != "text":
            found.leave_out(_BLOCKS.get(text_at(block, "type"), "other block"))
    said = [text_at(block, "text") for block in blocks if block.get("type") == "text"]
    text = "\n".join(said) if rows_at(row, "content") else text_at(row, "text")
    if plain(text):
        return text
    pasted = "\n".join(text_at(each, "extracted_content") for each in objects_at(row, "attachments"))
    return pasted if plain(pasted) or blocks else text_at(row, "text")
