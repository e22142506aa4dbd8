"""The honest figures for one person: every way of guessing on choices that wrote and selected nothing.

Where no part was held back beforehand, the choices are parted into folds, everything is learnt anew without each fold,
proposals, votes, weights and examples, and judged on it: so every choice learns and tests, and none does both at once. The
figures are then of the method on part of the choices, which is on the careful side for a persona made of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.choices.decisions import choices_of, decisions_of
from app.domain.choices.preference import PreferencePair
from app.domain.errors import BudgetReached, CannotJudge
from app.domain.people.about import About
from app.domain.personas.persona import FEWEST_FOR_A_CLAIM, Accuracy
from app.domain.report import CurvePoint, Forecast, Report
from app.induction.model.language_model import ModelProfile
from app.induction.proof.arms import FREE_ARMS, WITH_EXAMPLES, Knowledge, judge_arms, known_arms, learn, seeded_coin
from app.induction.proof.by_counting import Proof, guessed_from_others, prove_counting
from app.induction.proof.findings import (
    Sorted,
    arm_result,
    explained_by,
    forecast,
    side_words,
    takes_sides,
    taste_of,
)
from app.induction.proof.parting import NOTHING_APART, folds, most_tested
from app.induction.run import Judgement, Progress, Run
from app.induction.traits.ballots import cast_votes
from app.induction.traits.evidence import weigh
from app.induction.traits.learning import Learnt

_CURVE = (3, 5, 8, 12, 18, 27, 40, 60)

Pairs = Sequence[PreferencePair]


@dataclass
class _Tested:
    """What the folds found so far: judgements by arm, and for the curve by number of choices."""

    judgements: dict[str, list[Judgement]] = field(default_factory=dict)
    curve: dict[int, list[bool]] = field(default_factory=dict)
    foreseen: list[float] = field(default_factory=list)
    """Log-odds of real choices by the votes on all that their fold learnt from."""
    sorted: Sorted = field(default_factory=Sorted)
    fewest_learnt: int = 0
    """Decisions that the smallest fold learns from: up to there every point of the curve rests on all folds."""


def arms_for(profile: ModelProfile, about: About) -> tuple[str, ...]:
    """The ways of guessing that one person's report compares; a small model is not asked to judge."""
    return FREE_ARMS if profile.small else tuple(arm for arm in known_arms(about) if arm not in WITH_EXAMPLES)


async def prove(
    run: Run, learnt: Learnt | None, pairs: Pairs, test_pairs: Pairs | None, about: About, *, tests: bool
) -> Proof:
    """The report on what was learnt from `pairs`, tested on `test_pairs` where given, else by folds.

    `tests` False asks the model nothing: what can be counted is tested by leaving one conversation out at a time. So it
    is for fewer than 10 decisions, which cannot carry a claim. Calls otherwise: two a tested choice and way of guessing,
    and for each fold what a fit without blind judgements costs. A budget that ends leaves the report of what was tested. With
    a small model counting is tested, whatever `tests` says, and no call is made (by_counting.py).
    """
    if run.profile.small and learnt:
        return prove_counting(run, learnt, pairs, test_pairs)
    tested = _Tested()
    can_test = tests and run.persona is not None
    parts: Sequence[tuple[Pairs, Pairs]] = ()
    if can_test and test_pairs is None and len(decisions_of(pairs)) >= FEWEST_FOR_A_CLAIM:
        parts = folds(pairs, run.profile, run.seed)
        if not parts:
            run.notes.append(NOTHING_APART)
        elif len(parts) == 1:
            run.notes.append("Only one part was guessed: without the other, too few choices were left to learn from.")
    try:
        if can_test and test_pairs and learnt:
            arms = arms_for(run.profile, about)
            knowledge = await _knowledge(run, learnt, about, arms)
            await _test(run, knowledge, test_pairs, arms, tested, done=0, total=len(test_pairs))
        elif parts:
            await _by_folds(run, parts, about, tested)
    except BudgetReached as error:
        run.missing.append(f"The persona is written, but its test was cut off. {error}")
    except CannotJudge as error:
        run.missing.append(f"The persona is written, but it could not be tested. {error}")
        # What says nothing would stand there as wrong guesses.
        tested.judgements.clear()
    # Dealt into two at least, even where one of them could not be guessed: the persona itself is written from all.
    n_folds = max(2, len(parts)) if parts else int(can_test and bool(test_pairs))
    if not tested.judgements:
        tested.judgements.update(guessed_from_others(run, pairs))
        tested.sorted = Sorted()
        tested.sorted.note_lengths(pairs)
    return _proof(run, learnt, pairs, tested, n_folds)


async def _by_folds(run: Run, parts: Sequence[tuple[Pairs, Pairs]], about: About, tested: _Tested) -> None:
    arms = arms_for(run.profile, about)
    tested.fewest_learnt = min(len(decisions_of(train)) for train, _ in parts)
    total, done = sum(len(test) for _, test in parts), 0
    failed: set[str] = set()
    told: set[str] = set()
    empty = 0
    for train, test in parts:
        part = run.apart()
        knowledge = await learn(part, train, about, arms)
        failed.update(part.missing)
        told.update(set(part.notes) - set(run.notes))
        empty += knowledge.persona is None
        await _test(run, knowledge, test, arms, tested, done=done, total=total)
        done += len(test)
    run.missing.extend(f"While it was tested: {sentence}" for sentence in sorted(failed))
    run.notes.extend(f"While it was tested: {sentence}" for sentence in sorted(told))
    if empty:
        run.missing.append(
            f"In {empty} of {len(parts)} parts of the test no trait held, so there the prompt was empty and guessed as without it."
        )


async def _test(
    run: Run, knowledge: Knowledge, test: Pairs, arms: Sequence[str], tested: _Tested, *, done: int, total: int
) -> None:
    # One choice after another, so that a budget that ends leaves whole choices; stacked, all that share a call.
    step = max(1, len(test)) if run.profile.judging == "stacked" else 1
    for start in range(0, len(test), step):
        judged = await judge_arms(run, knowledge, arms, test[start : start + step])
        run.emit(Progress("testing", done + min(start + step, len(test)), total))
        tested.sorted.note_lengths(test[start : start + step])
        for arm, judgements in judged.items():
            tested.judgements.setdefault(arm, []).extend(judgements)
    if knowledge.learnt:
        await _curve(run, knowledge.learnt, test, tested.fewest_learnt or len(decisions_of(knowledge.pairs)), tested)


async def _curve(run: Run, learnt: Learnt, test: Pairs, most: int, tested: _Tested) -> None:
    """Hits of the weighed votes by the number of decisions they were weighed on, `most` of them at last.

    The traits on offer stay those of all: they are proposed once.
    """
    part = run.apart()
    votes = await cast_votes(part, learnt.votes.statements, test)
    run.missing.extend(f"Of the unseen choices: {sentence}" for sentence in part.missing)
    both = learnt.votes.beside(votes)
    tested.sorted.note_told_apart(pair for pair in test if learnt.evidence.tells_apart(votes, pair))
    learnt_from = decisions_of(learnt.pairs)
    said: list[float | None] = []
    for size in (*(size for size in _CURVE if size < most), most):
        evidence = weigh(learnt.votes, choices_of(learnt_from[:size]), run.seed, run.prior)
        said = [evidence.log_odds(both, pair) for pair in test]
        tested.curve.setdefault(size, []).extend(
            each > 0 if each else seeded_coin(run.seed, "curve", pair)
            for each, pair in zip(said, test, strict=True)
            if each is not None
        )
    tested.foreseen.extend(each for each in said if each is not None)


async def _knowledge(run: Run, learnt: Learnt, about: About, arms: Sequence[str]) -> Knowledge:
    part = run.apart()
    more = await learn(part, learnt.pairs, about, [arm for arm in arms if arm == "memory"])
    run.missing.extend(part.missing)
    return Knowledge(learnt.pairs, about, run.persona, learnt, more.memory, more.counted)


def _proof(run: Run, learnt: Learnt | None, pairs: Pairs, tested: _Tested, n_folds: int) -> Proof:
    results = {arm: arm_result(arm, judged, tested.sorted) for arm, judged in tested.judgements.items()}
    taste = taste_of(learnt.evidence, tested.foreseen, len(decisions_of(pairs)), n_folds) if learnt else None
    prompt, plain = tested.judgements.get("prompt", []), tested.judgements.get("plain", [])
    judged = [(a, b) for a, b in zip(prompt, plain, strict=True) if a.hit is not None and b.hit is not None]
    failed = len(prompt) - len(judged)
    if failed:
        run.missing.append(
            f"The model gave no usable judgement on {failed} of {len(prompt)} unseen choices, with your prompt or without; "
            "these are counted neither right nor wrong."
        )
    simpler = explained_by(results, taste, pairs)
    ahead = forecast(prompt, plain, most_tested(run.profile)) if prompt else Forecast(None, "")
    report = Report(
        arms=tuple(results.values()),
        curve=tuple(CurvePoint(size, sum(hits), len(hits)) for size, hits in sorted(tested.curve.items()) if hits),
        forecast=ahead,
        taste=taste,
        explained_by=simpler,
        words=(side_words(pairs),) if takes_sides(pairs) else (),
        folds=n_folds,
        form=run.profile.judging,
    )
    if not prompt:
        return Proof(report, None, None)
    accuracy, baseline = (
        Accuracy(sum(bool(each[place].hit) for each in judged), len(judged), failed) for place in (0, 1)
    )
    return Proof(report, accuracy, baseline)
