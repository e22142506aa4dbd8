"""The recipe `traits`: choices in, tested traits out, with a summary and worked examples (docs/induction.md).

Blind judgements -> candidate traits -> votes of every trait on every choice -> weights -> summary and examples. `quick`
leaves out the blind judgements and the examples. What was learnt on the way comes back too: folds and baselines are made
from it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.choices.preference import PreferencePair
from app.domain.errors import BudgetReached, CannotJudge
from app.domain.personas.counted import Counted, CountedTrait
from app.domain.personas.persona import Persona, Trait
from app.domain.prompt_targets import guide as guide_text
from app.domain.prompt_targets import sentence_of, strength
from app.induction.counting.counted_traits import counted, with_ranges
from app.induction.judging.bootstrap import Trace
from app.induction.run import Progress, Run
from app.induction.traits.ballots import Statement, Votes, cast_votes
from app.induction.traits.blind import Blind, judge_blind
from app.induction.traits.demonstrations import covering
from app.induction.traits.evidence import Evidence, weigh
from app.induction.traits.proposals import MOST_STATEMENTS, closed, counted_statements, propose
from app.induction.traits.summary import worded

NO_VOTES = (
    "The model gave no usable vote on any choice, so no trait could be tested. Your choices are safe. "
    "Try again, or use another model."
)
NO_TRAIT_HOLDS = (
    "No trait that was tried tells the answers you chose from those you did not. "
    "More choices, between answers that differ more, may show one."
)
COUNTED_ALONE = (
    "These traits were counted in your choices; no model proposed them. A larger model tries others as well."
)
COUNTED_INSTEAD = "No trait that the model proposed tells the answers you chose from those you did not, so these were counted in your choices."
NO_PATTERN = "No clear pattern shows in these choices yet."
COUNTED_ONLY = "The model proposed no usable trait, so these are counted from your choices, not written."


@dataclass(frozen=True, slots=True)
class Learnt:
    """What one pass over choices came to. `persona` is None where no trait holds."""

    pairs: tuple[PreferencePair, ...]
    votes: Votes
    evidence: Evidence
    surprising: frozenset[str]
    persona: Persona | None
    counted: Counted | None = None
    """What counting says, where that is all that was asked."""


def guide_of(persona: Persona) -> str:
    """What a judge is told of the person: every trait with how strong it is and for which requests it holds, in their order.

    Which of them hold for a question the judge decides, who reads it; rules name the kind of every second request wrongly
    (docs/experiments.md). A summary goes in as well where nothing was weighed (the recipes that follow the paper); weighed traits stand
    for themselves, for the summary says nothing that was tested apart from them.
    """
    strengths = [
        strength(trait.certainty, len(trait.supporting), len(trait.opposing), sets_apart=trait.sets_apart)
        for trait in persona.traits
    ]
    summary = "" if any(trait.weight for trait in persona.traits) else persona.summary
    return guide_text(summary, [trait.text for trait in persona.traits], strengths)


async def learn_traits(run: Run, pairs: Sequence[PreferencePair], *, quick: bool = False, write: bool = True) -> Learnt:
    """What the choices say of the person who made them; reported through `run`, but not made its persona.

    Calls for N choices and a hosted model: N blind and up to N/5 reasoned (none if quick), N/5 to propose, N/5 to vote
    with short answers (several pairs a call), and 1 to summarise (if `write`). None with a small model: what its choices say is counted.
    """
    if run.profile.small:
        return _learn_counted(run, pairs, write=write)
    blind = Blind(tuple(Trace(pair) for pair in pairs), frozenset())
    if not quick:
        blind = await judge_blind(run, pairs)
    statements = await _statements(run, blind)
    run.stop_if_silent()
    votes = await cast_votes(run, statements, pairs, closed=closed(len(pairs)))
    run.stop_if_silent()
    evidence = weigh(votes, pairs, run.seed, run.prior, blind.guessed)
    learnt = Learnt(tuple(pairs), votes, evidence, blind.surprising, None)
    if not evidence.traits:
        return _counted_instead(run, learnt, write=write)
    run.emit(Progress("writing", 0, 1, {"traits": [_shown(trait) for trait in evidence.traits]}))
    persona = Persona(sentence_of([trait.text for trait in evidence.traits[:4]]), evidence.traits)
    try:
        if write:
            persona = await worded(run, persona)
            run.show(persona)
    except (BudgetReached, CannotJudge) as error:
        run.missing.append(f"The traits are found, but not everything after them was done. {error}")
    examples = () if quick else covering(learnt.pairs, persona)
    return replace(learnt, persona=replace(persona, demonstrations=examples))


def _learn_counted(run: Run, pairs: Sequence[PreferencePair], *, write: bool) -> Learnt:
    """Counted traits as a persona; below the gate one without traits, for then nothing may be said of a taste."""
    found, traits = _counted_in(run, pairs, write=write)
    persona = Persona(_said(traits) if traits else NO_PATTERN, traits)
    if write:
        if traits:
            run.notes.append(COUNTED_ALONE)
        run.show(persona)
    votes = Votes((), {})
    return Learnt(tuple(pairs), votes, weigh(votes, (), run.seed, run.prior), frozenset(), persona, found)


def _counted_instead(run: Run, learnt: Learnt, *, write: bool) -> Learnt:
    """Where no trait of the model's holds, those that were counted, if they pass the gate; a model whose votes could not be used
    is told of instead."""
    _, traits = _counted_in(run, learnt.pairs, write=write)
    if not traits or not learnt.votes.by_pair:
        return learnt
    if write and COUNTED_ONLY not in run.notes:
        run.notes.append(COUNTED_INSTEAD)
    return replace(learnt, persona=Persona(_said(traits), traits))


def _counted_in(run: Run, pairs: Sequence[PreferencePair], *, write: bool) -> tuple[Counted, tuple[Trait, ...]]:
    """What counting says, and its traits where the choices pass the gate, else none."""
    found = counted(pairs, run.prior)
    if write:
        found = with_ranges(found, run.prior)
    return found, tuple(map(_counted_trait, found.traits)) if found.passes else ()


def _said(traits: Sequence[Trait]) -> str:
    return sentence_of([trait.text for trait in traits[:4]])


def _counted_trait(counted: CountedTrait) -> Trait:
    """Its weight is the log-odds of the share: what the predicate adds where it alone speaks."""
    return Trait(
        counted.text,
        supporting=counted.supporting,
        opposing=counted.opposing,
        weight=round(math.log(counted.share / (1 - counted.share)), 4),
        counted=counted,
    )


async def _statements(run: Run, blind: Blind) -> list[Statement]:
    pairs = [trace.pair for trace in blind.traces]
    proposed = await propose(run, blind.traces, surprising=blind.surprising)
    if not proposed:
        run.notes.append(COUNTED_ONLY)
        return counted_statements(pairs)[:MOST_STATEMENTS]
    return proposed


def _shown(trait: Trait) -> dict[str, str]:
    return {"text": trait.text, "certainty": trait.certainty}
