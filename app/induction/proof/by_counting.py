"""The proof where no model is asked: each choice guessed from the others by counting, beside the rule of length and a coin.

It costs no call, so every choice is guessed and none is held back from what is learnt at last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.choices.decisions import decisions_of, heads_of, one_of_each
from app.domain.choices.preference import PreferencePair
from app.domain.measures import row_of, rows_of
from app.domain.personas.persona import COUNTING, FEWEST_FOR_A_CLAIM, Accuracy
from app.domain.report import Forecast, Report
from app.induction.counting.counted_model import fit_counted
from app.induction.counting.counted_traits import counted_traits
from app.induction.counting.foresight import each_without, parts_of
from app.induction.proof.arms import FREE_ARMS, judge_free
from app.induction.proof.findings import Sorted, arm_result, counted_taste, explained_by, side_words, takes_sides
from app.induction.run import Judgement, Progress, Run
from app.induction.traits.learning import Learnt

COUNTED = "counted"

Pairs = Sequence[PreferencePair]


@dataclass(frozen=True, slots=True)
class Proof:
    """The report, and the accuracy of the exported prompt beside the plain judge on the choices that both could judge."""

    report: Report | None
    accuracy: Accuracy | None
    baseline: Accuracy | None


def prove_counting(run: Run, learnt: Learnt, pairs: Pairs, test_pairs: Pairs | None) -> Proof:
    """The report on counting: on `test_pairs` where given, else each of the choices guessed from the others. No call.

    Fewer than ten decisions carry no claim, so there is no accuracy.
    """
    judged = _guessed(run, pairs, test_pairs) if test_pairs else guessed_from_others(run, pairs)
    among = Sorted()
    among.note_lengths(test_pairs or pairs)
    among.note_told_apart(_told_apart(learnt, test_pairs) if test_pairs else _told_apart_by_others(run, pairs))
    results = {arm: arm_result(arm, judgements, among) for arm, judgements in judged.items()}
    run.emit(Progress("testing", results[COUNTED].n, results[COUNTED].n))
    taste = counted_taste(learnt.counted) if learnt.counted else None
    report = Report(
        arms=tuple(results.values()),
        curve=(),
        forecast=Forecast(None, ""),
        taste=taste,
        explained_by=explained_by(results, taste, pairs, COUNTED),
        words=(side_words(pairs),) if takes_sides(pairs) else (),
        folds=1 if test_pairs else len(parts_of(pairs)),
        form=COUNTING,
    )
    tested = results[COUNTED]
    may_claim = bool(test_pairs) or len(decisions_of(pairs)) >= FEWEST_FOR_A_CLAIM
    return Proof(report, Accuracy(int(tested.hits), tested.n) if may_claim and tested.n else None, None)


def guessed_from_others(run: Run, pairs: Pairs) -> dict[str, list[Judgement]]:
    """Every free arm's judgements in time order, one a decision, guessed from those that do not belong with it."""
    models = each_without(pairs, rows_of(pairs), run.prior)
    said = [
        (pair, model.log_odds_of(row_of(pair)))
        for pair, model in zip(one_of_each(pairs, run.seed), models, strict=True)
    ]
    return {arm: [judge_free(run, arm, odds, pair) for pair, odds in said] for arm in FREE_ARMS}


def _told_apart(learnt: Learnt, test_pairs: Pairs) -> list[PreferencePair]:
    traits = learnt.counted.traits if learnt.counted else ()
    rows = [(pair, row_of(pair)) for pair in test_pairs]
    return [pair for pair, row in rows if any(trait.vote_on(row) for trait in traits)]


def _told_apart_by_others(run: Run, pairs: Pairs) -> list[PreferencePair]:
    """Those that a trait tells apart which was counted without them, and without what belongs with them."""
    heads, rows, asked = heads_of(pairs), rows_of(pairs), one_of_each(pairs, run.seed)
    places = {pair.pair_id: place for place, one in enumerate(decisions_of(pairs)) for pair in one.pairs}
    found = []
    for part in parts_of(pairs):
        own = {places[pair.pair_id] for pair in part}
        others = [place for place in range(len(rows)) if place not in own]
        traits = counted_traits([heads[at] for at in others], [rows[at] for at in others], run.prior)
        found += [asked[at] for at in sorted(own) if any(trait.vote_on(rows[at]) for trait in traits)]
    return found


def _guessed(run: Run, pairs: Pairs, test_pairs: Pairs) -> dict[str, list[Judgement]]:
    model = fit_counted(pairs, run.prior)
    return {
        arm: [judge_free(run, arm, model.log_odds(pair), pair) for pair in one_of_each(test_pairs, run.seed)]
        for arm in FREE_ARMS
    }
