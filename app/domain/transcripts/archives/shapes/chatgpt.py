"""ChatGPT: one `conversations.json` until 2025, shards `conversations-000.json` and on since, beside them what was voted and compared.

`[{"conversation_id": "c1", "title": "Sky", "current_node": "n2", "mapping": {"n0": {"id": "n0", "parent": null, "message": null},
"n1": {"id": "n1", "parent": "n0", "message": {"id": "m1", "author": {"role": "user"}, "create_time": 1750000000.5, "content":
{"content_type": "text", "parts": ["Sky?"]}}}, "n2": {"id": "n2", "parent": "n1", "message": {"id": "m2", "author": {"role":
"assistant"}, "content": {"content_type": "text", "parts": ["Blue."]}, "metadata": {"model_slug": "gpt-4o"}}}}}]`. Times may be
milliseconds, `children` and `current_node` may be missing, messages of two chats may share ids. Custom instructions stand in a message
of the type `user_editable_context`, once in each chat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.transcripts.archives.branches import read_tree
from app.domain.transcripts.archives.fields import object_at, rows_at, seconds, spoken, text_at
from app.domain.transcripts.archives.gathered import Gathered, Heading
from app.domain.transcripts.archives.shapes import chatgpt_choices
from app.domain.transcripts.archives.sheets import Sheet, newest_rows
from app.domain.transcripts.archives.trees import Message

NAME, LABEL = "chatgpt", "ChatGPT"
BESIDE = (
    *("user.json", "user_settings.json", "library_files.json", "conversation_asset_file_names.json", "chat.html"),
    *("shared_conversations.json", "group_chats.json"),
)


def part_of(row: Mapping[str, Any]) -> str:
    """Which file of an export the row is from; "" for none."""
    if isinstance(row.get("mapping"), Mapping) and "chat_messages" not in row:
        return "chats"
    return "manifest" if "conversations.json" in object_at(row, "logical_files") else chatgpt_choices.part_of(row)


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the chats, the recorded comparisons and the thumbs."""
    names = {sheet.name for sheet in parts.get("chats", ())}
    for sheet in parts.get("manifest", ()):
        for row in sheet.rows(found):
            told = rows_at(object_at(row, "logical_files", "conversations.json"), "files")
            missing = {text_at(each, "path", "name") or str(each) for each in told}
            found.leave_out("missing file", sum(each.rsplit("/", 1)[-1] not in names for each in missing))
    recorded = chatgpt_choices.read_comparisons(parts.get("comparisons", ()), found)
    thumbs = chatgpt_choices.read_thumbs(parts.get("thumbs", ()), found)
    voted: set[tuple[str, str]] = set()
    for chat in newest_rows(parts.get("chats", ()), found, ("conversation_id", "id"), "update_time"):
        key = text_at(chat, "conversation_id", "id")
        messages, inner = _messages(chat, found)
        votes = {inner[each]: vote for each, vote in thumbs.get(key, {}).items() if each in inner}
        voted |= {(key, each) for each in thumbs.get(key, {}) if each in inner}
        read_tree(found, messages, text_at(chat, "current_node"), votes, recorded.get(key, ()), _heading(key, chat))
    given = sum(len(votes) for votes in thumbs.values())
    found.leave_out("vote on something not here", given - len(voted))


def _heading(key: str, chat: Mapping[str, Any]) -> Heading:
    return Heading(key, text_at(chat, "title"), seconds(chat.get("create_time") or chat.get("update_time")))


def _messages(chat: Mapping[str, Any], found: Gathered) -> tuple[list[Message], dict[str, str]]:
    """The messages, and by their own ids those of the nodes in which they stand."""
    messages, inner = [], {}
    for key, node in object_at(chat, "mapping").items():
        parent, message = text_at(node, "parent"), object_at(node, "message")
        if message:
            inner[text_at(message, "id") or key] = key
            messages.append(_message(key, parent, message, found))
        else:
            messages.append(Message(key, parent, ""))
    return messages, inner


def _message(key: str, parent: str, message: Mapping[str, Any], found: Gathered) -> Message:
    content, role = object_at(message, "content"), text_at(object_at(message, "author"), "role")
    kind = text_at(content, "content_type")
    if kind == "user_editable_context":
        found.hear(text_at(content, "user_profile"))
        found.hear(text_at(content, "user_instructions"))
        return Message(key, parent, "")
    why = _why_not(kind, role, message)
    parts = rows_at(content, "parts")
    if not why:
        found.leave_out("other block", sum(isinstance(part, Mapping) and not text_at(part, "text") for part in parts))
    return Message(key, parent, role, "" if why else spoken(parts), why, seconds(message.get("create_time")))


def _why_not(kind: str, role: str, message: Mapping[str, Any]) -> str:
    if kind == "model_editable_context":
        return "memory"
    if kind in ("thoughts", "reasoning_recap"):
        return "thinking"
    if role == "system":
        return "system"
    if role == "tool" or (text_at(message, "recipient") or "all") != "all" or kind in ("code", "execution_output"):
        return "tool"
    return "hidden" if object_at(message, "metadata").get("is_visually_hidden_from_conversation") else ""
