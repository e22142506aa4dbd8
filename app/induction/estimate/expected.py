"""About what a run costs, before it is started: calls, tokens and minutes on the model at work."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.people.about import About
from app.domain.personas.persona import FEWEST_FOR_A_CLAIM
from app.induction.estimate import stacked
from app.induction.estimate.costs import EXAMPLES_TOKENS, FRAME_TOKENS, PAIR_TOKENS, WRITTEN, Cost
from app.induction.estimate.proposing import proposing
from app.induction.induce import NOTHING, recipe_called
from app.induction.model.language_model import ModelProfile
from app.induction.proof.arms import FREE_ARMS
from app.induction.proof.parting import FOLDS, most_tested, most_trained, sizes
from app.induction.proof.proof import arms_for
from app.induction.recipes import most_candidates
from app.induction.traits.proposals import closed


@dataclass(frozen=True, slots=True)
class Estimate:
    """About what a run costs: tokens of prompts, thoughts and answers together, minutes on this model. The budget is the
    cap."""

    calls: int
    tokens: int
    minutes: float


def estimate(n_pairs: int, profile: ModelProfile, recipe: str, about: About = NOTHING) -> Estimate:
    """About what a run over `n_pairs` choices takes, its test on unseen choices included. Raises BadInput as `induce`."""
    chosen = recipe_called(recipe)
    if chosen.by_folds and profile.small:
        # What its choices say is counted.
        return Estimate(0, 0, 0.0)
    if chosen.by_folds:
        cost = _fit(n_pairs, profile, is_quick=not chosen.tests, is_written=True)
        if chosen.tests and n_pairs >= FEWEST_FOR_A_CLAIM:
            cost += _proof(n_pairs, profile, about)
    else:
        cost = _as_the_paper(n_pairs, profile, recipe)
    # Thoughts are charged and waited for as what is answered.
    cost += Cost(answer=cost.calls * profile.thought_tokens)
    return Estimate(round(cost.calls), round(cost.prompt + cost.answer), round(seconds(cost, profile) / 60, 1))


def seconds(cost: Cost, profile: ModelProfile) -> float:
    """How long the calls take on this model, as many at once as it is sent."""
    read, written = cost.prompt / profile.prompt_tokens_per_second, cost.answer / profile.answer_tokens_per_second
    alone = cost.calls * profile.latency_seconds + read + written
    if profile.small:
        # Calls share the same cores, so taking several at once saves next to nothing.
        return alone
    # Few calls that think long wait for one another, however many could be made at once.
    return max(alone / profile.parallel, alone / max(1.0, cost.calls) * cost.rounds)


def _judgement(profile: ModelProfile, *, examples: bool = False) -> Cost:
    """One pair in both orders, or both of its answers alone (each prompt then holds one of them)."""
    pair = PAIR_TOKENS * (0.6 if profile.judging == "pointwise" else 1)
    shots = EXAMPLES_TOKENS if examples else 0
    written = WRITTEN["reason"] if profile.judging == "reasoned" else 1
    return Cost(2, 2 * (pair + FRAME_TOKENS * 0.6 + shots), 2 * written)


def _fit(n: int, profile: ModelProfile, *, is_quick: bool, is_written: bool) -> Cost:
    if profile.judging == "stacked":
        return stacked.fitted(n, profile, is_quick=is_quick, is_written=is_written)
    n = min(n, most_trained(profile))
    cost = proposing(n, profile)
    packs = _packs(n, profile)
    cost += Cost(packs, packs * 2 * FRAME_TOKENS + n * PAIR_TOKENS, n * WRITTEN["vote"])
    if is_written:
        cost += Cost(1, FRAME_TOKENS, WRITTEN["summarise"])
    if not is_quick:
        in_order = _judgement(profile) if profile.judging == "pointwise" else _judgement(profile).times(0.5)
        cost += in_order.times(n)
        if profile.judging != "reasoned":
            cost += Cost(1, PAIR_TOKENS + FRAME_TOKENS, WRITTEN["reason"]).times(n // 5)
    return cost


def _packs(n: int, profile: ModelProfile) -> int:
    """Prompts that vote: the choices of closed groups are never shown beside the others."""
    size = max(1, min(profile.packing, 5))
    together = min(n, closed(n))
    return -(-together // size) - (-(n - together) // size)


def _proof(n: int, profile: ModelProfile, about: About) -> Cost:
    if profile.judging == "stacked":
        return stacked.proved(n, profile, arms_for(profile, about))
    n = min(n, most_trained(profile))
    tested = min(n, most_tested(profile))
    train = n - n // FOLDS
    # Blind judgements are those of the whole fit, already answered.
    part = _fit(train, profile, is_quick=True, is_written=False)
    cost = part.times(FOLDS)
    for arm in arms_for(profile, about):
        if arm == "plain":
            # Blind judgements ask the same: of both answers alone, or in one of two orders.
            seen = {"pointwise": 1.0, "both_orders": 0.5, "reasoned": 0.0}[profile.judging]
            cost += _judgement(profile).times(tested * (1 - seen))
        elif arm not in FREE_ARMS:
            cost += _judgement(profile, examples=arm == "history").times(tested)
    cost += Cost(1, FRAME_TOKENS + 4 * PAIR_TOKENS, 4 * WRITTEN["vote"]).times(tested / 4)
    return cost + Cost(1, 1_500, 150).times(FOLDS)


def _as_the_paper(n: int, profile: ModelProfile, recipe: str) -> Cost:
    tests, validation = sizes(n, recipe_called(recipe), profile, given_tests=None)
    train = n - tests - validation
    train = min(train, most_trained(profile))
    if recipe == "paper":
        calls = 4 * train + 1 + 2 * validation * (12 + 13) + 4 * tests
    elif profile.judging == "stacked":
        explained = stacked.judged(train, profile) + Cost(answer=train * WRITTEN["reason"] / 2)
        tried = stacked.judged(validation, profile, examples=True).times(2 * most_candidates(n - tests, profile))
        proved = stacked.judged(tests, profile, examples=True) + stacked.judged(tests, profile)
        return explained + Cost(1, PAIR_TOKENS * train, 400) + tried + proved.times(2)
    else:
        explaining = 3 * train if profile.judging == "pointwise" else train
        calls = explaining + 1 + 2 * validation * most_candidates(n - tests, profile) + 4 * tests
    each = 450 if profile.small else min(1_500, profile.slot_tokens)
    return Cost(calls, calls * each * 0.95, calls * each * 0.05)
