"""What counting is held to on real people, invented tastes and coins, and whether it holds: the end of `bench.counting`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.counting_guess import gap_to_best
from bench.counting_invented import HELD_AT, Shares
from bench.counting_people import SIZES, Scores

BELOW_LONGER = 0.01
"""Most that counting may be below always the longer answer, at every size."""
BELOW_BEST = 0.02
"""Most that the one guess may be below the better of counting and always the longer answer, at every size."""
ABOVE_STYLE: Mapping[int, float] = {5: 0.04, 10: 0.04}
"""Least that it is above the count that was there before, by decisions learnt."""
FOLLOWED: Mapping[str, float] = {"shorter": 0.58, "much shorter, no lists": 0.70}
"""Least that is guessed right of an invented taste after ten decisions."""
MOST_COINS = 0.07


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that is held: what it is, what was found, and whether that holds."""

    name: str
    asked: str
    found: str
    holds: bool


def bars(scores: Scores, tastes: Mapping[str, Shares], coins: Mapping[int, float]) -> list[Bar]:
    """Every bar, in the order of the tables; `coins` is the share that passes the gate, by decisions."""
    held = []
    for size in SIZES:
        gap = scores.gap("counted", "longer", size)[0]
        held.append(_least(f"to longer at {size}", -BELOW_LONGER, gap))
        held.append(_least(f"guess to the better simple way at {size}", -BELOW_BEST, gap_to_best(scores, size)[0]))
    for size, least in ABOVE_STYLE.items():
        held.append(_least(f"to style (old) at {size}", least, scores.gap("counted", "style", size)[0]))
    for taste, least in FOLLOWED.items():
        right = tastes[taste]["counted", HELD_AT]
        found = f"{100 * right.mean:.1f} ± {100 * right.error:.1f}"
        held.append(Bar(f"{taste} at {HELD_AT}", f"at least {100 * least:.0f}", found, right.mean >= least))
    for size, share in coins.items():
        held.append(
            Bar(f"coins at {size}", f"at most {100 * MOST_COINS:.0f}", f"{100 * share:.1f}", share <= MOST_COINS)
        )
    return held


def print_bars(held: Iterable[Bar]) -> None:
    """A row a bar."""
    print("\n| bar, % or points | asked | found | |\n|---|---|---|---|")
    for bar in held:
        print(f"| {bar.name} | {bar.asked} | {bar.found} | {'holds' if bar.holds else '**missed**'} |")


def _least(name: str, least: float, found: float) -> Bar:
    return Bar(name, f"at least {100 * least:+.0f}", f"{100 * found:+.1f}", found >= least)
