"""Mistral Le Chat: a ZIP with one `chat-<id>.json` a chat, each an array of messages that are not always in order of time.

`[{"id": "m1", "chatId": "c1", "version": 0, "role": "user", "content": "Sky?", "contentChunks": null, "createdAt": "2026-02-01T10:00:00Z",
"reaction": "neutral", "preference": null, "preferenceOver": null}, {"id": "m2", "chatId": "c1", "version": 0, "role": "assistant", "content": "",
"contentChunks": [{"type": "text", "text": "Blue."}], "createdAt": "2026-02-01T10:00:09Z", "reaction": "like", ...}]`. A higher `version` is an
answer that was asked for anew. In every export seen so far `reaction` was neutral and the preferences null: their values are taken as `like` and
`dislike`, and as the id of the message that lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.texts.storable_text import plain
from app.domain.transcripts.archives.branches import read_tree
from app.domain.transcripts.archives.fields import objects_at, seconds, text_at
from app.domain.transcripts.archives.gathered import UNTITLED, Gathered, Grade, Heading
from app.domain.transcripts.archives.sheets import Sheet
from app.domain.transcripts.archives.trees import Message, tree_of

NAME, LABEL = "lechat", "Mistral Le Chat"
BESIDE = ("chat-*-files/*",)


def part_of(row: Mapping[str, Any]) -> str:
    """Whether the row is a message of a chat."""
    return "chats" if {"chatId", "role", "createdAt"} <= row.keys() else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the chats, a sheet each; of two sheets of one chat the longer."""
    chats: dict[str, list[Mapping[str, Any]]] = {}
    for number, sheet in enumerate(parts.get("chats", ())):
        rows = list(sheet.rows(found))
        key = next((text_at(row, "chatId") for row in rows), "") or f"sheet {number}"
        found.leave_out("double", key in chats)
        chats[key] = max(chats.get(key, []), rows, key=len)
    for rows in chats.values():
        _read_chat(sorted(rows, key=_time), found)


def _read_chat(rows: Sequence[Mapping[str, Any]], found: Gathered) -> None:
    messages: dict[str, Message] = {}
    votes: dict[str, int] = {}
    question = tail = ""
    version: Any = 0
    for row in rows:
        key, role = text_at(row, "id") or f"message {len(messages)}", text_at(row, "role")
        is_anew = row.get("version") and row.get("version") != version
        parent = question if role != "user" and is_anew else tail
        messages[key] = Message(key, parent, role, _text(row, found), time=seconds(row.get("createdAt")))
        question = key if role == "user" else question
        tail, version = key, row.get("version")
        vote = _vote(text_at(row, "reaction"))
        if vote:
            votes[key] = vote
    leaf, recorded = tail, []
    for row in rows:
        winner, loser = messages.get(text_at(row, "id")), messages.get(text_at(row, "preferenceOver"))
        if not (row.get("preference") and row.get("preferenceOver")):
            continue
        if winner is None or loser is None or not (winner.is_kept and loser.is_kept):
            found.leave_out("vote on something not here")
            continue
        context = tree_of(messages.values()).turns_to(winner.parent)
        found.choose(Grade.RECORDED, context, (winner.text, loser.text), Verdict.FIRST)
        recorded.append(frozenset({winner.id, loser.id}))
        for message in messages.values():
            if message.role == "user" and message.parent == loser.id:
                message.parent = winner.id  # what came after belongs to the winner
        leaf = winner.id if tail in (winner.id, loser.id) else leaf
    read_tree(
        found,
        list(messages.values()),
        leaf,
        votes,
        recorded,
        Heading(text_at(rows[0], "chatId"), time=_time(rows[0])) if rows else UNTITLED,
    )


def _time(row: Mapping[str, Any]) -> float:
    return seconds(row.get("createdAt"))


def _text(row: Mapping[str, Any], found: Gathered) -> str:
    chunks = objects_at(row, "contentChunks")
    for chunk in chunks:
        kind = text_at(chunk, "type")
        if kind != "text":
            found.leave_out("tool" if kind == "tool_call" else "other block")
    text = text_at(row, "content")
    return text if plain(text) else "".join(text_at(each, "text") for each in chunks if each.get("type") == "text")


def _vote(word: str) -> int:
    word = word.lower()
    if word in ("", "neutral"):
        return 0
    return -1 if any(part in word for part in ("dis", "down", "neg")) else 1
