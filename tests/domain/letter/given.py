"""Traits and documents as the tests of the persona's text start from them."""

from __future__ import annotations

from typing import Any


def counted(
    measure: str, more: bool, *, most: float = 0.3, apart: bool = False, its: tuple[int, int] = (8, 2)
) -> dict[str, Any]:
    told = {"measure": measure, "more": more, "for": its[0], "against": its[1], "most_people": most, "sure": 0.98}
    return {"text": f"prefers {measure}", "certainty": "clear", "counted": {**told, "sets_apart": apart}}


def worded(text: str) -> dict[str, Any]:
    return {"text": text, "certainty": "likely", "supporting": ["a", "b", "c"], "opposing": ["d"], "when": ""}


def document(*traits: dict[str, Any], summary: str = "", **more: Any) -> dict[str, Any]:
    rest = {"n_choices": 10, "n_read": 10, "is_sketch": False, "accuracy": None, "verdict": ""}
    return {"traits": list(traits), "summary": summary, **rest, **more}
