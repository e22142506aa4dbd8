"""The recipes: how the three steps of the paper are strung together. Each takes a run and fills in its persona."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.domain.choices.preference import PreferencePair
from app.induction.judging.bootstrap import Trace, explain_known_choices, guess_choices
from app.induction.judging.judge import PLAIN, Condition
from app.induction.model.language_model import Judging, ModelProfile
from app.induction.paper.selection import RANDOM_SETS, Candidate, pick, propose_few, propose_random
from app.induction.paper.synthesis import synthesise
from app.induction.run import Run
from app.induction.traits.learning import NO_TRAIT_HOLDS, NO_VOTES, Learnt, guide_of, learn_traits

Pairs = Sequence[PreferencePair]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to induce.

    title             in words for people
    validation_share  part of the choices that do not test which selects
    most_validation   most choices that select; the rest of them write
    test_form         how unseen choices are judged with a given model
    fit               fills in `run.persona` and gives what was learnt, None for the recipes of the paper; may raise
                      BudgetReached at any call
    by_folds          whether all choices write and select, and the proof comes from folds of them
    tests             whether the recipe asks the model to prove itself at all
    """

    name: str
    title: str
    validation_share: float
    most_validation: int
    test_form: Callable[[ModelProfile], Judging]
    fit: Callable[[Run, Pairs, Pairs], Awaitable[Learnt | None]]
    by_folds: bool = False
    tests: bool = True


async def fit_traits(run: Run, train: Pairs, _validation: Pairs) -> Learnt:
    """Traits that were voted on by every choice (learning.py)."""
    return await _fit_learnt(run, train, quick=False)


async def fit_quick(run: Run, train: Pairs, _validation: Pairs) -> Learnt:
    """The same without blind judgements, and untested."""
    return await _fit_learnt(run, train, quick=True)


async def _fit_learnt(run: Run, train: Pairs, *, quick: bool) -> Learnt:
    learnt = await learn_traits(run, train, quick=quick)
    if learnt.persona is None:
        if not learnt.votes.by_pair:
            run.stop_if_gone()
        run.missing.append(NO_TRAIT_HOLDS if learnt.votes.by_pair else NO_VOTES)
    else:
        run.show(learnt.persona)
    return learnt


def most_candidates(pairs: int, profile: ModelProfile) -> int:
    """How many example sets `paper-lean` tries: calls grow with it, and few choices cannot tell many apart."""
    return 2 if profile.small else 3 if pairs < 20 else 4


async def fit_lean(run: Run, train: Pairs, validation: Pairs) -> None:
    """Each pair explained once, one persona, at most four sets of examples by soft score."""
    profile = run.profile
    explain = explain_known_choices if profile.judging == "pointwise" else guess_choices
    traces = await explain(run, train)
    run.stop_if_silent()
    persona = await synthesise(run, traces)
    if persona is None:
        return
    run.show(persona)
    if not validation:
        return
    most = most_candidates(len(train) + len(validation), profile)
    candidates = propose_few(traces, run.seed, most=most, small=profile.small)
    chosen = await pick(
        run, candidates, validation, guide=guide_of(persona), form=profile.judging, name="candidate", hard=False
    )
    run.persona = replace(persona, demonstrations=chosen)


async def fit_paper(run: Run, train: Pairs, validation: Pairs) -> None:
    """The paper's three steps with its numbers; what differs is listed in docs/induction.md."""
    explained, rivals = 2 * len(train), len(validation) * (2 * (RANDOM_SETS + 2) + 1)
    traces = await guess_choices(run, train, PLAIN, both_orders=True, total=explained)
    run.stop_if_silent()
    winning = await _best_set(run, traces, validation, PLAIN, "set", with_none=False, total=rivals)
    persona = await synthesise(run, [Trace(one.pair, one.reasoning) for one in winning] or traces)
    if persona is None:
        return
    run.show(persona)
    told = Condition("persona", guide_of(persona))
    again = await guess_choices(run, train, told, both_orders=True, done=len(train), total=explained)
    best = await _best_set(run, again, validation, told, "candidate", with_none=True, total=rivals)
    run.persona = replace(persona, demonstrations=best)


async def _best_set(
    run: Run, traces: Sequence[Trace], validation: Pairs, told: Condition, name: str, *, with_none: bool, total: int
) -> Candidate:
    train = len({trace.pair.pair_id for trace in traces})
    candidates = propose_random(traces, run.seed, train, with_none=with_none)
    if not validation:
        return candidates[0]
    done = total - len(candidates) * len(validation) if with_none else 0
    return await pick(
        run, candidates, validation, guide=told.guide, form="reasoned", name=name, hard=True, done=done, total=total
    )


RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        recipe.name: recipe
        for recipe in (
            Recipe(
                name="traits",
                title="Traits that every choice votes on, proved on choices they were not made from",
                validation_share=0.0,
                most_validation=0,
                test_form=lambda profile: profile.judging,
                fit=fit_traits,
                by_folds=True,
            ),
            Recipe(
                name="quick",
                title="Quick: the same traits, not tested",
                validation_share=0.0,
                most_validation=0,
                test_form=lambda profile: profile.judging,
                fit=fit_quick,
                by_folds=True,
                tests=False,
            ),
            Recipe(
                name="paper-lean",
                title="Lean: each choice explained once, few candidates, soft scores",
                validation_share=0.2,
                most_validation=4,
                test_form=lambda profile: profile.judging,
                fit=fit_lean,
            ),
            Recipe(
                name="paper",
                title="As in the paper: ten random example sets, hard hits",
                validation_share=0.3,
                most_validation=1_000,
                test_form=lambda _: "reasoned",
                fit=fit_paper,
            ),
        )
    }
)
