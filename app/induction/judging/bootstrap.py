"""Step 1 of the paper: reasoning about each training pair, kept only where it reaches the person's real choice.

Two ways. A capable model guesses blind and its reasoning is kept where the guess was right (the paper's way). The small
model, which guesses no better than chance, is shown the choice, says in a short field what it liked, and the pair is
then judged with that sentence as the stated preference; it is kept where that judgement reaches the choice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.choices.preference import PreferencePair
from app.domain.personas.style import differences
from app.domain.personas.style_claims import bears_out
from app.induction.judging.evaluation import judge_each
from app.induction.judging.judge import PLAIN, Condition, drawn_first, guess_prompt, read_guess
from app.induction.judging.packing import in_packs
from app.induction.judging.stacked import Question, ask_in_packs, judgement_of, stacked_prompt
from app.induction.model.fitting import Fitted, Limits, fit, history_turns, show_answer, show_request
from app.induction.model.language_model import Answer, ModelProfile, Prompt, Reply
from app.induction.model.prompts import render
from app.induction.run import Judgement, Progress, Run
from app.induction.wording.private_matters import mentions_private_matters
from app.induction.wording.statements import content_words

EXPLANATION = "explanation"
_EXPLAIN_TOKENS = 60
_TOO_TOPICAL = 3
_EXPLAIN_SCHEMA = json.dumps(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {"prefers": {"type": "string", "maxLength": 200}},
        "required": ["prefers"],
    }
)


@dataclass(frozen=True, slots=True)
class Trace:
    """A training pair with its verified reasoning; "" where none was reached: its label alone goes on."""

    pair: PreferencePair
    reasoning: str = ""


async def explain_known_choices(run: Run, pairs: Sequence[PreferencePair]) -> list[Trace]:
    """One trace a pair, in order: explained knowing the choice, then checked pointwise. Three calls a pair."""
    prompts = [explain_prompt(pair, run.profile) for pair in pairs]
    answers = await run.ask(prompts, "guessing", total=len(pairs))
    reasons = [read_reason(answer, pair) for answer, pair in zip(answers, pairs, strict=True)]
    told = [(pair, reason) for pair, reason in zip(pairs, reasons, strict=True) if reason]
    conditions = [Condition(EXPLANATION, guide=f"Prefers {reason}.") for _, reason in told]
    checks = await judge_each(
        run, [(pair, condition) for (pair, _), condition in zip(told, conditions, strict=True)], "pointwise", "checking"
    )
    right = {check.pair_id: reason for check, (_, reason) in zip(checks, told, strict=True) if check.hit}
    spoken = {check.pair_id: check for check in checks}
    for pair, reason, fitted in zip(pairs, reasons, prompts, strict=True):
        check = spoken.get(pair.pair_id)
        run.keep(
            Judgement(
                pair.pair_id,
                EXPLANATION,
                check.log_odds if check else None,
                check.hit if check else None,
                None,
                reason,
                (fitted.prompt.digest, *(check.call_digests if check else ())),
            )
        )
    run.emit(Progress("checking", len(pairs), len(pairs), {"kept": len(right)}))
    run.note_failures(answers, "explaining")
    return [Trace(pair, right.get(pair.pair_id, "")) for pair in pairs]


async def guess_choices(
    run: Run,
    pairs: Sequence[PreferencePair],
    told: Condition = PLAIN,
    *,
    both_orders: bool = False,
    done: int = 0,
    total: int | None = None,
) -> list[Trace]:
    """One trace a pair and order, in order: guessed blind (or told a persona), kept where the guess was right.

    In one order, drawn by the seed and the texts, a pair costs one call; in both orders two, and gives two traces. Where
    the model judges stacked, one order of several pairs is one call.
    """
    if run.profile.judging == "stacked" and not both_orders:
        return await _guess_stacked(run, pairs, told)
    name = EXPLANATION if told is PLAIN else f"{EXPLANATION} with {told.name}"
    asked = [
        (pair, side)
        for pair in pairs
        for first in (drawn_first(run.seed, pair),)
        for side in ((first, not first) if both_orders else (first,))
    ]
    prompts = [guess_prompt(pair, told, run.profile, chosen_first=side) for pair, side in asked]
    per = 2 if both_orders else 1
    answers = await run.ask(prompts, "guessing", done=done, total=total or len(pairs), per=per)
    traces: list[Trace] = []
    heard: dict[str, list[tuple[bool | None, str, str]]] = {}
    for (pair, chosen_first), fitted, answer in zip(asked, prompts, answers, strict=True):
        guess = read_guess(answer)
        hit = None if guess.says_first is None else guess.says_first is chosen_first
        if isinstance(answer, Reply):
            run.note_said(Judgement(pair.pair_id, name, None, hit, None), "reasoned", in_both_orders=False)
        sound = hit and not mentions_private_matters(guess.reasoning)
        traces.append(Trace(pair, guess.reasoning if sound else ""))
        heard.setdefault(pair.pair_id, []).append((hit, guess.reasoning, fitted.prompt.digest))
    for pair_id, said in heard.items():
        hits = [hit for hit, _, _ in said]
        run.keep(
            Judgement(
                pair_id,
                name,
                None,
                None if None in hits else all(hits),
                None if len(hits) == 1 or None in hits else hits[0] is not hits[1],
                next((reasoning for hit, reasoning, _ in said if hit), said[0][1]),
                tuple(digest for _, _, digest in said),
            )
        )
    kept = sum(bool(trace.reasoning) for trace in traces)
    run.emit(Progress("checking", done + len(pairs), total or len(pairs), {"kept": kept}))
    run.note_failures(answers, "guessing")
    return traces


async def _guess_stacked(run: Run, pairs: Sequence[PreferencePair], told: Condition) -> list[Trace]:
    """The same for several pairs a call, each with a short reason before its answer."""

    def build(questions: Sequence[Question]) -> Fitted:
        shown = [(pairs[one.place], told, one.chosen_first) for one in questions]
        return stacked_prompt(shown, run.profile, reasons=True)

    drawn = [Question(place, drawn_first(run.seed, pair)) for place, pair in enumerate(pairs)]
    packs = list(in_packs(drawn, build, run.profile))
    heard = await ask_in_packs(run, packs, build, "guessing", total=len(pairs))
    traces = []
    for one, pair in zip(drawn, pairs, strict=True):
        said, judgement = heard[one], judgement_of(told, pair, one.place, heard, both_orders=False)
        run.keep(replace(judgement, condition=EXPLANATION, log_odds=None, reasoning=said.reasoning))
        if said.came:
            run.note_said(judgement, "stacked", in_both_orders=False)
        sound = judgement.hit and not mentions_private_matters(said.reasoning)
        traces.append(Trace(pair, said.reasoning if sound else ""))
    kept = sum(bool(trace.reasoning) for trace in traces)
    run.emit(Progress("checking", len(pairs), len(pairs), {"kept": kept}))
    lost = sum(said.margin is None for said in heard.values())
    if lost:
        run.missing.append(f"The model gave no usable first guess on {lost} of {len(pairs)} choices.")
    return traces


def explain_prompt(pair: PreferencePair, profile: ModelProfile) -> Fitted:
    """Asks what the person liked better in the answer they chose, in one short field."""

    def build(limits: Limits) -> Prompt:
        return Prompt(
            messages=render(
                "explain",
                request=show_request(pair.context, limits),
                chosen=show_answer("chosen_answer", pair.chosen, limits),
                other=show_answer("other_answer", pair.rejected, limits),
                measured=differences(pair) or "no difference",
            ),
            purpose="explain",
            max_tokens=_EXPLAIN_TOKENS,
            schema=_EXPLAIN_SCHEMA,
        )

    return fit(build, profile, history=history_turns([pair]))


def read_reason(answer: Answer, pair: PreferencePair) -> str:
    """The explanation of a reply; "" where it has none, speaks of private matters, claims what a count
    disproves, or speaks of the topic."""
    if not isinstance(answer, Reply):
        return ""
    try:
        said = str(json.loads(answer.text)["prefers"])
    except (ValueError, TypeError, KeyError):
        return ""
    plain = " ".join(said.split()).rstrip(".")
    # Words of the request make a reason that holds for this one choice only.
    topical = content_words(plain) & content_words(pair.context[-1].content)
    if mentions_private_matters(plain) or bears_out(plain, pair) is False or len(topical) >= _TOO_TOPICAL:
        return ""
    return plain
