r"""Battles as a table: a prompt, two responses and who won, as the Arena published them for a competition.

`{"prompt": "[\"Sky?\"]", "response_a": "[\"Blue.\"]", "response_b": "[\"Red.\"]", "winner_model_a": 1, "winner_model_b": 0,
"winner_tie": 0}`. Each of the three is a text, or a list of as many texts as there were turns. The winner may also be `winner`, as in
LMSYS battles. Side A was first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.errors import BadInput
from app.domain.texts.conversation import Turn
from app.domain.transcripts.formats.lmsys import verdict_of
from app.domain.transcripts.found import FoundComparison, NoComparison, decided
from app.domain.transcripts.turns import Notes, turns_from

_FLAGS = (("winner_model_a", Verdict.FIRST), ("winner_model_b", Verdict.SECOND), ("winner_tie", Verdict.SAME))

NAME = "arena_columns"


def fits(row: Mapping[str, Any]) -> bool:
    """Whether the row has the keys of this format."""
    return {"prompt", "response_a", "response_b"} <= row.keys()


def read(row: Mapping[str, Any], notes: Notes) -> FoundComparison:
    """The row's comparison. Raises BadInput."""
    asked, *answers = (_texts(row[name]) for name in ("prompt", "response_a", "response_b"))
    if any(len(each) != len(asked) for each in answers):
        raise BadInput("prompt, response_a and response_b have different numbers of turns.")
    if any(each[-1] is None for each in answers):
        raise NoComparison("response_a or response_b ends with an answer that is not there.", "choice without text")
    one, other = (_conversation(asked, each, notes) for each in answers)
    found = decided(one, other, _verdict(row), names=("response_a", "response_b"))
    return replace(found, sides_known=True)


def _texts(value: Any) -> list[Any]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return [value]
    return value if isinstance(value, list) and value else [value]


def _conversation(asked: list[Any], said: list[Any], notes: Notes) -> tuple[Turn, ...]:
    rows = [
        {"role": role, "content": content}
        for question, answer in zip(asked, said, strict=True)
        for role, content in (("user", question), ("assistant", answer))
    ]
    return turns_from(rows, "the battle", notes)


def _verdict(row: Mapping[str, Any]) -> Verdict:
    won = [verdict for name, verdict in _FLAGS if str(row.get(name)).strip().lower() in ("1", "1.0", "true")]
    if len(won) == 1:
        return won[0]
    if any(name in row for name, _ in _FLAGS):
        raise NoComparison("Exactly one of winner_model_a, winner_model_b and winner_tie must be 1.", "no verdict")
    return verdict_of(row)
