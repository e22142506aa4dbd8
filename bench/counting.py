"""Counting with a prior against the rule of length, the count that was there before, and a coin: on real choices.

    python -m bench.counting --teach a.jsonl b.jsonl c.jsonl --test d.jsonl e.jsonl

Files that teach are tested as well, each by a prior learnt anew from the others. Prints the tables of docs/experiments.md:
real people; invented tastes on real pairs; people and coins through the gate; counted traits; what an update costs.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from app.domain.decisions import heads_of
from app.domain.measures import NAMES, Row, row_of
from app.domain.preference import PreferencePair
from app.induction.counting.counted_model import fit_rows
from app.induction.counting.counted_traits import counted_traits
from app.induction.counting.foresight import passes
from app.induction.counting.prior import CountedPrior
from bench.counting_people import SIZES, Choice, Scores, Task, choices_of, prior_of, priors_without, tasks
from bench.flat_style import fit_flat

TASTES: Mapping[str, Mapping[str, float]] = {
    "shorter": {"length": -1.5},
    "much shorter, no lists": {"length": -2, "lists": -1},
    "no lists": {"length": 0.6, "lists": -2, "paragraphs": -0.5},
    "most people's": {"length": 1.2, "paragraphs": 0.4},
}
_DRAWN, _LEARNT, _DRAWS = 110, 30, 24
_GATE_SIZES = (5, 10, 15, 30)
_TOSSES = 5


def main() -> None:
    parser = argparse.ArgumentParser(description="Counting with a prior on real choices.")
    parser.add_argument("--teach", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--test", type=Path, nargs="*", default=[], metavar="FILE", help="files that only test")
    parser.add_argument("--repeats", type=int, default=6, metavar="N", help="ways in which each person is parted")
    options = parser.parse_args()
    teaching = choices_of(options.teach)
    tested = [*teaching, *choices_of(options.test)]
    priors = priors_without(teaching, tested)
    everybody = prior_of(teaching)
    real_people(tasks(tested, options.repeats, 0), priors)
    invented(tested, everybody)
    parted = tasks(tested, 4, 5)
    gate(parted, priors)
    traits(parted, priors)
    cost(tested, everybody)


def real_people(parted: Sequence[Task], priors: Mapping[str, CountedPrior]) -> None:
    """Each person by a prior that saw neither their source nor its requests."""
    scores = Scores()
    for task in parted:
        for size in SIZES:
            if size > len(task.pool):
                continue
            learnt = task.pool[:size]
            counted = fit_rows([one.row for one in learnt], priors[task.source])
            flat = fit_flat([one.flat for one in learnt])
            for one in task.tests:
                scores.add("longer", size, one, one.longer)
                scores.add("style", size, one, flat.log_odds(one.flat))
                scores.add("counted", size, one, counted.log_odds_of(one.row))
    print("\nRight on real choices, % [95 %, people as clusters]\n")
    print("| learnt from | people, choices | longer | style (old) | counted | counted to longer | counted to style |")
    print("|---|---|---|---|---|---|---|")
    for size in SIZES:
        _, _, _, people, choices = scores.share("counted", size)
        cells = [_percent(*scores.share(way, size)[:3]) for way in ("longer", "style", "counted")]
        gaps = [_points(*scores.gap("counted", other, size)[:3]) for other in ("longer", "style")]
        print(f"| {size} | {people}, {choices:,} | {' | '.join((*cells, *gaps))} |")
    print("\nBy source at 10 learnt: longer / style (old) / counted")
    for source in sorted({task.source for task in parted}):
        _, _, _, people, choices = scores.share("counted", 10, [source])
        shares = (f"{100 * scores.share(way, 10, [source])[0]:.1f}" for way in ("longer", "style", "counted"))
        if choices:
            print(f"  {source}: {' / '.join(shares)} ({people} people, {choices} choices)")


def invented(choices: Sequence[Choice], prior: CountedPrior) -> None:
    """Real pairs, answered by somebody who is made up: how soon is a person followed who is unlike the others?"""
    print("\nInvented tastes on real pairs, right %, by choices learnt\n")
    print(f"| taste | way | {' | '.join(map(str, SIZES))} |\n|---|---|{'---|' * len(SIZES)}")
    for taste, named in TASTES.items():
        weights = [named.get(name, 0.0) for name in NAMES]
        rng = random.Random(3)
        found: dict[tuple[str, int], list[float]] = defaultdict(list)
        for _ in range(_DRAWS):
            drawn = rng.sample(list(choices), _DRAWN)
            signs = [1 if rng.random() < _logistic(_dot(weights, one.row)) else -1 for one in drawn]
            rows = [_turned(one.row, sign) for one, sign in zip(drawn, signs, strict=True)]
            flat_rows = [_turned(one.flat, sign) for one, sign in zip(drawn, signs, strict=True)]
            longer = [sign * one.longer for one, sign in zip(drawn[_LEARNT:], signs[_LEARNT:], strict=True)]
            for size in SIZES:
                counted, flat = fit_rows(rows[:size], prior), fit_flat(flat_rows[:size])
                found["best possible", size].append(_right([_dot(weights, row) for row in rows[_LEARNT:]]))
                found["longer", size].append(_right(longer))
                found["style (old)", size].append(_right([flat.log_odds(row) for row in flat_rows[_LEARNT:]]))
                found["counted", size].append(_right([counted.log_odds_of(row) for row in rows[_LEARNT:]]))
        for way in ("best possible", "longer", "style (old)", "counted"):
            print(f"| {taste} | {way} | {' | '.join(f'{100 * fmean(found[way, size]):.0f}' for size in SIZES)} |")


def gate(parted: Sequence[Task], priors: Mapping[str, CountedPrior]) -> None:
    """How many people pass, and how many who toss a coin over the same pairs."""
    print("\nThrough the gate, %\n\n| choices | people | coins | drawn: people, coins |\n|---|---|---|---|")
    rng = random.Random(7)
    for size in _GATE_SIZES:
        people, coins = [], []
        for task in parted:
            if size <= len(task.pool):
                rows = [one.row for one in task.pool[:size]]
                pairs = [one.pair for one in task.pool[:size]]
                people.append(_passes(pairs, rows, priors[task.source]))
                for _ in range(_TOSSES):
                    tossed = [_turned(row, rng.choice((-1, 1))) for row in rows]
                    coins.append(_passes(pairs, tossed, priors[task.source]))
        if people:
            print(f"| {size} | {100 * fmean(people):.0f} | {100 * fmean(coins):.1f} | {len(people)}, {len(coins):,} |")


def traits(parted: Sequence[Task], priors: Mapping[str, CountedPrior]) -> None:
    """Counted traits of people and of coins, before the gate and of those who pass it."""
    print(
        "\nCounted traits\n\n| choices | who | traits | with three or more, % | with one that sets apart, % | and passing, % |"
    )
    print("|---|---|---|---|---|---|")
    rng = random.Random(9)
    for size in _GATE_SIZES[1:]:
        for who in ("people", "coins"):
            many, apart, passing = [], [], []
            for task in parted:
                if size > len(task.pool):
                    continue
                learnt = task.pool[:size]
                rows = [one.row if who == "people" else _turned(one.row, rng.choice((-1, 1))) for one in learnt]
                found = counted_traits([one.pair for one in learnt], rows, priors[task.source])
                many.append(len(found))
                apart.append(any(trait.sets_apart for trait in found))
                pairs = [one.pair for one in learnt]
                passing.append(apart[-1] and _passes(pairs, rows, priors[task.source]))
            three = 100 * fmean(n >= 3 for n in many)
            told = f"{fmean(many):.1f} | {three:.0f} | {100 * fmean(apart):.0f} | {100 * fmean(passing):.0f}"
            print(f"| {size} | {who} | {told} |")


def cost(choices: Sequence[Choice], prior: CountedPrior) -> None:
    """Processor time, so that other work on the machine does not count."""
    rows, some = [one.row for one in choices], [one.pair for one in choices[:200]]
    begun = time.process_time()
    for pair in some:
        row_of(pair)
    measuring = (time.process_time() - begun) / len(some)
    begun = time.process_time()
    for start in range(0, 600, 30):
        fit_rows(rows[start : start + 30], prior)
    updating = (time.process_time() - begun) / 20
    print(f"\nMeasuring one pair: {1000 * measuring:.1f} ms. Update on 30 choices: {1000 * updating:.1f} ms.")
    print(f"An update takes as long as measuring {updating / measuring:.1f} pairs.")


def _passes(pairs: Sequence[PreferencePair], rows: Sequence[Row], prior: CountedPrior) -> bool:
    heads = {pair.pair_id for pair in heads_of(pairs)}
    rows = [row for pair, row in zip(pairs, rows, strict=True) if pair.pair_id in heads]
    pairs = [pair for pair in pairs if pair.pair_id in heads]
    return passes(fit_rows(rows, prior), pairs, rows, prior)


def _turned(row: Row, sign: int) -> Row:
    return tuple(sign * entry for entry in row)


def _right(said: Sequence[float]) -> float:
    return fmean(0.5 if abs(each) < 1e-9 else float(each > 0) for each in said)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _percent(mean: float, low: float, high: float) -> str:
    return f"{100 * mean:.1f} [{100 * low:.0f}, {100 * high:.0f}]"


def _points(mean: float, low: float, high: float) -> str:
    return f"{100 * mean:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"


if __name__ == "__main__":
    main()
