"""The columns beside the texts, the same in every format: whose choice it is, in which conversation and which split, where
the answers stood, by which models, and what else is known.

Who chose: `user_id`, `participant`, `judge`, `annotator`, `worker_id`, `rater` or `user`. Conversation: `conversation_id`,
`conversation` or `question_id`. Where the answers stood: `orig_side` ("a" or "b", where the chosen one really stood),
`chosen_side` ("first" or "second") or `present_first` ("chosen" or "rejected"). Split: train, test or validation, in any
letter case and with anything after it (`test_prefs`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.errors import BadInput
from app.domain.people.about import NOTHING_SAID, About
from app.domain.texts.conversation import Turn
from app.domain.transcripts.found import FoundComparison
from app.domain.transcripts.labelled_texts import is_labelled
from app.domain.transcripts.text import clean_name
from app.domain.transcripts.turns import Notes, turns_from

PEOPLE = (
    *("user_id", "participant", "participant_id", "judge", "judge_id", "annotator", "annotator_id"),
    *("worker_id", "rater", "rater_id", "user"),
)
QUESTIONS = ("context", "prompt", "question", "instruction", "query", "conversations", "messages")
CONVERSATIONS = ("conversation_id", "conversation", "question_id")
_SPLITS = {
    **dict.fromkeys(("train", "training", "learn", "learning", "seen"), ""),
    **dict.fromkeys(("test", "testing", "eval", "evaluation", "holdout", "heldout", "unseen"), "test"),
    **dict.fromkeys(("validation", "validate", "valid", "val", "dev", "devel", "development"), "validation"),
}
_CHOSEN_FIRST = (
    ("orig_side", {"a": True, "b": False}),
    ("chosen_side", {"first": True, "second": False, "a": True, "b": False}),
    ("present_first", {"chosen": True, "rejected": False}),
)
_SAID = {"self_description": "About themselves", "system_string": "How an assistant should be"}
"""PRISM's survey fields in words; other fields are shown under their own names."""


def person_of(row: Mapping[str, Any]) -> str:
    """Who chose, as a name of one line; "" where the row tells nobody."""
    names = PEOPLE[:-1] if asks_by_user(row) else PEOPLE
    return next((found for name in names if (found := _name(row.get(name)) or _odd_name(row.get(name)))), "")


def asks_by_user(row: Mapping[str, Any]) -> bool:
    """Whether `user` is what was asked, not who: two plain answers stand beside it, and no other question."""
    answers = [row.get(name) for name in ("chosen", "rejected")]
    plain_texts = all(isinstance(text, str) and not is_labelled(text) for text in answers)
    return plain_texts and isinstance(row.get("user"), str) and not any(row.get(name) for name in QUESTIONS)


def split_of(row: Mapping[str, Any]) -> str:
    """Empty for train, "test" or "validation". Raises BadInput for a word that is none of the known, which must not teach silently."""
    value = row.get("split")
    word = _name(value) or _odd_name(value)
    if not word:
        return ""
    known = re.split(r"[^a-z]", re.sub(r"^held[-_ ]?out", "heldout", word.lower()), maxsplit=1)[0]
    if known not in _SPLITS:
        raise BadInput(f"Its split is {word[:40]!r}; known are train, test and validation. Rename it to use the row.")
    return _SPLITS[known]


def with_columns(found: FoundComparison, row: Mapping[str, Any], notes: Notes) -> FoundComparison:
    """The comparison with what the other columns of its row say."""
    found = _with_system(found, row, notes)
    _tell_pictures(row, notes)
    found = replace(
        found,
        person=person_of(row),
        split=split_of(row),
        conversation_key=_first_name(row, CONVERSATIONS),
        pair_id=_name(row.get("pair_id")),
        seq=row["seq"] if isinstance(row.get("seq"), int) and not isinstance(row["seq"], bool) else None,
        about=_about(row),
    )
    if not found.sides_known:
        found = replace(
            found, first_model=_name(row.get("chosen_model")), second_model=_name(row.get("rejected_model"))
        )
        sides = (known.get(_name(row.get(name)).lower()) for name, known in _CHOSEN_FIRST)
        chosen_first = next((side for side in sides if side is not None), None)
        if chosen_first is None:
            return found
        found = replace(found if chosen_first else found.swapped(), sides_known=True)
    return replace(
        found,
        first_model=found.first_model or _name(row.get("model_a")) or _name(row.get("first_model")),
        second_model=found.second_model or _name(row.get("model_b")) or _name(row.get("second_model")),
    )


def _with_system(found: FoundComparison, row: Mapping[str, Any], notes: Notes) -> FoundComparison:
    name = next(
        (name for name in ("system", "system_prompt") if isinstance(row.get(name), str) and row[name].strip()), ""
    )
    if not name:
        return found
    if found.context[0].role == "system":
        if found.context[0].content.strip() != row[name].strip():
            notes.leave_out(f"the column {name}, as the conversation has a system turn of its own,")
        return found
    (turn,) = turns_from([{"role": "system", "content": row[name]}], name, notes)
    return replace(found, context=(Turn("system", turn.content), *found.context))


def _tell_pictures(row: Mapping[str, Any], notes: Notes) -> None:
    if any(row.get(name) for name in ("image", "images")):
        notes.leave_out("a picture")
    if row.get("tools"):
        notes.leave_out("the list of tools")


def _about(row: Mapping[str, Any]) -> About:
    if "stated_preferences" not in row and "demographics" not in row:
        return NOTHING_SAID
    return About(_said(row.get("stated_preferences")), _said(row.get("demographics")))


def _said(value: object) -> str:
    """What a survey field says, a line a part: `How an assistant should be: brief`; "" where it says nothing."""
    if isinstance(value, Mapping):
        parts = [(_SAID.get(key, key.replace("_", " ").capitalize()), _said(part)) for key, part in value.items()]
        return "\n".join(f"{label}: {part}" for label, part in parts if part)
    if isinstance(value, list):
        return ", ".join(part for part in map(_said, value) if part)
    return "" if value is None else str(value).strip()


def _first_name(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((found for name in names if (found := _name(row.get(name)))), "")


def _odd_name(value: Any) -> str:
    """What is neither text nor number as a name, for where two of them must be told apart (`{"$oid": "5f2a"}`)."""
    if isinstance(value, bool) or (isinstance(value, list | dict) and value):
        return clean_name(json.dumps(value, sort_keys=True, default=str))
    return ""


def _name(value: Any) -> str:
    """A text or a number as a name; "" for everything else. Tables turn whole numbers into 3.0 where one is missing."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        value = int(value) if value == value and value.is_integer() else ""  # noqa: PLR0124 - NaN is unequal to itself
    return clean_name(str(value)) if isinstance(value, str | int) else ""
