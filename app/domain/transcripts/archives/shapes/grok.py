"""Grok: `prod-grok-backend.json`, in a folder of the person's own.

`{"conversations": [{"conversation": {"id": "c1", "leaf_response_id": "r2"}, "responses": [{"response": {"_id": "r1", "sender": "human",
"message": "Sky?", "create_time": {"$date": {"$numberLong": "1750000000000"}}}}, {"response": {"_id": "r2", "parent_response_id": "r1",
"sender": "ASSISTANT", "message": "Blue.", "thinking_trace": "..."}}]}], "projects": [{"custom_personality": "Be brief."}]}`. The sender may also
be the model's name: whoever is not human is the assistant. An answer without a parent follows the one before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.transcripts.archives.branches import read_tree
from app.domain.transcripts.archives.fields import object_at, objects_at, rows_at, seconds, text_at
from app.domain.transcripts.archives.gathered import Gathered, Heading
from app.domain.transcripts.archives.sheets import Sheet, all_rows
from app.domain.transcripts.archives.trees import Message

NAME, LABEL = "grok", "Grok"
BESIDE = ("prod-mc-auth-mgmt-api.json", "prod-mc-billing.json")


def part_of(row: Mapping[str, Any]) -> str:
    """Whether the row is an export."""
    chats = objects_at(row, "conversations")
    return "chats" if any("responses" in chat and "conversation" in chat for chat in chats[:5]) else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the chats and the words of projects."""
    newest: dict[str, Mapping[str, Any]] = {}
    for export in all_rows(parts.get("chats", ()), found):
        for chat in objects_at(export, "conversations"):
            key = text_at(object_at(chat, "conversation"), "id") or f"chat {len(newest)}"
            found.leave_out("double", key in newest)
            if key not in newest or len(rows_at(chat, "responses")) > len(rows_at(newest[key], "responses")):
                newest[key] = chat
        for project in objects_at(export, "projects"):
            found.hear(text_at(project, "custom_personality"))
        found.leave_out("not a turn", len(rows_at(export, "media_posts")))
    for chat in newest.values():
        told = object_at(chat, "conversation")
        heading = Heading(text_at(told, "id"), text_at(told, "title"), seconds(told.get("create_time")))
        read_tree(found, _messages(chat, found), text_at(told, "leaf_response_id"), heading=heading)


def _messages(chat: Mapping[str, Any], found: Gathered) -> list[Message]:
    messages: dict[str, Message] = {}
    before = ""
    for number, wrapped in enumerate(objects_at(chat, "responses")):
        row = object_at(wrapped, "response") or wrapped
        found.leave_out("thinking", bool(row.get("thinking_trace")) + len(rows_at(row, "agent_thinking_traces")))
        found.leave_out("tool", len(rows_at(row, "steps")))
        key = text_at(row, "_id", "response_id") or f"response {number}"
        parent = text_at(row, "parent_response_id")
        role = "user" if text_at(row, "sender").lower() == "human" else "assistant"
        messages[key] = Message(
            key, parent if parent in messages else before, role, text_at(row, "message"), time=number
        )
        before = key
    return list(messages.values())
