"""Which choices join the prompt as worked examples, and whether any should: rules race on choices they were not made from.

Searching sets by hits on a few choices finds noise (docs/induction.md), so a few rules that make a set are compared, by
the log-odds of the real choices, over two cross-fitted halves: what a rule takes from one half is judged on the other,
with the traits weighed anew on that half (the statements on trial stay those of all choices). A rule that falls behind
is dropped as results come in. What the winner makes of all choices goes into the prompt.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.domain.choices.decisions import decided_by, one_of_each
from app.domain.choices.preference import PreferencePair, texts_digest, together
from app.domain.personas.persona import Demonstration, Persona, Trait
from app.domain.texts.conversation import digest
from app.induction.judging.evaluation import judge_each, judge_once
from app.induction.judging.judge import Condition
from app.induction.model.language_model import ModelProfile
from app.induction.run import Run
from app.induction.traits.ballots import Votes
from app.induction.traits.evidence import weigh
from app.induction.traits.proposals import closed

FEWEST_FOR_A_RACE = 15
_SIZE = 3
CHOICES_A_HEAT = 7
"""One in so many choices is judged in the race, a pair of calls each rule where calls are metered."""
_PRIOR_GAIN, _PRIOR_SD, _NOISE_SD = 0.2, 0.4, 1.5
"""What examples are believed to add to the log-odds before the race: a little (paper, table 3: they carry the gain)."""
_BEHIND = 2.0
_A_ROUND = 2


@dataclass(frozen=True, slots=True)
class Material:
    """What a rule may choose from: pairs with their votes, the persona made of them, and the ids of those that were
    guessed wrong blind."""

    pairs: tuple[PreferencePair, ...]
    votes: Votes
    persona: Persona
    surprising: frozenset[str]

    def shown_by(self, pair: PreferencePair) -> list[Trait]:
        """The traits that the pair supports."""
        return [trait for trait in self.persona.traits if pair.pair_id in trait.supporting]

    def margin(self, pair: PreferencePair) -> float:
        """How strongly the traits as a whole speak for the real choice."""
        against = sum(trait.weight for trait in self.persona.traits if pair.pair_id in trait.opposing)
        return sum(trait.weight for trait in self.shown_by(pair)) - against


Rule = Callable[[Material, int], tuple[Demonstration, ...]]


def covering(material: Material, size: int) -> tuple[Demonstration, ...]:
    """Choices that together show as many traits as they can, the heavier traits first."""
    chosen: list[PreferencePair] = []
    missing = {trait.text: trait.weight for trait in material.persona.traits}
    while len(chosen) < size:
        shown = set(map(decided_by, chosen))
        rest = [pair for pair in material.pairs if material.margin(pair) > 0 and decided_by(pair) not in shown]
        if not rest:
            break
        # A choice that shows nothing new may still come, so that there are as many examples as there is room for.
        best = max(
            rest,
            key=lambda pair: (
                sum(missing.get(trait.text, 0.0) for trait in material.shown_by(pair)),
                material.margin(pair),
                -len(pair.chosen.text) - len(pair.rejected.text),
                texts_digest(pair),
            ),
        )
        chosen.append(best)
        for trait in material.shown_by(best):
            missing.pop(trait.text, None)
    return _noted(chosen, material)


def surprising(material: Material, size: int) -> tuple[Demonstration, ...]:
    """Choices that were guessed wrong blind and that the traits explain best."""
    rest = [pair for pair in material.pairs if pair.pair_id in material.surprising and material.margin(pair) > 0]
    return _noted(sorted(rest, key=lambda pair: (-material.margin(pair), texts_digest(pair)))[:size], material)


def none(_material: Material, _size: int) -> tuple[Demonstration, ...]:
    """No examples."""
    return ()


_NONE = "none"
RULES: Mapping[str, Rule] = MappingProxyType({"covering": covering, "surprising": surprising, _NONE: none})
"""In the order in which equals win; `none` last, for the others are compared with it."""


async def race(run: Run, material: Material, guide: Callable[[Persona], str]) -> tuple[Demonstration, ...]:
    """The examples of the rule that did best, by its posterior mean gain over none; `covering` where nothing was judged.

    Below 15 choices nothing is judged. Else about a seventh of the choices are judged under each rule that is still in, in
    one order drawn by the seed (pointwise for models so judged): so few that the prior decides unless they speak clearly.
    Only choices of closed groups (proposals.py) race, so that a new choice seldom makes the race run again.
    `guide` words a persona for the judge.
    """
    size = _SIZE
    pairs = material.pairs[: closed(len(material.pairs))]
    if len(pairs) < FEWEST_FOR_A_RACE:
        return covering(material, size)
    halves = _halves(pairs, run.seed)
    learnt = [_half(half, material, run.seed) for half in halves]
    heats = [(pair, learnt[1 - side]) for side in (0, 1) for pair in one_of_each(halves[side], run.seed)]
    heats.sort(key=lambda heat: digest(run.seed, texts_digest(heat[0])))
    is_stacked = run.profile.judging == "stacked"
    heats = heats[: heats_of(len(pairs), run.profile)]
    alive = list(RULES)
    gains: dict[str, list[float]] = {name: [] for name in RULES if name != _NONE}
    # Stacked, a further question is cheap and a further round is not.
    a_round = len(heats) if is_stacked else _A_ROUND
    for start in range(0, len(heats), a_round):
        asked = [
            (pair, Condition(f"rule {name}", guide(other.persona), RULES[name](other, size)))
            for pair, other in heats[start : start + a_round]
            for name in alive
        ]
        judge = judge_each if run.profile.judging == "pointwise" else judge_once
        judged = await judge(
            run, asked, run.profile.judging, "picking", done=start, total=len(heats), per_item=len(alive)
        )
        for place in range(0, len(judged), len(alive)):
            *others, plain = judged[place : place + len(alive)]
            for name, one in zip(alive, others, strict=False):
                if one.log_odds is not None and plain.log_odds is not None:
                    gains[name].append(one.log_odds - plain.log_odds)
        alive = [name for name in alive if name == _NONE or not _is_behind(gains, name)]
    best = max(alive, key=lambda name: 0.0 if name == _NONE else _posterior(gains[name])[0])
    return RULES[best](material, size)


def heats_of(count: int, profile: ModelProfile) -> int:
    """How many of so many choices are judged in the race: twice as many where several share a call."""
    return max(_A_ROUND, count // CHOICES_A_HEAT) * (2 if profile.judging == "stacked" else 1)


def _halves(pairs: Sequence[PreferencePair], seed: int) -> tuple[list[PreferencePair], list[PreferencePair]]:
    """The pairs in two parts of about equal size; what belongs together is in one of them."""
    parts: tuple[list[PreferencePair], list[PreferencePair]] = ([], [])
    for group in sorted(together(pairs), key=lambda group: digest(seed, "half", texts_digest(group[0]))):
        min(parts, key=len).extend(group)
    return parts


def _half(half: Sequence[PreferencePair], material: Material, seed: int) -> Material:
    """The part of the material that rests on half of the choices alone, the traits weighed anew on these."""
    persona = Persona("", weigh(material.votes, half, seed).traits)
    return replace(material, pairs=tuple(half), persona=persona)


def _posterior(gains: Sequence[float]) -> tuple[float, float]:
    precision = 1 / _PRIOR_SD**2 + len(gains) / _NOISE_SD**2
    return (_PRIOR_GAIN / _PRIOR_SD**2 + sum(gains) / _NOISE_SD**2) / precision, math.sqrt(1 / precision)


def _is_behind(gains: Mapping[str, Sequence[float]], name: str) -> bool:
    mean, spread = _posterior(gains[name])
    leader = max(0.0, *(_posterior(each)[0] for each in gains.values()))
    return mean + _BEHIND * spread < leader


def _noted(pairs: Sequence[PreferencePair], material: Material) -> tuple[Demonstration, ...]:
    """Each with the traits it shows in place of a reason: they were tested, a reason was not."""
    return tuple(Demonstration(pair, "; ".join(trait.text for trait in material.shown_by(pair))) for pair in pairs)
