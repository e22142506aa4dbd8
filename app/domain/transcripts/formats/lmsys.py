"""Battle rows of LMSYS: two whole conversations and who won.

`{"model_a": "koala-13b", "model_b": "vicuna-13b", "winner": "model_a", "conversation_a": [{"role": "user", "content":
"Sky?"}, {"role": "assistant", "content": "Blue."}], "conversation_b": [...]}`. The winner is one of model_a, model_b, tie
and tie (bothbad); our own exports write no winner and `"verdict": "skip"` where the person skipped. Side A was first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.transcripts.found import FoundComparison, NoComparison, decided
from app.domain.transcripts.turns import Notes, turns_from

WINNERS = {
    **dict.fromkeys(("model_a", "a"), Verdict.FIRST),
    **dict.fromkeys(("model_b", "b"), Verdict.SECOND),
    "tie": Verdict.SAME,
    "tie (bothbad)": Verdict.BOTH_BAD,
    "tie (both bad)": Verdict.BOTH_BAD,
    "both_bad": Verdict.BOTH_BAD,
    "bothbad": Verdict.BOTH_BAD,
}

NAME = "lmsys"


def fits(row: Mapping[str, Any]) -> bool:
    """Whether the row has the keys of this format."""
    return {"conversation_a", "conversation_b"} <= row.keys()


def read(row: Mapping[str, Any], notes: Notes) -> FoundComparison:
    """The row's comparison. Raises BadInput."""
    found = decided(
        turns_from(row["conversation_a"], "conversation_a", notes),
        turns_from(row["conversation_b"], "conversation_b", notes),
        verdict_of(row),
        names=("conversation_a", "conversation_b"),
    )
    return replace(found, sides_known=True)


def verdict_of(row: Mapping[str, Any]) -> Verdict:
    """What `winner` says. Raises NoComparison where it is none of the known words."""
    winner = row.get("winner")
    if winner is None and row.get("verdict") == Verdict.SKIP.value:
        return Verdict.SKIP
    verdict = WINNERS.get(winner.strip().lower()) if isinstance(winner, str) else None
    if verdict is None:
        raise NoComparison("winner must be model_a, model_b, tie or tie (bothbad).", "no verdict")
    return verdict
