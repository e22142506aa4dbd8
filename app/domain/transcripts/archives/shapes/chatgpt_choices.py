"""What ChatGPT's exports keep of choices: `model_comparisons.json` and `message_feedback.json`.

A comparison, side by side or after an answer was asked for anew: `{"conversation_id": "c1", "content": {"input": {"prompt_convo":
{"messages": [{"author": {"role": "user"}, "content": {"parts": ["Sky?"]}}]}}, "output": {"feedback_step_2": {"original_turn": [{"id":
"m2", "content": {"parts": ["Blue."]}}], "new_turn": [{"id": "m3", "content": {"parts": ["Red."]}}], "completion_comparison_rating":
"original"}}}}`; the rating is original, new or same. What else stands there (where the person was, for one) is not read. A
thumb: `{"conversation_id": "c1", "id": "m2", "rating": "thumbsUp"}`, the message also as `message_id`, the rating also `thumbs_up`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.transcripts.archives.fields import object_at, objects_at, spoken, text_at
from app.domain.transcripts.archives.gathered import Gathered, Grade
from app.domain.transcripts.archives.sheets import Sheet, all_rows
from app.domain.transcripts.archives.trees import Message, joined

_RATINGS = {"original": Verdict.FIRST, "new": Verdict.SECOND, "same": Verdict.SAME}


def part_of(row: Mapping[str, Any]) -> str:
    """Which of the two files the row is from; "" for none."""
    if _step(row):
        return "comparisons"
    rating = text_at(row, "rating").lower().replace("_", "")
    return "thumbs" if rating in ("thumbsup", "thumbsdown") and "conversation_id" in row else ""


def read_comparisons(sheets: Sequence[Sheet], found: Gathered) -> dict[str, list[frozenset[str]]]:
    """Takes the comparisons; returns, by conversation, the ids of the two messages of each."""
    recorded: dict[str, list[frozenset[str]]] = {}
    for row in all_rows(sheets, found):
        step = _step(row)
        sides = [objects_at(step, name) for name in ("original_turn", "new_turn")]
        first, second = ("".join(spoken(object_at(turn, "content").get("parts")) for turn in side) for side in sides)
        verdict = _RATINGS.get(text_at(step, "completion_comparison_rating"))
        if verdict is None:
            found.leave_out("no verdict")
        else:
            found.choose(Grade.RECORDED, _context(row), (first, second), verdict)
        ids = frozenset(text_at(side[-1], "id") for side in sides if side)
        chat = text_at(row, "conversation_id") or text_at(object_at(row, "input"), "conversation_id")
        recorded.setdefault(chat, []).append(ids)
    return recorded


def _step(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The comparison; some versions of the file have no `content` around it."""
    return object_at(row, "content", "output", "feedback_step_2") or object_at(row, "output", "feedback_step_2")


def _context(row: Mapping[str, Any]) -> Sequence[Any]:
    held = object_at(row, "content", "input") or object_at(row, "input")
    messages = objects_at(object_at(held, "prompt_convo"), "messages")
    return joined(
        Message("", "", text_at(object_at(each, "author"), "role"), spoken(object_at(each, "content").get("parts")))
        for each in messages
    )


def read_thumbs(sheets: Sequence[Sheet], found: Gathered) -> dict[str, dict[str, int]]:
    """1 or -1 by the id of a message, by conversation."""
    thumbs: dict[str, dict[str, int]] = {}
    for row in all_rows(sheets, found):
        vote = 1 if text_at(row, "rating").lower().replace("_", "") == "thumbsup" else -1
        message = text_at(row, "message_id", "id")
        thumbs.setdefault(text_at(row, "conversation_id"), {})[message] = vote
    return thumbs
