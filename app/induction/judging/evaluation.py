"""Judging many pairs, and the scores by which candidates are compared: soft (ours) and hard (the paper's)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.preference import PreferencePair
from app.induction.judging.judge import Condition, drawn_first, judging_prompts, read_judgement, read_one_order
from app.induction.model.language_model import Judging
from app.induction.run import Judgement, Run, Stage


async def judge_each(
    run: Run,
    asked: Sequence[tuple[PreferencePair, Condition]],
    form: Judging,
    stage: Stage | None,
    *,
    per_item: int = 1,
    done: int = 0,
    total: int | None = None,
) -> list[Judgement]:
    """One judgement for each pair and condition, in order, two calls each.

    Without a `stage` nothing is reported; `per_item` judgements make one item of the count that is reported (with and
    without a persona is one choice tested).
    """
    rounds = [judging_prompts(pair, condition, form, run.profile) for pair, condition in asked]
    flat = [fitted for prompts in rounds for fitted in prompts]
    items = len(asked) // per_item if total is None else total
    answers = await run.ask(flat, stage, done=done, total=items, per=2 * per_item)
    return [
        run.keep(read_judgement(pair, condition, form, prompts, answers[2 * place : 2 * place + 2]))
        for place, ((pair, condition), prompts) in enumerate(zip(asked, rounds, strict=True))
    ]


async def judge_once(
    run: Run,
    asked: Sequence[tuple[PreferencePair, Condition]],
    form: Judging,
    stage: Stage | None,
    *,
    per_item: int = 1,
    done: int = 0,
    total: int | None = None,
) -> list[Judgement]:
    """One judgement for each pair and condition, in order, in one order drawn by the seed: one call each, `flipped` unknown.

    For `both_orders` and `reasoned`; a single order is biased, so this is for looking, never for proof.
    """
    sides = [drawn_first(run.seed, pair) for pair, _ in asked]
    prompts = [
        judging_prompts(pair, condition, form, run.profile)[0 if side else 1]
        for (pair, condition), side in zip(asked, sides, strict=True)
    ]
    items = len(asked) // per_item if total is None else total
    answers = await run.ask(prompts, stage, done=done, total=items, per=per_item)
    return [
        run.keep(read_one_order(pair, condition, form, prompt, answer, chosen_first=side))
        for (pair, condition), side, prompt, answer in zip(asked, sides, prompts, answers, strict=True)
    ]


def mean_log_odds(judgements: Iterable[Judgement]) -> float | None:
    """The soft score of a candidate: mean log-odds of the real choices, or None where nothing was usable."""
    usable = [judgement.log_odds for judgement in judgements if judgement.log_odds is not None]
    return sum(usable) / len(usable) if usable else None


def ordered_hits(judgements: Iterable[Judgement]) -> int:
    """The paper's hard score: right verdicts over both orders, two at most a pair; a split pair counts one."""
    return sum(
        2 * judgement.hit + (not judgement.hit and bool(judgement.flipped))
        for judgement in judgements
        if judgement.hit is not None
    )
