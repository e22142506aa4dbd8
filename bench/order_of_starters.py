"""What ten ready-made pairs find of people with one taste each, in the order of the product, and what they find of a coin.

`python -m bench.order_of_starters --people 40` simulates people who go by one side of one axis wherever a pair differs in it, and take
a side of any other pair by a coin; of each kind as many who never slip and who take a coin in one choice of twenty. It prints of how many
counting passed its gate and told the taste (right), passed and did not (wrong), or did not pass (none), and how many other
traits stood beside a right one. No model is asked.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from app.domain.choices.preference import Completion, PreferencePair
from app.induction.counting.counted_traits import counted
from app.induction.counting.prior import shipped_prior
from app.services.choosing.starters import next_of, starters

CHOICES = 10
SLIPS = (0.0, 0.05)
MOST_COINS = 0.07
_COINS = 10
"""Coins for each person of a kind: their share is small, and is held to a bar."""


@dataclass(frozen=True)
class Taste:
    """A kind of person: the axis that they care for and whether they take its one side; what counting should find of them."""

    name: str
    axis: str = ""
    one_side: bool = True
    measure: str = ""
    more: bool = True


TASTES = (
    Taste("short", "length", True, "length", False),
    Taste("thorough", "length", False, "length", True),
    Taste("lists", "lists", False, "lists", True),
    Taste("prose", "lists", True, "lists", False),
    Taste("plain", "warmth", True, "warmth", False),
    Taste("warm", "warmth", False, "warmth", True),
    Taste("example", "examples", True, "examples", True),
    Taste("no example", "examples", False, "examples", False),
    Taste("hedged", "hedging", False, "hedging", True),
    Taste("sure", "hedging", True, "hedging", False),
    Taste("answer first", "answer-first", True, "answer_first", True),
    Taste("answer last", "answer-first", False, "answer_first", False),
    Taste("question back", "question-back", True, "question_back", True),
    Taste("no question", "question-back", False, "question_back", False),
    # No measure tells a stance; nothing can be right here.
    Taste("stance", "stance", True),
    Taste("balance", "stance", False),
)
COIN = Taste("coin")


def told_of(taste: Taste, seed: int, slips: float) -> list[tuple[str, bool]] | None:
    """What counting tells after ten choices, by measure and side; None where the gate is not passed."""
    draw = random.Random(f"{taste.name}/{seed}")
    left, seen, pairs = list(starters()), list[tuple[str, bool]](), list[PreferencePair]()
    for number in range(CHOICES):
        starter = next_of(left, seen)
        left.remove(starter)
        differs = dict(starter.sides(starter.one.manner))
        is_one = draw.random() < 0.5
        if taste.axis in differs and draw.random() >= slips:
            is_one = differs[taste.axis] == taste.one_side
        taken, other = (starter.one, starter.other) if is_one else (starter.other, starter.one)
        seen += starter.sides(taken.manner)
        made = Completion(taken.text), Completion(other.text)
        pairs.append(PreferencePair(starter.name, starter.context, *made, starter.name, True, number))
    found = counted(pairs, shipped_prior())
    return [(trait.measure, trait.more) for trait in found.traits] if found.passes else None


def row_of(taste: Taste, people: int, slips: float) -> tuple[float, float, float, float]:
    """Shares right, wrong and none, and the mean number of other traits beside a right one."""
    told = [told_of(taste, seed, slips) for seed in range(people)]
    right = [found for found in told if found and (taste.measure, taste.more) in found]
    wrong = sum(found is not None for found in told) - len(right)
    beside = fmean(len(found) - 1 for found in right) if right else 0.0
    return len(right) / people, wrong / people, (people - len(right) - wrong) / people, beside


def _print(name: str, slips: float, shares: Sequence[float], people: int) -> None:
    told = " | ".join(f"{100 * share:.1f}" for share in shares[:3])
    print(f"| {name} | {100 * slips:.0f} | {told} | {shares[3]:.1f} | {people} |", flush=True)


def main() -> int:
    """The table. 1 where more coins pass than may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=40, help="of each kind; ten times as many coins (default: 40)")
    people = parser.parse_args().people
    print("| taste | slips, % | right, % | wrong, % | none, % | other traits beside | people |")
    print("|---" * 7 + "|")
    for taste in TASTES:
        for slips in SLIPS:
            _print(taste.name, slips, row_of(taste, people, slips), people)
    coins = row_of(COIN, _COINS * people, 0)
    _print(COIN.name, 0, coins, _COINS * people)
    return int(coins[1] > MOST_COINS)


if __name__ == "__main__":
    sys.exit(main())
