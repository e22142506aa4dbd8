"""What is worked out of texts once, when they are stored, and kept beside them: lists and exports ask it of every row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.domain.choices.naming_itself import are_equal, names_itself
from app.domain.choices.preference import Completion
from app.domain.texts.conversation import Context, context_from_json
from app.domain.texts.language import UNDETERMINED, language_of

Values = dict[str, Any]


def language(context: Context) -> str:
    """The language of a context's last request, which always stands beside its comparison."""
    return language_of(context[-1].content) if context else UNDETERMINED


def add_to(completions: Iterable[Values], comparisons: Sequence[Values]) -> None:
    """Sets the columns of rows that are about to be stored together; an answer without its text yet names nobody."""
    by_id = {}
    for answer in completions:
        answer["names_model"] = names_itself(answer["text"])
        by_id[answer["completion_id"]] = answer
    for comparison in comparisons:
        comparison["language"] = language(context_from_json(comparison["context"]))
        comparison["equal_answers"] = _are_equal(by_id.get(comparison["first_id"]), by_id.get(comparison["second_id"]))


def _are_equal(first: Mapping[str, Any] | None, second: Mapping[str, Any] | None) -> bool:
    if first is None or second is None or not first["state"] == second["state"] == "ready":
        return False
    one, other = (Completion(each["text"], context_from_json(each["lead_in"])) for each in (first, second))
    return are_equal(one, other)
