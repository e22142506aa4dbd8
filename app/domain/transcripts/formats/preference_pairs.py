"""Preference pairs with their context, the shape of the paper's code and of research collections.

`{"context": [{"role": "user", "content": "Why is the sky blue?"}], "chosen": {"role": "assistant", "content": "Rayleigh
scattering."}, "rejected": {"role": "model", "content": "It reflects the sea."}}`. An answer may carry `continuation`: the
turns between the shared context and this answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.choices.preference import Verdict
from app.domain.texts.conversation import Turn
from app.domain.transcripts.formats.joining import joined
from app.domain.transcripts.found import FoundComparison, decided
from app.domain.transcripts.turns import Notes, turns_from

NAME = "preference_pairs"


def fits(row: Mapping[str, Any]) -> bool:
    """Whether the row has the keys of this format."""
    return {"context", "chosen", "rejected"} <= row.keys() and row["context"] not in (None, "", [])


def read(row: Mapping[str, Any], notes: Notes) -> FoundComparison:
    """The row's comparison, the chosen answer first. Raises BadInput."""
    context = turns_from(row["context"], "context", notes)
    chosen, rejected = (_answer(row[name], name, notes) for name in ("chosen", "rejected"))
    return decided(*joined(context, chosen, rejected, notes), Verdict.FIRST, names=("chosen", "rejected"))


def _answer(value: Any, what: str, notes: Notes) -> tuple[Turn, ...]:
    lead_in: tuple[Turn, ...] = ()
    if isinstance(value, Mapping) and value.get("continuation"):
        lead_in = turns_from(value["continuation"], f"the continuation of {what}", notes)
    if isinstance(value, Mapping) and "content" in value and value.get("role") is None and value.get("from") is None:
        value = {**value, "role": "assistant"}
    return lead_in + turns_from(value, what, notes, role="assistant")
