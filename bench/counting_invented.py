"""Real pairs, answered by somebody who is made up: how soon does counting follow a person who is unlike the others?"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from app.domain.measures import NAMES
from app.induction.counting.counted_model import fit_rows
from app.induction.counting.prior import CountedPrior
from app.induction.guessing.stacked_guess import COUNTED, LONGER, shipped_guess
from bench.counting_people import SIZES, Decided, turned
from bench.flat_style import fit_flat

TASTES: Mapping[str, Mapping[str, float]] = {
    "shorter": {"length": -1.5},
    "much shorter, no lists": {"length": -2, "lists": -1},
    "no lists": {"length": 0.6, "lists": -2, "paragraphs": -0.5},
    "most people's": {"length": 1.2, "paragraphs": 0.4},
}
"""Log-odds of a choice on the measures; the choices are drawn from them, so that they have their noise."""
_DRAWN, _LEARNT = 110, 30
HELD_AT = 10
"""Decisions learnt, after which a taste is held to a bar (counting_bars.py)."""
_DRAWS, _DRAWS_HELD = 24, 200
"""Made-up people of a taste, and how many where there is a bar. Counting has found such a person after ten decisions or has not, so that
draws lie 18 points apart: the mean of 24 was uncertain by four, and further pairs in the files moved it across a bar."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is guessed right, mean and standard error over made-up people."""

    mean: float
    error: float


Shares = Mapping[tuple[str, int], Share]
"""(way of guessing, size) -> share that is guessed right."""


def invented(everybody: Sequence[Decided], prior: CountedPrior) -> dict[str, Shares]:
    """Prints the table, a taste after the other, and gives back its shares by taste."""
    print("\nInvented tastes on real pairs, right %, by decisions learnt; ± standard error\n")
    print(f"| taste | way | {' | '.join(map(str, SIZES))} |\n|---|---|{'---|' * len(SIZES)}")
    shares = {}
    for taste, named in TASTES.items():
        shares[taste] = _shares([named.get(name, 0.0) for name in NAMES], everybody, prior)
        for way in dict.fromkeys(way for way, _ in shares[taste]):
            print(f"| {taste} | {way} | {' | '.join(_told(shares[taste][way, size], size) for size in SIZES)} |")
    return shares


def _told(share: Share, size: int) -> str:
    return f"{100 * share.mean:.0f}" + (f" ± {100 * share.error:.1f}" if size == HELD_AT else "")


def _shares(weights: Sequence[float], everybody: Sequence[Decided], prior: CountedPrior) -> Shares:
    rng = random.Random(3)
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    for person in range(_DRAWS_HELD):
        drawn = rng.sample(list(everybody), _DRAWN)
        signs = [1 if rng.random() < _logistic(_dot(weights, one.asked)) else -1 for one in drawn]
        rows = [turned(one.asked, sign) for one, sign in zip(drawn, signs, strict=True)]
        flat_rows = [turned(one.asked_flat, sign) for one, sign in zip(drawn, signs, strict=True)]
        longer = [sign * one.longer for one, sign in zip(drawn[_LEARNT:], signs[_LEARNT:], strict=True)]
        for size in SIZES if person < _DRAWS else (HELD_AT,):
            counted, flat = fit_rows(rows[:size], prior), fit_flat(flat_rows[:size])
            found["best possible", size].append(_right([_dot(weights, row) for row in rows[_LEARNT:]]))
            found["longer", size].append(_right(longer))
            found["style (old)", size].append(_right([flat.log_odds(row) for row in flat_rows[_LEARNT:]]))
            odds = [counted.log_odds_of(row) for row in rows[_LEARNT:]]
            found["counted", size].append(_right(odds))
            said = [{COUNTED: one, LONGER: other} for one, other in zip(odds, longer, strict=True)]
            found["guess", size].append(_right(list(map(shipped_guess().log_odds, said))))
    return {key: Share(fmean(values), stdev(values) / math.sqrt(len(values))) for key, values in found.items()}


def _right(said: Sequence[float]) -> float:
    return fmean(0.5 if abs(each) < 1e-9 else float(each > 0) for each in said)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
