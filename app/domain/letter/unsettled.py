"""What would settle a persona: the ways of answering that the choices say least about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.domain.letter.leanings import leanings_of
from app.domain.personas.persona import LIKELY
from app.domain.personas.style_claims import claimed_measure

_AXES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "length": ("length", "short against thorough"),
        "lists": ("lists", "a list against prose"),
        "examples": ("examples", "with an example against without"),
        "hedging": ("hedging", "cautious against firm"),
        "warmth": ("warmth", "plain against warm"),
        "answer-first": ("answer_first", "the answer first against led up to"),
        "question-back": ("question_back", "a question back against none"),
    }
)
"""Axis of the ready-made pairs (app/samples/README.md) -> the measure that tells it, and how it is said."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An axis of the ready-made pairs of which little is known; `words` say what its two answers are."""

    axis: str
    words: str


def unsettled(document: Mapping[str, Any]) -> tuple[Unsettled, ...]:
    """The axes that are not settled, those first that a choice would tell most of: of somebody with a persona the ones least
    is known of, and where nothing may be said yet the ones that come nearest to a pattern."""
    sure: dict[str, float] = {}
    for trait in document["traits"]:
        counted = trait.get("counted")
        if counted:
            sure[str(counted["measure"])] = 1.0 if trait["certainty"] == "clear" else float(counted["sure"])
            continue
        claimed = claimed_measure(str(trait["text"]))
        if claimed:
            sure[claimed[0]] = {"clear": 1.0, "likely": LIKELY, "tentative": 0.5}[trait["certainty"]]
    nearest = [] if document["traits"] else [each.measure for each in leanings_of(document)]
    open_ = [
        (nearest.index(measure) if measure in nearest else len(nearest), sure.get(measure, 0.0), axis, words)
        for axis, (measure, words) in _AXES.items()
        if sure.get(measure, 0.0) < 1
    ]
    return tuple(Unsettled(axis, words) for *_, axis, words in sorted(open_, key=lambda each: each[:2]))
