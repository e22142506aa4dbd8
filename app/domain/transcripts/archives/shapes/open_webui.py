"""Open WebUI: exported chats, and the feedback that is exported apart.

A chat: `[{"id": "c1", "title": "Sky", "chat": {"history": {"currentId": "m2", "messages": {"m1": {"id": "m1", "parentId": null, "role":
"user", "content": "Sky?"}, "m2": {"id": "m2", "parentId": "m1", "role": "assistant", "model": "llama3", "content": "Blue.", "annotation":
{"rating": 1}}}}}}]`; answers of several models, and those asked for anew, are brothers. Feedback: `[{"type": "rating", "data": {"rating": 1},
"meta": {"message_id": "m2"}, "snapshot": {"chat": {"chat": {"history": {"messages": {...}}}}}}]`: a liked answer beat its brothers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.transcripts.archives.branches import read_tree
from app.domain.transcripts.archives.fields import object_at, seconds, spoken, text_at
from app.domain.transcripts.archives.gathered import Gathered, Grade, Heading, Thumb
from app.domain.transcripts.archives.sheets import Sheet, all_rows, newest_rows
from app.domain.transcripts.archives.trees import Message, tree_of

NAME, LABEL = "open_webui", "Open WebUI"
BESIDE: tuple[str, ...] = ()


def part_of(row: Mapping[str, Any]) -> str:
    """Which of the two files the row is from; "" for none."""
    if object_at(row, "snapshot") and object_at(row, "meta"):
        return "feedback"
    return "chats" if isinstance(_history(row).get("messages"), Mapping) else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the chats with their votes, then the feedback."""
    for row in newest_rows(parts.get("chats", ()), found, ("id",), "updated_at"):
        history = _history(row)
        votes = {key: _vote(object_at(each, "annotation")) for key, each in object_at(history, "messages").items()}
        votes = {key: vote for key, vote in votes.items() if vote}
        read_tree(found, _messages(history), text_at(history, "currentId"), votes, heading=_heading(row))
    for row in all_rows(parts.get("feedback", ()), found):
        _read_feedback(row, found)


def _read_feedback(row: Mapping[str, Any], found: Gathered) -> None:
    tree = tree_of(_messages(object_at(row, "snapshot", "chat", "chat", "history")))
    rated = tree.messages.get(text_at(object_at(row, "meta"), "message_id"))
    vote = _vote(object_at(row, "data"))
    if rated is None or not vote:
        found.leave_out("vote on something not here" if vote else "no verdict")
        return
    context = tree.turns_to(rated.parent)
    brothers = [each for each in tree.messages.values() if each.parent == rated.parent and each.id != rated.id]
    others = [each for each in brothers if each.role == rated.role]
    if vote < 0 or not others:
        found.thumbs.append(Thumb(context, rated.text, vote > 0))
        found.converse(context)
    for other in others if vote > 0 else ():
        if found.choose(Grade.RATED, context, (rated.text, other.text), Verdict.FIRST):
            found.converse(context)


def _heading(row: Mapping[str, Any]) -> Heading:
    title = text_at(row, "title") or text_at(object_at(row, "chat"), "title")
    return Heading(text_at(row, "id"), title, seconds(row.get("created_at")))


def _history(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return object_at(row, "chat", "history") or object_at(row, "history")


def _messages(history: Mapping[str, Any]) -> list[Message]:
    return [
        Message(
            key,
            text_at(row, "parentId"),
            text_at(row, "role"),
            spoken(row.get("content")),
            time=seconds(row.get("timestamp")),
        )
        for key, row in object_at(history, "messages").items()
        if isinstance(row, Mapping)
    ]


def _vote(row: Mapping[str, Any]) -> int:
    try:
        rating = float(row.get("rating") or 0)
    except (TypeError, ValueError, OverflowError):
        return 0
    return (rating > 0) - (rating < 0)
