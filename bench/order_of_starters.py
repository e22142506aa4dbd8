"""Whether the order of the ready-made pairs finds a taste sooner than the order of their file.

`python -m bench.order_of_starters --people 40` simulates people with a taste in one axis each, who take a side of every other one
by a coin, and one kind who toss it always, and prints how many passed the gate of counting, and of how many the taste was found,
after so many choices. No model is asked.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.choices.telling_order import most_telling
from app.induction.counting.counted_traits import counted
from app.induction.counting.prior import shipped_prior
from app.services.choosing.starters import Starter, of_one_side, starters

SIZES = (10, 14, 20)
SLIPS = 0.05
"""How often a person takes a coin where their taste speaks."""

Order = Callable[[Sequence[Starter], Sequence[tuple[str, bool]]], Starter]


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
    Taste("lists", "lists", False, "lists", True),
    Taste("warm", "warmth", False, "warmth", True),
    Taste("examples", "examples", True, "examples", True),
    Taste("firm", "hedging", True, "hedging", False),
    Taste("coin"),
)


def of_the_file(left: Sequence[Starter], _seen: Sequence[tuple[str, bool]]) -> Starter:
    """The next in the order of the file."""
    return left[0]


def that_tells_most(left: Sequence[Starter], seen: Sequence[tuple[str, bool]]) -> Starter:
    """The next as the product offers them."""
    axis = most_telling(list(dict.fromkeys(starter.axis for starter in left)), seen)
    return next(starter for starter in left if starter.axis == axis)


ORDERS: dict[str, Order] = {"of the file": of_the_file, "that tells most": that_tells_most}


def walked(taste: Taste, order: Order, seed: int) -> dict[int, tuple[bool, bool]]:
    """By number of choices: whether the gate was passed, and whether the taste was found then."""
    draw, prior = random.Random(seed), shipped_prior()
    left, seen, pairs = list(starters()), list[tuple[str, bool]](), list[PreferencePair]()
    found: dict[int, tuple[bool, bool]] = {}
    for number in range(1, max(SIZES) + 1):
        starter = order(left, seen)
        left.remove(starter)
        cares = starter.axis == taste.axis and draw.random() > SLIPS
        one_side = taste.one_side if cares else draw.random() < 0.5
        is_one = of_one_side(starter.one.manner) == one_side
        taken, other = (starter.one, starter.other) if is_one else (starter.other, starter.one)
        seen.append((starter.axis, one_side))
        pairs.append(
            PreferencePair(
                starter.name,
                starter.context,
                Completion(taken.text),
                Completion(other.text),
                starter.name,
                True,
                number,
            )
        )
        if number in SIZES:
            said = counted(pairs, prior)
            has = any((trait.measure, trait.more) == (taste.measure, taste.more) for trait in said.traits)
            found[number] = (said.passes, said.passes and has)
    return found


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=40, help="of each kind and order (default: 40)")
    options = parser.parse_args()
    print("| order | taste | " + " | ".join(f"passed, found at {size}" for size in SIZES) + " |")
    print("|---" * (2 + len(SIZES)) + "|")
    for name, order in ORDERS.items():
        for taste in TASTES:
            walks = [walked(taste, order, seed) for seed in range(options.people)]
            shares = [
                f"{sum(walk[size][0] for walk in walks)}, {sum(walk[size][1] for walk in walks)}" for size in SIZES
            ]
            print(f"| {name} | {taste.name} | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    main()
