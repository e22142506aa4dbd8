"""The reactions of compar:IA: a row a vote on one answer of a pair of conversations.

`{"conversation_pair_id": "p1", "msg_index": 1, "model_pos": "a", "liked": true, "disliked": false, "conversation_a": [{"role": "user",
"content": "Ciel ?"}, {"role": "assistant", "content": "Bleu."}], "conversation_b": [...]}`. Of two answers to one question of which one alone
was liked, the liked one beat the other; every other vote stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.transcripts.archives.fields import text_at
from app.domain.transcripts.archives.gathered import Gathered, Grade, Thumb
from app.domain.transcripts.archives.shapes.message_lists import turns_in
from app.domain.transcripts.archives.sheets import Sheet, all_rows

NAME, LABEL = "comparia", "compar:IA"
BESIDE: tuple[str, ...] = ()


def part_of(row: Mapping[str, Any]) -> str:
    """Whether the row is such a vote."""
    return "reactions" if {"conversation_pair_id", "msg_index", "model_pos", "liked"} <= row.keys() else ""


def read(parts: Mapping[str, Sequence[Sheet]], found: Gathered) -> None:
    """Takes the votes; the context of each is a conversation."""
    groups: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {}
    for row in all_rows(parts.get("reactions", ()), found):
        index = row["msg_index"] if isinstance(row.get("msg_index"), int) else -1
        groups.setdefault((text_at(row, "conversation_pair_id"), index), {})[text_at(row, "model_pos")] = row
    for (_, index), sides in groups.items():
        _read(sides, index, found)


def _read(sides: Mapping[str, Mapping[str, Any]], index: int, found: Gathered) -> None:
    row = next(iter(sides.values()))
    cut = {side: turns_in(row.get(f"conversation_{side}"), "user", index + 1) for side in "ab"}
    if any(len(turns) < 2 for turns in cut.values()):
        found.leave_out("unreadable row", len(sides))
        return
    liked = {side: side in sides and sides[side].get("liked") is True for side in "ab"}
    if cut["a"][:-1] == cut["b"][:-1] and liked["a"] != liked["b"]:
        answers = (cut["a"][-1].content, cut["b"][-1].content)
        if found.choose(Grade.RATED, cut["a"][:-1], answers, Verdict.FIRST if liked["a"] else Verdict.SECOND):
            found.converse(cut["a"][:-1])
        return
    for side in sides.keys() & cut.keys():
        found.thumbs.append(Thumb(cut[side][:-1], cut[side][-1].content, liked[side]))
        found.converse(cut[side][:-1])
