"""Preference rows as the TRL library documents them, conversational or plain, with or without an explicit prompt.

Explicit: `{"prompt": [{"role": "user", "content": "Sky?"}], "chosen": [{"role": "assistant", "content": "Blue."}],
"rejected": [...]}`, or the three as plain texts. Implicit: `chosen` and `rejected` are whole conversations that share
their beginning; as plain texts they need the labels `Human:` and `Assistant:` at the start of paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.domain.conversation import Turn
from app.domain.errors import BadInput
from app.domain.preference import Verdict
from app.domain.transcripts.found import FoundComparison, decided, turns_from

_LABEL = re.compile(r"(?:\A|\n\n)\s*(Human|Assistant): ?")


def fits(row: Mapping[str, Any]) -> bool:
    """Whether the row has the keys of this format."""
    return {"chosen", "rejected"} <= row.keys() and "context" not in row


def read(row: Mapping[str, Any]) -> FoundComparison:
    """The row's comparison. Raises BadInput."""
    prompt = row.get("prompt")
    before: tuple[Turn, ...] = ()
    if prompt not in (None, "", []):
        before = _labelled(prompt) if isinstance(prompt, str) else turns_from(prompt, "prompt")
    has_prompt = bool(before)
    return decided(
        before + _turns(row["chosen"], "chosen", has_prompt=has_prompt),
        before + _turns(row["rejected"], "rejected", has_prompt=has_prompt),
        Verdict.FIRST,
        names=("chosen", "rejected"),
    )


def _turns(value: Any, what: str, *, has_prompt: bool) -> tuple[Turn, ...]:
    if not isinstance(value, str):
        return turns_from(value, what)
    if has_prompt:
        return turns_from([{"role": "assistant", "content": value}], what)
    turns = _labelled(value)
    if len(turns) < 2:
        raise BadInput(f"Without a prompt, {what} must hold the whole conversation, labelled Human: and Assistant:.")
    return turns


def _labelled(text: str) -> tuple[Turn, ...]:
    """The turns of a text labelled Human: and Assistant:, or the text as one user turn where it begins otherwise."""
    if not _LABEL.match(text):
        return turns_from(text, "prompt")
    pieces = _LABEL.split(text)[1:]
    named = zip(pieces[::2], pieces[1::2], strict=True)
    # A trailing "Assistant:" only says whose turn it is.
    rows = [{"role": name.lower(), "content": said} for name, said in named if said.strip()]
    return turns_from(rows, "the text")
