"""How widely people's weights are spread about most people's: which variances foresee a source's people best, by the prior of the others.

`FURTHER` of app/induction/counting/prior.py is read from this table: the evidence of a variance is how likely the decisions of people of a
source were beforehand, under a prior that saw neither them nor their requests. So no guess of `bench.counting` chose it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.induction.counting.posterior import update
from app.induction.counting.prior import FURTHER, CountedPrior
from bench.counting_people import Decided, by_person

LENGTH, OTHERS = (0.0, 0.03, 0.1), (0.0, 0.04, 0.08, 0.15, 0.3)
"""Variances that are tried, of the weight of length and of every other measure."""

Spread = tuple[float, float]


def evidence(people: Mapping[str, Sequence[Decided]], prior: CountedPrior) -> dict[Spread, float]:
    """The natural logarithm of how likely all their decisions were beforehand, by variances of length and of the others."""
    tried = [(length, other) for length in LENGTH for other in OTHERS]
    rows = [[one.row for one in own] for own in people.values()]
    return {each: sum(update(prior.like_most(each), own).log_evidence for own in rows) for each in tried}


def likeliest(found: Mapping[str, Mapping[Spread, float]], without: str) -> Spread:
    """The variances under which the people of every other source are likeliest."""
    others = [its for source, its in found.items() if source != without]
    return max(others[0], key=lambda spread: sum(its[spread] for its in others))


def print_spread(teaching: Sequence[Decided], priors: Mapping[str, CountedPrior]) -> None:
    """The evidence of every source that teaches, against no spread at all; and what the others say where each is left out."""
    sources = sorted({one.source for one in teaching})
    if len(sources) < 2:
        return
    found = {
        source: evidence(by_person([one for one in teaching if one.source == source]), priors[source])
        for source in sources
    }
    print("\nHow widely people are spread: log-evidence of variances of their weights, against none\n")
    print(f"| length | others | {' | '.join(sources)} | all |\n|---|---|{'---|' * len(sources)}---|")
    for spread in found[sources[0]]:
        gains = [found[source][spread] - found[source][0.0, 0.0] for source in sources]
        print(f"| {spread[0]:g} | {spread[1]:g} | {' | '.join(f'{gain:+.1f}' for gain in (*gains, sum(gains)))} |")
    told = (f"{source} {length:g} and {other:g}" for source in sources for length, other in [likeliest(found, source)])
    print(f"\nLikeliest by the people of the other sources, of length and of the others: {'; '.join(told)}.")
    print(f"Counting takes {FURTHER[0]:g} and {FURTHER[1]:g}.")
