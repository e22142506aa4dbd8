"""Calls and tokens added up, and the usual sizes of what is asked and answered: for estimates only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

PAIR_TOKENS = 500
"""A request and two answers."""
FRAME_TOKENS = 250
PROPOSING_TOKENS, MANNERS_TOKENS = 700, 850
"""What a prompt that proposes says around its choices; and the list of manners, in slots that have room for it."""
EXAMPLES_TOKENS = 1_500
WRITTEN: Mapping[str, int] = MappingProxyType(
    {"reason": 120, "note": 30, "propose": 400, "vote": 78, "summarise": 120, "entry": 20}
)
"""Answer tokens: of a reasoned guess, of a note on a choice, of a group's proposals, of one pair's votes, of a summary, of one
judgement among several."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Calls, tokens of their prompts and of their answers without thoughts, and how many rounds follow one another where
    these and not the number of calls decide how long it takes."""

    calls: float = 0
    prompt: float = 0
    answer: float = 0
    rounds: float = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.calls + other.calls,
            self.prompt + other.prompt,
            self.answer + other.answer,
            self.rounds + other.rounds,
        )

    def times(self, factor: float) -> Cost:
        return Cost(self.calls * factor, self.prompt * factor, self.answer * factor, self.rounds * factor)

    def side_by_side(self, parallel: int) -> Cost:
        """The same as one stage, whose calls wait for nothing but a place."""
        return replace(self, rounds=math.ceil(self.calls / max(1, parallel)))
