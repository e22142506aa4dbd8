"""Preference pairs with their context, the shape of the paper's code and of research collections.

`{"context": [{"role": "user", "content": "Why is the sky blue?"}], "chosen": {"role": "assistant", "content": "Rayleigh
scattering."}, "rejected": {"role": "model", "content": "It reflects the sea."}}`. An answer may carry `continuation`: the
turns between the shared context and this answer. Optional fields that are used: `conversation_id`, `present_first`
("chosen" or "rejected"), `orig_side` ("a" or "b", where the chosen answer really stood), `chosen_model`,
`rejected_model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.conversation import Turn
from app.domain.preference import Verdict
from app.domain.transcripts.found import FoundComparison, decided, text_field, turns_from


def fits(row: Mapping[str, Any]) -> bool:
    """Whether the row has the keys of this format."""
    return {"context", "chosen", "rejected"} <= row.keys()


def read(row: Mapping[str, Any]) -> FoundComparison:
    """The row's comparison. Raises BadInput."""
    context = turns_from(row["context"], "context")
    found = decided(
        context + _answer(row["chosen"], "chosen"),
        context + _answer(row["rejected"], "rejected"),
        Verdict.FIRST,
        names=("chosen", "rejected"),
    )
    found = replace(
        found,
        first_model=text_field(row, "chosen_model"),
        second_model=text_field(row, "rejected_model"),
        conversation_key=text_field(row, "conversation_id"),
    )
    chosen_first = _recorded_side(row)
    if chosen_first is None:
        return found
    return replace(found if chosen_first else found.swapped(), sides_known=True)


def _answer(value: Any, what: str) -> tuple[Turn, ...]:
    if isinstance(value, str):
        return turns_from([{"role": "assistant", "content": value}], what)
    lead_in: tuple[Turn, ...] = ()
    if isinstance(value, Mapping) and value.get("continuation"):
        lead_in = turns_from(value["continuation"], f"the continuation of {what}")
    return lead_in + turns_from(value, what)


def _recorded_side(row: Mapping[str, Any]) -> bool | None:
    """Whether the chosen answer stood first: as it really was, else as the collection asks it to be shown."""
    side = {"a": True, "b": False}.get(text_field(row, "orig_side"))
    return side if side is not None else {"chosen": True, "rejected": False}.get(text_field(row, "present_first"))
