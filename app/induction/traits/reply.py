"""What a model proposes of one group of choices: the form of its reply, and how it is read.

`{"notes": [{"choice": 1, "has": "the bare result", "gave_up": "complete"}], "manners": [{"manner": 5, "for": [1], "against": [2, 3]}],
"traits": [{"trait": "prefers ...", "opposite": "prefers ...", "when": "any request", "for": [1, 3], "against": [2]}]}`

The notes are there to be written before the traits, not to be read. `manners` is asked for where the list of them was shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.choices.decisions import Decision
from app.domain.manners import BY_NUMBER
from app.domain.personas.style_claims import claims
from app.domain.texts.request_kinds import KINDS
from app.induction.model.language_model import Answer, Reply
from app.induction.traits.ballots import Statement
from app.induction.traits.cited import Cited, may_be_tried, seen_often_enough
from app.induction.wording.statements import say_the_same

FEWEST, MOST_MANNERS = 3, 6
ANY = "any request"
_NUMBERS = {"type": "array", "items": {"type": "integer"}}
_SHORT = {"type": "string", "maxLength": 80}
_NOTE = {"choice": {"type": "integer"}, "has": _SHORT, "gave_up": _SHORT}
_CITED = {"for": _NUMBERS, "against": _NUMBERS}


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked for of a group: at most so many `traits`, a note on each of `decisions`, and `manners` where a list is shown."""

    decisions: int
    traits: int
    manners: bool

    @property
    def schema(self) -> str:
        """The JSON schema of the reply, its fields in the order in which they are to be written."""
        sentence = {"type": "string", "maxLength": 160}
        when = {"type": "string", "enum": [ANY, *KINDS]}
        fields: dict[str, Any] = {"notes": _listed(_NOTE, self.decisions, self.decisions)}
        if self.manners:
            fields["manners"] = _listed({"manner": {"type": "integer"}, **_CITED}, 0, MOST_MANNERS)
        trait = {"trait": sentence, "opposite": sentence, "when": when, **_CITED}
        fields["traits"] = _listed(trait, FEWEST, self.traits)
        return json.dumps(_object(fields))


def read(answer: Answer, shown: Sequence[Decision], surprising: frozenset[str]) -> list[Cited]:
    """The candidates of a reply that may be tried, traits and manners in turn as they stand there; none where it cannot be read."""
    if not isinstance(answer, Reply):
        return []
    try:
        found = json.loads(answer.text)
        traits, manners = _rows(found["traits"]), _rows(found.get("manners"))
    except (ValueError, TypeError, KeyError, AttributeError):
        return []
    ids = [_telling(one, surprising) for one in shown]
    own = [_cited(_statement(row), row, ids) for row in traits]
    listed = [_cited(statement, row, ids) for row in manners for statement in _of_list(row)]
    in_turn = [each[at] for at in range(max(len(own), len(listed))) for each in (own, listed) if at < len(each)]
    tried = [one for one in in_turn if may_be_tried(one.statement.text)]
    return [one.on_the_side_chosen() for one in seen_often_enough(tried, len(shown))]


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _statement(row: dict[str, Any]) -> Statement:
    text, opposite = (" ".join(str(row.get(name) or "").split()).rstrip(".") for name in ("trait", "opposite"))
    when = str(row.get("when") or "")
    is_other = not say_the_same(text, opposite) and (not claims(text) or claims(text) != claims(opposite))
    may_stand = is_other and may_be_tried(opposite)
    return Statement(text, opposite if may_stand else "", when if when in KINDS else "")


def _of_list(row: dict[str, Any]) -> Iterator[Statement]:
    number = row.get("manner")
    manner = BY_NUMBER.get(number) if isinstance(number, int) else None
    if manner:
        yield Statement(manner.statement, manner.opposite)


def _cited(statement: Statement, row: dict[str, Any], ids: Sequence[str]) -> Cited:
    """With what is named for and against it; a choice named both ways, or that was not shown, counts for neither."""
    pro, con = (_places(row.get(name), len(ids)) for name in ("for", "against"))
    return Cited(
        statement,
        tuple(ids[place] for place in sorted(pro - con)),
        tuple(ids[place] for place in sorted(con - pro)),
    )


def _places(value: Any, count: int) -> set[int]:
    numbers = value if isinstance(value, list) else []
    return {number - 1 for number in numbers if isinstance(number, int) and 0 < number <= count}


def _telling(decision: Decision, surprising: frozenset[str]) -> str:
    """One choice of a decision: one that was guessed wrong blind, if any was."""
    ids = [pair.pair_id for pair in decision.pairs]
    return next((one for one in ids if one in surprising), ids[0])


def _listed(fields: dict[str, Any], fewest: int, most: int) -> dict[str, Any]:
    return {"type": "array", "minItems": fewest, "maxItems": most, "items": _object(fields)}


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": fields, "required": list(fields)}
