"""Judging many pairs, and the scores by which candidates are compared: soft (ours) and hard (the paper's)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.choices.preference import PreferencePair
from app.induction.judging.judge import Condition, drawn_first, judging_prompts, read_judgement, read_one_order
from app.induction.judging.stacked import judge_stacked
from app.induction.model.language_model import Answer, Judging, Reply
from app.induction.run import FEWEST_TO_TELL, MOST_BEFORE_A_LOOK, Judgement, Run, Stage

Asked = Sequence[tuple[PreferencePair, Condition]]


async def judge_each(
    run: Run,
    asked: Asked,
    form: Judging,
    stage: Stage | None,
    *,
    per_item: int = 1,
    done: int = 0,
    total: int | None = None,
) -> list[Judgement]:
    """One judgement for each pair and condition, in order, two calls each; `stacked`, two calls for several.

    Without a `stage` nothing is reported; `per_item` judgements make one item of the count that is reported (with and
    without a persona is one choice tested).
    """
    if form == "stacked":
        return await judge_stacked(run, asked, stage, both_orders=True, per_item=per_item, done=done, total=total)
    items = len(asked) // per_item if total is None else total
    found: list[Judgement] = []
    for part in _some_first(run, asked, calls=2):
        rounds = [judging_prompts(pair, condition, form, run.profile) for pair, condition in part]
        before = done + len(found) // per_item
        flat = [fitted for prompts in rounds for fitted in prompts]
        answers = await run.ask(flat, stage, done=before, total=items, per=2 * per_item)
        for place, ((pair, condition), prompts) in enumerate(zip(part, rounds, strict=True)):
            heard = answers[2 * place : 2 * place + 2]
            found.append(_noted(run, read_judgement(pair, condition, form, prompts, heard), form, heard))
    return found


async def judge_once(
    run: Run,
    asked: Asked,
    form: Judging,
    stage: Stage | None,
    *,
    per_item: int = 1,
    done: int = 0,
    total: int | None = None,
    cuts: Sequence[int] = (),
) -> list[Judgement]:
    """One judgement for each pair and condition, in order, in one order drawn by the seed: one call each, `flipped` unknown;
    `stacked`, one call for several, of which none shows pairs from both sides of a place in `cuts`.

    For all forms but `pointwise`; a single order is biased, so this is for looking, never for proof.
    """
    if form == "stacked":
        return await judge_stacked(
            run, asked, stage, both_orders=False, cuts=cuts, per_item=per_item, done=done, total=total
        )
    items = len(asked) // per_item if total is None else total
    found: list[Judgement] = []
    for part in _some_first(run, asked, calls=1):
        sides = [drawn_first(run.seed, pair) for pair, _ in part]
        prompts = [
            judging_prompts(pair, condition, form, run.profile)[0 if side else 1]
            for (pair, condition), side in zip(part, sides, strict=True)
        ]
        answers = await run.ask(prompts, stage, done=done + len(found) // per_item, total=items, per=per_item)
        for (pair, condition), side, prompt, answer in zip(part, sides, prompts, answers, strict=True):
            judgement = read_one_order(pair, condition, form, prompt, answer, chosen_first=side)
            found.append(_noted(run, judgement, form, [answer]))
    return found


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


def _some_first(run: Run, asked: Asked, *, calls: int) -> list[Asked]:
    """What is asked in two parts, the first about as many as the model takes at once: one that cannot judge so is found
    out before the rest is paid for."""
    first = min(max(FEWEST_TO_TELL, run.profile.parallel // calls), MOST_BEFORE_A_LOOK // calls)
    return [part for part in (asked[:first], asked[first:]) if part]


def _noted(run: Run, judgement: Judgement, form: Judging, answers: Sequence[Answer]) -> Judgement:
    """Files the judgement; where usable answers came, counts whether they said anything. An even split says nothing."""
    run.keep(judgement)
    if all(isinstance(answer, Reply) for answer in answers):
        run.note_said(judgement, form, in_both_orders=len(answers) == 2)
    return judgement
