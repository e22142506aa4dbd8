"""What a run costs with a model that thinks: calls by packs of choices, as judging/stacked.py and the votes fill them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.induction.estimate.costs import (
    EXAMPLES_TOKENS,
    FRAME_TOKENS,
    PAIR_TOKENS,
    WRITTEN,
    Cost,
)
from app.induction.estimate.proposing import proposing
from app.induction.judging.packing import least_together
from app.induction.model.language_model import ModelProfile
from app.induction.proof.arms import FREE_ARMS
from app.induction.proof.parting import FOLDS, most_tested, most_trained
from app.induction.traits.proposals import closed, group_ends


def judged(pairs: int, profile: ModelProfile, *, examples: bool = False) -> Cost:
    """So many pairs under one condition in one order."""
    if not pairs:
        return Cost()
    shots = EXAMPLES_TOKENS if examples else 0
    calls = -(-pairs // _together(profile, WRITTEN["entry"], shots))
    return Cost(calls, calls * (FRAME_TOKENS + shots) + pairs * PAIR_TOKENS, pairs * WRITTEN["entry"])


def fitted(n: int, profile: ModelProfile, *, is_quick: bool, is_written: bool) -> Cost:
    """A fit of so many choices; blind judgements are left out where it `is_quick`."""
    n = min(n, most_trained(profile))
    groups = _sizes(group_ends(n, profile))
    together = min(n, closed(n))
    stages = [
        proposing(n, profile),
        voted(together, profile) + voted(n - together, profile),
    ]
    if is_written:
        stages.append(Cost(1, FRAME_TOKENS, WRITTEN["summarise"]))
    if not is_quick:
        stages.append(_sum(judged(size, profile) for size in (*groups, n - together)))
    return _sum(stage.side_by_side(profile.parallel) for stage in stages)


def voted(pairs: int, profile: ModelProfile) -> Cost:
    """Votes of all statements on so many pairs that may share a prompt."""
    if not pairs:
        return Cost()
    calls = -(-pairs // _together(profile, 2 * WRITTEN["vote"], FRAME_TOKENS))
    return Cost(calls, calls * 2 * FRAME_TOKENS + pairs * PAIR_TOKENS, pairs * WRITTEN["vote"])


def proved(n: int, profile: ModelProfile, arms: Sequence[str]) -> Cost:
    """The proof by folds: what each learns anew, and every arm in both orders on what it holds back."""
    n = min(n, most_trained(profile))
    train, tested = n - n // FOLDS, -(-min(n, most_tested(profile)) // FOLDS)
    cost = fitted(train, profile, is_quick=True, is_written=False)
    asked = [judged(tested, profile, examples=arm == "history").times(2) for arm in arms if arm not in FREE_ARMS]
    # The votes of the learning curve, and what a memory keeps.
    for stage in (_sum(asked), voted(tested, profile), Cost(1, 1_500, 150)):
        cost += stage.side_by_side(profile.parallel)
    return cost.times(FOLDS)


def _together(profile: ModelProfile, written: int, more: int) -> int:
    """How many pairs of usual length a prompt takes beside `more` tokens."""
    room = (profile.slot_tokens - FRAME_TOKENS - more) // (PAIR_TOKENS + written)
    return min(max(1, profile.packing), max(least_together(profile), room))


def _sum(costs: Iterable[Cost]) -> Cost:
    return sum(costs, Cost())


def _sizes(ends: Sequence[int]) -> list[int]:
    return [end - start for start, end in zip([0, *ends[:-1]], ends, strict=True)]
