"""Which models write the two answers: drawn by weight, so that neither side, order nor person tells whose they are."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may be drawn, `weight` times as often as one of weight 1."""

    model: str
    weight: float = 1.0


def drawn(candidates: Sequence[Candidate], chance: random.Random, without: Collection[str] = ()) -> str | None:
    """One model by weight, none of those `without`; None where there is no other."""
    left = [one for one in candidates if one.model not in without]
    if not left:
        return None
    return chance.choices([one.model for one in left], [one.weight for one in left])[0]


def two_drawn(candidates: Sequence[Candidate], chance: random.Random) -> tuple[str, str]:
    """Two different models, the second drawn among those that are left; the same one twice where there is only one. Raises ValueError
    where there is none."""
    one = drawn(candidates, chance)
    if one is None:
        raise ValueError("there is no model to draw")
    return one, drawn(candidates, chance, {one}) or one
