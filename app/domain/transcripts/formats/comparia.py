"""Votes of compar:IA, the French arena, in both tables that hold any.

On whole conversations: `{"model_a_name": "alder", "model_b_name": "birch", "chosen_model_name": "alder", "both_equal": false,
"conversation_a": [{"role": "user", "content": "Ciel ?"}, {"role": "assistant", "content": "Bleu."}], "conversation_b": [...]}`. On
single answers, a row a turn: `{"turn": 0, "choice": "a_better", "model_a": "alder", "model_b": "birch", "full_conversation_a": [...],
"full_conversation_b": [...]}`, where every row repeats the finished conversations, which are cut after the answer that was judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.errors import BadInput
from app.domain.texts.conversation import Turn
from app.domain.transcripts.found import FoundComparison, NoComparison, decided
from app.domain.transcripts.text import clean_name
from app.domain.transcripts.turns import Notes, turns_from

NAME = "comparia"
_CHOICES = {
    "a_better": Verdict.FIRST,
    "b_better": Verdict.SECOND,
    "both_good": Verdict.SAME,
    "both_bad": Verdict.BOTH_BAD,
}
_WHOLE, _BY_TURNS = ("conversation_a", "conversation_b"), ("full_conversation_a", "full_conversation_b")


def fits(row: Mapping[str, Any]) -> bool:
    """Whether the row has the keys of this format."""
    return {"chosen_model_name", "both_equal", *_WHOLE} <= row.keys() or {"turn", "choice", *_BY_TURNS} <= row.keys()


def read(row: Mapping[str, Any], notes: Notes) -> FoundComparison:
    """The row's comparison. Raises BadInput, and NoComparison where nothing was decided."""
    names = _BY_TURNS if "choice" in row else _WHOLE
    verdict = _CHOICES.get(str(row["choice"])) if "choice" in row else _chosen(row)
    if verdict is None:
        raise NoComparison("Nobody has decided between the two.", "no verdict")
    one, other = (turns_from(row[name], name, notes) for name in names)
    if "choice" in row:
        one, other = _until(one, row["turn"]), _until(other, row["turn"])
    models = ("model_a", "model_b") if "choice" in row else ("model_a_name", "model_b_name")
    first, second = (clean_name(str(row.get(name) or "")) for name in models)
    return replace(decided(one, other, verdict, names=names), sides_known=True, first_model=first, second_model=second)


def _chosen(row: Mapping[str, Any]) -> Verdict | None:
    if row.get("both_equal") is True:
        return Verdict.SAME
    chosen = row.get("chosen_model_name")
    if isinstance(chosen, str) and chosen in (row.get("model_a_name"), row.get("model_b_name")):
        return Verdict.FIRST if chosen == row.get("model_a_name") else Verdict.SECOND
    return None


def _until(turns: tuple[Turn, ...], number: Any) -> tuple[Turn, ...]:
    """The turns up to the assistant's answer with this number, which is counted from 0."""
    answers = [position for position, turn in enumerate(turns) if turn.role == "assistant"]
    if not isinstance(number, int) or not 0 <= number < len(answers):
        raise BadInput("turn must be the number of an answer, counted from 0.")
    return turns[: answers[number] + 1]
