"""Rows for OpenAI's preference fine-tuning.

`{"input": {"messages": [{"role": "user", "content": "Sky?"}]}, "preferred_output": [{"role": "assistant", "content":
"Blue."}], "non_preferred_output": [{"role": "assistant", "content": "Red."}]}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.transcripts.formats.joining import joined
from app.domain.transcripts.found import FoundComparison, decided
from app.domain.transcripts.turns import Notes, turns_from

_NAMES = ("preferred_output", "non_preferred_output")

NAME = "openai_preference"


def fits(row: Mapping[str, Any]) -> bool:
    """Whether the row has the keys of this format."""
    return {"input", *_NAMES} <= row.keys()


def read(row: Mapping[str, Any], notes: Notes) -> FoundComparison:
    """The row's comparison, the preferred answer first. Raises BadInput."""
    asked = row["input"]
    if isinstance(asked, Mapping) and "messages" in asked:
        if asked.get("tools"):
            notes.leave_out("the list of tools")
        asked = asked["messages"]
    before = turns_from(asked, "input.messages", notes)
    chosen, rejected = (turns_from(row[name], name, notes, role="assistant") for name in _NAMES)
    return decided(*joined(before, chosen, rejected, notes), Verdict.FIRST, names=_NAMES)
