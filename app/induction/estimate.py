"""About what a run costs, before it is started: calls, tokens and minutes on the model at work."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.about import About
from app.domain.persona import FEWEST_FOR_A_CLAIM
from app.induction.induce import NOTHING, recipe_called
from app.induction.model.language_model import ModelProfile
from app.induction.proof.arms import FREE_ARMS
from app.induction.proof.parting import FOLDS, FOLDS_SMALL, most_tested, most_trained, sizes
from app.induction.proof.proof import arms_for
from app.induction.recipes import most_candidates
from app.induction.traits.demonstrations import CHOICES_A_HEAT, FEWEST_FOR_A_RACE, RULES
from app.induction.traits.proposals import EXPLAINED, GROUP, closed

_PAIR_TOKENS, _PAIR_TOKENS_SMALL = 500, 430
"""A request and two answers; the small model sees them shortened."""
_FRAME_TOKENS = 250
_EXAMPLES_TOKENS, _EXAMPLES_TOKENS_SMALL = 1_500, 900
_WRITTEN = {"reason": 120, "propose": 330, "explain": 40, "vote": 70, "summarise": 120}
"""Answer tokens: of a reasoned guess, of eight proposals, of one explanation, of one pair's votes, of a summary."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """About what a run costs: tokens of prompts and answers together, minutes on this model. The budget is the cap."""

    calls: int
    tokens: int
    minutes: float


@dataclass(frozen=True, slots=True)
class _Cost:
    calls: float = 0
    prompt: float = 0
    answer: float = 0

    def __add__(self, other: _Cost) -> _Cost:
        return _Cost(self.calls + other.calls, self.prompt + other.prompt, self.answer + other.answer)

    def times(self, factor: float) -> _Cost:
        return _Cost(self.calls * factor, self.prompt * factor, self.answer * factor)


def estimate(n_pairs: int, profile: ModelProfile, recipe: str, about: About = NOTHING) -> Estimate:
    """About what a run over `n_pairs` choices takes, its test on unseen choices included. Raises BadInput as `induce`."""
    chosen = recipe_called(recipe)
    if chosen.by_folds:
        cost = _fit(n_pairs, profile, is_quick=not chosen.tests, is_written=True)
        if chosen.tests and n_pairs >= FEWEST_FOR_A_CLAIM:
            cost += _proof(n_pairs, profile, about)
    else:
        cost = _as_the_paper(n_pairs, profile, recipe)
    seconds = cost.calls * profile.latency_seconds / profile.parallel
    if profile.small:
        # Calls share the same cores, so taking several at once saves next to nothing.
        seconds = cost.calls * profile.latency_seconds
    read, written = cost.prompt / profile.prompt_tokens_per_second, cost.answer / profile.answer_tokens_per_second
    seconds += (read + written) if profile.small else (read + written) / profile.parallel
    return Estimate(round(cost.calls), round(cost.prompt + cost.answer), round(seconds / 60, 1))


def _judgement(profile: ModelProfile, *, examples: bool = False) -> _Cost:
    """One pair in both orders, or both of its answers alone (each prompt then holds one of them)."""
    pair: float = _PAIR_TOKENS_SMALL if profile.small else _PAIR_TOKENS
    pair *= 0.6 if profile.judging == "pointwise" else 1
    shots: float = (_EXAMPLES_TOKENS_SMALL if profile.small else _EXAMPLES_TOKENS) if examples else 0
    written = _WRITTEN["reason"] if profile.judging == "reasoned" else 1
    # A small model's server keeps what prompts begin with: examples are read once for many questions.
    shots = shots * 0.2 if profile.small else shots
    return _Cost(2, 2 * (pair + _FRAME_TOKENS * 0.6 + shots), 2 * written)


def _fit(n: int, profile: ModelProfile, *, is_quick: bool, is_written: bool) -> _Cost:
    n = min(n, most_trained(profile))
    pair = _PAIR_TOKENS_SMALL if profile.small else _PAIR_TOKENS
    cost = _proposing(n, profile, pair)
    if not profile.small:
        packs = _packs(n, profile)
        cost += _Cost(packs, packs * 2 * _FRAME_TOKENS + n * pair, n * _WRITTEN["vote"])
    if is_written and not profile.small:
        cost += _Cost(1, _FRAME_TOKENS, _WRITTEN["summarise"])
    if not is_quick:
        in_order = _judgement(profile) if profile.judging == "pointwise" else _judgement(profile).times(0.5)
        cost += in_order.times(n)
        if not profile.small and profile.judging != "reasoned":
            cost += _Cost(1, pair + _FRAME_TOKENS, _WRITTEN["reason"]).times(n // 5)
        if n >= FEWEST_FOR_A_RACE:
            cost += _judgement(profile, examples=True).times(n // CHOICES_A_HEAT * len(RULES) / 2)
    return cost


def _proposing(n: int, profile: ModelProfile, pair: int) -> _Cost:
    if profile.small:
        asked = min(n, EXPLAINED)
        return _Cost(1, _FRAME_TOKENS + pair, _WRITTEN["explain"]).times(asked)
    groups = max(1, n // GROUP)
    return _Cost(groups, groups * (_FRAME_TOKENS + GROUP * pair), groups * _WRITTEN["propose"])


def _packs(n: int, profile: ModelProfile) -> int:
    """Prompts that vote: the choices of closed groups are never shown beside the others."""
    size = max(1, min(profile.packing, 5))
    together = min(n, closed(n))
    return -(-together // size) - (-(n - together) // size)


def _proof(n: int, profile: ModelProfile, about: About) -> _Cost:
    count = FOLDS_SMALL if profile.small else FOLDS
    n = min(n, most_trained(profile))
    tested = min(n, most_tested(profile))
    train = n - n // count
    # Blind judgements are those of the whole fit, already answered.
    part = _fit(train, profile, is_quick=True, is_written=False)
    if train >= FEWEST_FOR_A_RACE:
        part += _judgement(profile, examples=True).times(train // CHOICES_A_HEAT * len(RULES) / 2)
    cost = part.times(count)
    for arm in arms_for(profile, about):
        if arm == "plain":
            # Blind judgements ask the same: of both answers alone, or in one of two orders.
            seen = {"pointwise": 1.0, "both_orders": 0.5, "reasoned": 0.0}[profile.judging]
            cost += _judgement(profile).times(tested * (1 - seen))
        elif arm not in FREE_ARMS:
            cost += _judgement(profile, examples=arm in ("both", "demonstrations", "history")).times(tested)
    if not profile.small:
        cost += _Cost(1, _FRAME_TOKENS + 4 * _PAIR_TOKENS, 4 * _WRITTEN["vote"]).times(tested / 4)
        cost += _Cost(1, 1_500, 150).times(count)
    return cost


def _as_the_paper(n: int, profile: ModelProfile, recipe: str) -> _Cost:
    tests, validation = sizes(n, recipe_called(recipe), profile, given_tests=None)
    train = n - tests - validation
    train = min(train, most_trained(profile))
    if recipe == "paper":
        calls = 4 * train + 1 + 2 * validation * (12 + 13) + 4 * tests
    else:
        explaining = 3 * train if profile.judging == "pointwise" else train
        calls = explaining + 1 + 2 * validation * most_candidates(n - tests, profile) + 4 * tests
    each = 450 if profile.small else min(1_500, profile.slot_tokens)
    return _Cost(calls, calls * each * 0.95, calls * each * 0.05)
