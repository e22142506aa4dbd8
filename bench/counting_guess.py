"""The one guess where no model is asked: counting and the rule of length, weighed by what other sources' people taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.choices.alike_length import alike_in_length
from app.induction.counting.counted_model import fit_rows
from app.induction.counting.prior import CountedPrior
from app.induction.guessing.learn_guess import Recorded, learn_guess
from app.induction.guessing.stacked_guess import COUNTED, LONGER, StackedGuess
from bench.counting_people import SIZES, Decided, Scores, Task

_LEARNT = (5, 10, 15)
"""Decisions learnt, at which it is noted what each way says."""
WAYS = (LONGER, COUNTED, "guess")
SIMPLE = (LONGER, COUNTED)


def guesses_without(
    parted: Sequence[Task], priors: Mapping[str, CountedPrior], teaching: Sequence[str]
) -> dict[str, StackedGuess]:
    """For each source the weights of the people of the other `teaching` sources."""
    noted: dict[str, list[Recorded]] = {source: [] for source in priors}
    for task in parted:
        for size in _LEARNT if task.source in teaching else ():
            if size <= len(task.pool):
                counted = fit_rows([one.row for one in task.pool[:size]], priors[task.source])
                noted[task.source] += [
                    Recorded(task.person, {COUNTED: counted.log_odds_of(one.asked), LONGER: one.longer})
                    for one in task.tests
                ]
    return {
        source: learn_guess([one for other in noted if other != source for one in noted[other]], "")
        for source in priors
    }


def print_guess(title: str, scores: Scores, tested: Sequence[Decided]) -> None:
    """All decisions, and those between answers that are about as long; the guess beside the better of the two simple ways."""
    alike = {(one.source, one.person, one.pair.pair_id) for one in tested if alike_in_length(one.pair)}
    print(f"\n{title}, %\n")
    print(
        "| learnt from | longer | counted | guess | guess to the better one, points | about as long: decisions, longer, counted, guess |"
    )
    print("|---|---|---|---|---|---|")
    for size in SIZES:
        if not scores.share("guess", size)[4]:
            continue
        shares = [f"{100 * scores.share(way, size)[0]:.1f}" for way in WAYS]
        gap, low, high = gap_to_best(scores, size)
        some = [[hit for key, hit in scores.of(way, size).items() if key in alike] for way in WAYS]
        told = ", ".join(f"{100 * sum(hits) / len(hits):.1f}" for hits in some) if some[0] else "none"
        bounds = f"{100 * gap:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"
        print(f"| {size} | {' | '.join(shares)} | {bounds} | {len(some[0]):,}: {told} |")
    print("\nBy source at 10 learnt: longer / counted / guess")
    for source in sorted({one.source for one in tested}):
        if scores.share("guess", 10, [source])[4]:
            print(f"  {source}: {' / '.join(f'{100 * scores.share(way, 10, [source])[0]:.1f}' for way in WAYS)}")


def gap_to_best(scores: Scores, size: int) -> tuple[float, float, float]:
    """How much more often the guess is right than the better of the two simple ways on all decisions, with its interval."""
    best = max(SIMPLE, key=lambda way: scores.share(way, size)[0])
    gap, low, high, _, _ = scores.gap("guess", best, size)
    return gap, low, high
