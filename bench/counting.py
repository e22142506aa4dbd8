"""Counting with a prior against the rule of length, the count that was there before, and a coin: on real decisions.

    python -m bench.counting --teach a.jsonl b.jsonl c.jsonl --test d.jsonl e.jsonl

Files that teach are tested as well, each by a prior learnt anew from the others; files that only test also by the prior that
comes along. Prints the tables of docs/experiments.md: real people; how widely they are spread; invented tastes on real pairs; people and coins through
the gate; counted traits; what an update costs; and the bars. Ends with 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from app.domain.choices.preference import PreferencePair
from app.domain.measures import Row, row_of
from app.induction.counting.counted_model import fit_rows
from app.induction.counting.counted_traits import counted_traits
from app.induction.counting.foresight import passes
from app.induction.counting.prior import CountedPrior, shipped_prior
from app.induction.guessing.stacked_guess import COUNTED, LONGER, StackedGuess, shipped_guess
from bench.counting_bars import bars, print_bars
from bench.counting_guess import guesses_without, print_guess
from bench.counting_invented import invented
from bench.counting_people import SIZES, Decided, Scores, Task, decided_in, prior_of, priors_without, tasks, turned
from bench.counting_spread import print_spread
from bench.flat_style import fit_flat

_GATE_SIZES = (5, 10, 15, 30)
_TOSSES = 20
"""Coins beside each person: of five, the share of 20 people that pass was uncertain by a point and a half."""


def main() -> int:
    """The tables; 0 where every bar holds."""
    parser = argparse.ArgumentParser(description="Counting with a prior on real decisions.")
    parser.add_argument("--teach", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--test", type=Path, nargs="*", default=[], metavar="FILE", help="files that only test")
    parser.add_argument("--repeats", type=int, default=6, metavar="N", help="ways in which each person is parted")
    parser.add_argument("--every", action="store_true", help="choices over broken answers too, which teach no manner")
    options = parser.parse_args()
    teaching, only_tested = (decided_in(files, every=options.every) for files in (options.teach, options.test))
    tested = [*teaching, *only_tested]
    priors = priors_without(teaching, tested)
    everybody = prior_of(teaching)
    parted = tasks(tested, options.repeats, 0)
    guesses = guesses_without(parted, priors, [file.stem for file in options.teach])
    scores = scored(parted, priors, guesses)
    real_people("Right on real decisions, each source by a prior learnt without it", scores, tested)
    print_guess("The one guess, each source by weights learnt without it", scores, tested)
    if only_tested:
        shipped = dict.fromkeys(priors, shipped_prior())
        by_shipped = scored(tasks(only_tested, options.repeats, 0), shipped, dict.fromkeys(priors, shipped_guess()))
        print_guess("The one guess by the weights and the prior that come along", by_shipped, only_tested)
        real_people("The same of the files that only test, by the prior that comes along", by_shipped, only_tested)
    print_spread(teaching, priors)
    tastes = invented(tested, everybody)
    parted = tasks(tested, 4, 5)
    coins = gate(parted, priors)
    traits(parted, priors)
    cost(tested, everybody)
    held = bars(scores, tastes, coins)
    print_bars(held)
    return 0 if all(bar.holds for bar in held) else 1


def scored(parted: Sequence[Task], priors: Mapping[str, CountedPrior], guesses: Mapping[str, StackedGuess]) -> Scores:
    """Every way of guessing at every size, each person by the prior and the weights of their source."""
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
                scores.add("style", size, one, flat.log_odds(one.asked_flat))
                odds = counted.log_odds_of(one.asked)
                scores.add("counted", size, one, odds)
                scores.add("guess", size, one, guesses[task.source].log_odds({COUNTED: odds, LONGER: one.longer}))
                scores.add("coin", size, one, 0.0)
    return scores


def real_people(title: str, scores: Scores, tested: Sequence[Decided]) -> None:
    """Prints what was scored, people as clusters."""
    ways = ("longer", "style", "coin")
    print(f"\n{title}, % [95 %, people as clusters]\n")
    print("| learnt from | people, decisions | longer | style (old) | counted | to longer | to style | to a coin |")
    print("|---|---|---|---|---|---|---|---|")
    for size in SIZES:
        _, _, _, people, decisions = scores.share("counted", size)
        if not decisions:
            continue
        cells = [_percent(*scores.share(way, size)[:3]) for way in ("longer", "style", "counted")]
        gaps = [_points(*scores.gap("counted", other, size)[:3]) for other in ways]
        print(f"| {size} | {people}, {decisions:,} | {' | '.join((*cells, *gaps))} |")
    told = (f"{size}: {scores.log_loss('counted', size):.4f}" for size in SIZES if scores.share("counted", size)[4])
    print(f"\nLog loss of counting by decisions learnt: {', '.join(told)}")
    print("\nBy source at 10 learnt: longer / style (old) / counted")
    for source in sorted({one.source for one in tested}):
        _, _, _, people, decisions = scores.share("counted", 10, [source])
        shares = (f"{100 * scores.share(way, 10, [source])[0]:.1f}" for way in ("longer", "style", "counted"))
        if decisions:
            print(f"  {source}: {' / '.join(shares)} ({people} people, {decisions} decisions)")


def gate(parted: Sequence[Task], priors: Mapping[str, CountedPrior]) -> dict[int, float]:
    """How many people pass, and how many who toss a coin over the same pairs; gives back the latter by size."""
    shares = {}
    print("\nThrough the gate, %\n\n| decisions | people | coins | drawn: people, coins |\n|---|---|---|---|")
    rng = random.Random(7)
    for size in _GATE_SIZES:
        people, coins = [], []
        for task in parted:
            if size <= len(task.pool):
                rows = [one.row for one in task.pool[:size]]
                pairs = [one.pair for one in task.pool[:size]]
                people.append(_passes(pairs, rows, priors[task.source]))
                for _ in range(_TOSSES):
                    tossed = [turned(row, rng.choice((-1, 1))) for row in rows]
                    coins.append(_passes(pairs, tossed, priors[task.source]))
        if people:
            shares[size] = fmean(coins)
            print(f"| {size} | {100 * fmean(people):.0f} | {100 * fmean(coins):.1f} | {len(people)}, {len(coins):,} |")
    return shares


def traits(parted: Sequence[Task], priors: Mapping[str, CountedPrior]) -> None:
    """Counted traits of people and of coins, before the gate and of those who pass it."""
    print(
        "\nCounted traits\n\n| decisions | who | traits | with three or more, % | with one that sets apart, % | and passing, % |"
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
                rows = [one.row if who == "people" else turned(one.row, rng.choice((-1, 1))) for one in learnt]
                found = counted_traits([one.pair for one in learnt], rows, priors[task.source])
                many.append(len(found))
                apart.append(any(trait.sets_apart for trait in found))
                pairs = [one.pair for one in learnt]
                passing.append(apart[-1] and _passes(pairs, rows, priors[task.source]))
            three = 100 * fmean(n >= 3 for n in many)
            told = f"{fmean(many):.1f} | {three:.0f} | {100 * fmean(apart):.0f} | {100 * fmean(passing):.0f}"
            print(f"| {size} | {who} | {told} |")


def cost(choices: Sequence[Decided], prior: CountedPrior) -> None:
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
    return passes(fit_rows(rows, prior), pairs, rows, prior)


def _percent(mean: float, low: float, high: float) -> str:
    return f"{100 * mean:.1f} [{100 * low:.0f}, {100 * high:.0f}]"


def _points(mean: float, low: float, high: float) -> str:
    return f"{100 * mean:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"


if __name__ == "__main__":
    sys.exit(main())
