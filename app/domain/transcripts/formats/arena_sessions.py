"""Battles of the Arena since 2025: several votes in one session, each on two new models.

`{"evaluation_session_id": "s1", "evaluation_order": 2, "winner": "model_b", "conversation_a": [{"role": "user", "content": [{"type": "text", "text":
"And at dusk?"}]}, {"role": "assistant", "content": [...]}], "conversation_b": [...], "full_conversation": [{"user": {"role": "user", "content": [...]},
"model_side_a": {"role": "assistant", "content": [...]}, "model_side_b": {...}}, ...]}`. `conversation_a` and `_b` hold what was said since the vote
before; all that was said before it stands in `full_conversation`, where each side has a history of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.texts.conversation import Turn
from app.domain.texts.storable_text import plain
from app.domain.transcripts.formats.lmsys import verdict_of
from app.domain.transcripts.found import FoundComparison, decided
from app.domain.transcripts.turns import Notes, turns_from

NAME = "arena_sessions"
_NAMES = ("conversation_a", "conversation_b")


def fits(row: Mapping[str, Any]) -> bool:
    """Whether the row has the keys of this format."""
    return {"evaluation_session_id", "full_conversation", *_NAMES} <= row.keys()


def read(row: Mapping[str, Any], notes: Notes) -> FoundComparison:
    """The row's comparison. Raises BadInput."""
    since = [turns_from(row[name], name, notes) for name in _NAMES]
    whole = [_side(row["full_conversation"], side, notes) for side in ("model_side_a", "model_side_b")]
    # Where the whole does not end with what was voted on, it is of another moment.
    are_whole = all(_ends_with(every, last) for every, last in zip(whole, since, strict=True))
    if not are_whole:
        notes.leave_out("what had been said before the vote")
    one, other = whole if are_whole else since
    return replace(decided(one, other, verdict_of(row), names=_NAMES), sides_known=True)


def _side(groups: Any, side: str, notes: Notes) -> tuple[Turn, ...]:
    if not isinstance(groups, list) or not all(isinstance(group, Mapping) for group in groups):
        return ()
    said = [group[name] for group in groups for name in ("user", side) if group.get(name)]
    return turns_from(said, "full_conversation", notes) if said else ()


def _ends_with(every: tuple[Turn, ...], last: tuple[Turn, ...]) -> bool:
    end = every[len(every) - len(last) :] if len(every) >= len(last) else ()
    return [(turn.role, plain(turn.content)) for turn in end] == [(turn.role, plain(turn.content)) for turn in last]
