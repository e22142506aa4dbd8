"""Preference rows as the TRL library documents them, conversational or plain, with or without an explicit prompt.

Explicit: `{"prompt": [{"role": "user", "content": "Sky?"}], "chosen": [{"role": "assistant", "content": "Blue."}],
"rejected": [...]}`, or the three as plain texts. Implicit: `chosen` and `rejected` are whole conversations that share
their beginning, as lists or as texts labelled `Human:` and `Assistant:`. Both at once, as UltraFeedback has it: the prompt
stands again at the beginning of both. Relatives: the question as `question`, `instruction` (with `input`) or `query`, the turns
before it as `history` (pairs of texts), `conversations` or `messages`, or the question as `user` where nothing else is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.errors import BadInput
from app.domain.texts.conversation import Turn
from app.domain.transcripts.columns import QUESTIONS, asks_by_user
from app.domain.transcripts.formats.joining import joined
from app.domain.transcripts.found import FoundComparison, decided
from app.domain.transcripts.labelled_texts import is_labelled, labelled_turns
from app.domain.transcripts.text import MOST_TURNS
from app.domain.transcripts.turns import Notes, turns_from

NAME = "trl"


def fits(row: Mapping[str, Any]) -> bool:
    """Whether the row has the keys of this format."""
    return {"chosen", "rejected"} <= row.keys()


def read(row: Mapping[str, Any], notes: Notes) -> FoundComparison:
    """The row's comparison, the chosen answer first. Raises BadInput."""
    before = _history(row.get("history"), notes) + _prompt(row, notes)
    texts = [row[name] for name in ("chosen", "rejected")]
    # Beside a prompt, labels further below are an answer's own: it may be about such texts.
    whole = all(isinstance(text, str) and is_labelled(text, from_its_beginning=bool(before)) for text in texts)
    if not before and not whole and any(isinstance(text, str) for text in texts):
        raise BadInput(
            "There is no prompt, and chosen and rejected do not hold the whole conversation, labelled Human: and Assistant:."
        )
    chosen, rejected = (
        labelled_turns(row[name], notes, whole=True) if whole else turns_from(row[name], name, notes, role="assistant")
        for name in ("chosen", "rejected")
    )
    return decided(*joined(before, chosen, rejected, notes), Verdict.FIRST, names=("chosen", "rejected"))


def _prompt(row: Mapping[str, Any], notes: Notes) -> tuple[Turn, ...]:
    name = next((name for name in QUESTIONS if row.get(name) not in (None, "", [])), None)
    if name is None:
        return turns_from(row["user"], "user", notes) if asks_by_user(row) else ()
    asked = row[name]
    if not isinstance(asked, str):
        return turns_from(asked, name, notes)
    more = row.get("input")
    if name == "instruction" and isinstance(more, str) and more.strip():
        asked = f"{asked}\n\n{more}"
    return labelled_turns(asked, notes)


def _history(value: Any, notes: Notes) -> tuple[Turn, ...]:
    """Turns told as pairs of a question and its answer."""
    if not isinstance(value, list):
        return ()
    if len(value) > MOST_TURNS:
        raise BadInput(f"history has {len(value):,} turns; at most {MOST_TURNS:,} are taken.")
    found: list[Turn] = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            return turns_from(value, "history", notes)
        for role, said in zip(("user", "assistant"), pair, strict=True):
            found += turns_from([{"role": role, "content": said}], "history", notes)
    return tuple(found)
