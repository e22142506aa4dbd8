"""How often the band of a learning curve holds the true line: simulated people whose line is known, many times over.

    python -m bench.line_bands --trials 250

prints the table that stands in docs/evaluation.md. Six unseen choices a person, right on 62 % at none and 0.6 points more for
each choice learnt from. "alike": all people are, and all judgements are on their own. "unlike": people spread by 10 points, and
a choice that is guessed right at one size mostly is at the next. "more": 15 points, and slopes spread by 0.3 points a choice.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.induction.proof.lines import line
from app.induction.proof.resampling import Observation

SIZES = (3.0, 5.0, 8.0, 10.0, 15.0, 30.0)
SHOWN = (3.0, 10.0, 30.0)
AT_NONE, SLOPE = 0.62, 0.006
_CHOICES = 6
_FEW = 8
"""From so many people on, every third has no more choices than for the first four sizes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How people differ, in share and in slope, and how often a choice's luck holds from one size to the next."""

    name: str
    spread: float
    slopes: float
    holds: float


KINDS = (Kind("alike", 0.0, 0.0, 0.0), Kind("unlike", 0.1, 0.0, 0.7), Kind("more", 0.15, 0.003, 0.7))


def simulated(rng: random.Random, people: int, kind: Kind) -> list[Observation]:
    """Hits and misses of so many people at each size."""
    found = []
    for who in range(people):
        own, gain = rng.gauss(0, kind.spread), rng.gauss(0, kind.slopes)
        sizes = SIZES[:4] if people >= _FEW and who % 3 == 0 else SIZES
        for choice in range(_CHOICES):
            luck = rng.random()
            for size in sizes:
                luck = luck if rng.random() < kind.holds else rng.random()
                hit = luck < AT_NONE + own + (SLOPE + gain) * size
                found.append(Observation(f"p{who}", f"k{choice}", f"c{choice}", float(hit), size))
    return found


def row(people: int, kind: Kind, trials: int, seed: int) -> list[str]:
    """People, kind, how often in % the slope's interval and the band at each shown size held the truth, and half its width."""
    rng = random.Random(f"{seed}/{people}/{kind.name}")
    slope_held, held, width = 0, dict.fromkeys(SHOWN, 0), 0.0
    for trial in range(trials):
        fitted = line(simulated(rng, people, kind), trial)
        if fitted is None:
            continue
        slope_held += fitted.low <= SLOPE <= fitted.high
        at = {one.size: one for one in fitted.band}
        for size in SHOWN:
            held[size] += at[size].low <= AT_NONE + SLOPE * size <= at[size].high
        width += (at[10.0].high - at[10.0].low) / 2
    shares = [f"{100 * count / trials:.0f}" for count in (slope_held, *held.values())]
    return [str(people), kind.name, *shares, f"{100 * width / trials:.0f}"]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="How often the band of a learning curve holds the true line.")
    parser.add_argument("--people", default="5,8,12", help="numbers of people (default: 5,8,12)")
    parser.add_argument("--trials", type=int, default=250, help="simulated evaluations a row (default: 250)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    print("| people | they are | slope (%) | at 3 (%) | at 10 (%) | at 30 (%) | half its width at 10 (points) |")
    print("|---|---|---|---|---|---|---|")
    for people in map(int, options.people.split(",")):
        for kind in KINDS:
            print(f"| {' | '.join(row(people, kind, options.trials, options.seed))} |", flush=True)


if __name__ == "__main__":
    main()
