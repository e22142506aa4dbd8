"""What is worked out of texts once, when they are stored, and kept beside them: lists and exports ask it of every row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from app.domain.choices.naming_itself import are_equal, names_itself
from app.domain.choices.preference import Completion, Verdict
from app.domain.flaws import Flaw, first_unshared, flaws, stops_short
from app.domain.texts.conversation import Context, context_from_json
from app.domain.texts.language import UNDETERMINED, language_of

Values = dict[str, Any]
_BETWEEN = ","
_SIDES = ("first_id", "second_id")


def language(context: Context) -> str:
    """The language of a context's last request, which always stands beside its comparison."""
    return language_of(context[-1].content) if context else UNDETERMINED


def of_answer(asked: Context, text: str) -> Values:
    """The columns of an answer that has its text. `asked` are all turns before it, those that led to it alone as well."""
    return {
        "names_model": names_itself(text),
        "flaws": _BETWEEN.join(flaws(asked, text)),
        "stops_short": stops_short(text),
    }


def left_out(verdict: str, first_flaws: str, second_flaws: str) -> str:
    """Which flaw of the answer not chosen, by the columns of both, makes the choice teach nothing (domain/flaws); "" where none does, or
    there is no choice."""
    if not Verdict(verdict).is_choice:
        return ""
    lost, won = (second_flaws, first_flaws) if verdict == Verdict.FIRST else (first_flaws, second_flaws)
    return first_unshared(_flaws(lost), _flaws(won))


def _flaws(column: str) -> Sequence[Flaw]:
    return cast("Sequence[Flaw]", column.split(_BETWEEN)) if column else ()


def add_to(completions: Iterable[Values], comparisons: Sequence[Values], parts: Iterable[Values] = ()) -> None:
    """Sets the columns of rows that are about to be stored together, `parts` being those of their long contexts; an answer without
    its text yet has nothing of note."""
    by_id = {answer["completion_id"]: answer for answer in completions}
    turns: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for part in parts:
        turns.setdefault((part["conversation_id"], part["branch"]), []).extend(part["turns"])
    branches = {branch: context_from_json(rows) for branch, rows in turns.items()}
    for comparison in comparisons:
        beside = context_from_json(comparison["context"])
        earlier = branches.get((comparison["conversation_id"], comparison["branch"]), ())[: comparison["earlier"]]
        answers = [by_id[comparison[side]] for side in _SIDES if comparison[side] in by_id]
        ready = [(each, _answer(each)) for each in answers if each["state"] == "ready"]
        for row, answer in ready:
            row.update(of_answer(earlier + beside + answer.lead_in, answer.text))
        comparison["language"] = language(beside)
        comparison["equal_answers"] = len(ready) == len(_SIDES) and are_equal(*(answer for _, answer in ready))


def _answer(row: Mapping[str, Any]) -> Completion:
    return Completion(row["text"], context_from_json(row["lead_in"]))
