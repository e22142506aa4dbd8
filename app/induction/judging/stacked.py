"""Many judgements in one call, for models that think before they answer: thoughts are paid once for all of them.

A prompt shows numbered questions, each a pair whose sides are drawn by the seed, and asks which answer is better and how
sure that is. Questions are asked together where they share worked examples; where what is told of the person differs
from question to question, it stands under each.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.domain.choices.preference import PreferencePair
from app.induction.judging.entries import entries_schema, entries_tokens, read_entries, read_reasons, written_entries
from app.induction.judging.judge import Condition, drawn_first, told
from app.induction.judging.packing import halves, in_packs
from app.induction.model.fitting import Fitted, Limits, fit, history_turns, show_answer, show_request
from app.induction.model.language_model import Answer, Message, ModelProfile, Prompt, Reply
from app.induction.model.prompts import phrase, render
from app.induction.run import Judgement, Run, Stage

_TIMES = 3
"""A pack is asked whole, then what it left out in halves, then in quarters; what is missing after that stays unjudged."""
_EXAMPLES_KEPT = 3
"""Worked examples that stay as long as clipping texts can make room: so many are chosen (traits/demonstrations.py)."""

Asked = Sequence[tuple[PreferencePair, Condition]]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Question:
    """One of the judgements asked for, by its place among them, and whether its chosen answer is shown first."""

    place: int
    chosen_first: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """Log-odds of the first answer shown, None where nothing usable came, and the digest of the call that was asked last.

    `came` is whether a whole answer came at all; `reasoning` what was written before this one's, where it was asked for.
    """

    margin: float | None
    digest: str
    came: bool
    reasoning: str = ""


async def judge_stacked(
    run: Run,
    asked: Asked,
    stage: Stage | None,
    *,
    both_orders: bool,
    cuts: Sequence[int] = (),
    per_item: int = 1,
    done: int = 0,
    total: int | None = None,
) -> list[Judgement]:
    """One judgement for each pair and condition, in order, up to `profile.packing` of them a call.

    In both orders each is asked twice, with sides and the order of questions reversed (`flipped` is known then); else
    once, in the order drawn by the seed. Before a place in `cuts` a new prompt begins. A question that no reply speaks of
    is asked again in smaller packs, twice at most, and is unusable (`hit` None) if none does then.
    """
    profile = run.profile

    def build(questions: Sequence[Question]) -> Fitted:
        return stacked_prompt([(*asked[one.place], one.chosen_first) for one in questions], profile)

    drawn = [Question(place, drawn_first(run.seed, pair)) for place, (pair, _) in enumerate(asked)]
    packs = [pack for part in _parts(asked, drawn, cuts) for pack in in_packs(part, build, profile)]
    if both_orders:
        packs += [[Question(one.place, not one.chosen_first) for one in reversed(pack)] for pack in packs]
    items = len(asked) // per_item if total is None else total
    heard = await ask_in_packs(run, packs, build, stage, done=done, total=items, per=per_item * (1 + both_orders))
    judged = [
        judgement_of(condition, pair, place, heard, both_orders=both_orders)
        for place, (pair, condition) in enumerate(asked)
    ]
    for one, judgement in zip(drawn, judged, strict=True):
        run.keep(judgement)
        if heard[one].came:
            run.note_said(judgement, "stacked", in_both_orders=both_orders)
    return judged


async def ask_in_packs(
    run: Run,
    packs: Sequence[Sequence[Key]],
    build: Callable[[Sequence[Key]], Fitted],
    stage: Stage | None = None,
    *,
    done: int = 0,
    total: int = 0,
    per: int = 1,
) -> dict[Key, Heard]:
    """What was heard of every question of the packs. One call a pack, and at most six more for one whose replies leave
    questions out; `per` questions make one item of the count that is reported under `stage`."""
    heard: dict[Key, Heard] = {}
    left: list[Sequence[Key]] = list(packs)
    for time in range(_TIMES):
        prompts = [build(pack) for pack in left]
        counts = [len(pack) for pack in left]
        answers = await run.ask(prompts, None if time else stage, done=done, total=total, per=per, counts=counts)
        again: list[Sequence[Key]] = []
        for pack, fitted, answer in zip(left, prompts, answers, strict=True):
            said, why = read_entries(answer, len(pack)), read_reasons(answer)
            for number, key in enumerate(pack, start=1):
                heard[key] = Heard(
                    said.get(number), fitted.prompt.digest, isinstance(answer, Reply), why.get(number, "")
                )
            missing = [key for number, key in enumerate(pack, start=1) if number not in said]
            if missing and len(pack) > 1 and _came(answer):
                again += halves(missing) if len(missing) == len(pack) else [missing]
        left = again
        if not left:
            break
    return heard


def judgement_of(
    condition: Condition, pair: PreferencePair, place: int, heard: Mapping[Question, Heard], *, both_orders: bool
) -> Judgement:
    """What was heard of the question at a place says about the real choice: of both its orders, or of the one asked.

    As in judge.py, an even split over the orders is no hit, and what one order left out is unusable.
    """
    ways = [one for first in (True, False) if (one := Question(place, first)) in heard]
    found = [heard[one] for one in ways]
    digests = tuple(one.digest for one in found)
    odds = [
        one.margin if way.chosen_first else -one.margin
        for way, one in zip(ways, found, strict=True)
        if one.margin is not None
    ]
    if len(odds) < 1 + both_orders:
        return Judgement(pair.pair_id, condition.name, None, None, None, "", digests)
    log_odds = sum(odds) / len(odds)
    flipped = (odds[0] > 0) is not (odds[1] > 0) if both_orders else None
    return Judgement(pair.pair_id, condition.name, round(log_odds, 6), log_odds > 0, flipped, "", digests)


def stacked_prompt(
    shown: Sequence[tuple[PreferencePair, Condition, bool]], profile: ModelProfile, *, reasons: bool = False
) -> Fitted:
    """The prompt that asks about the pairs (pair, what is told, whether the chosen answer stands first) in their order.

    The conditions must share their worked examples and lead; with written `reasons` they may have no examples. Raises
    BadInput where it cannot be made to fit.
    """
    conditions = [condition for _, condition, _ in shown]
    is_shared = len({condition.guide for condition in conditions}) == 1
    demonstrations = conditions[0].demonstrations

    def build(limits: Limits) -> Prompt:
        questions = [
            _shown(number, pair, first, limits, "" if is_shared else told(condition) or phrase("guide_open"))
            for number, (pair, condition, first) in enumerate(shown, start=1)
        ]
        guide = told(conditions[0], "weigh") if is_shared else f"{phrase('guide_apart')}\n{phrase('weigh')}"
        system, asked = _messages(guide, questions, "guess_stacked" if reasons else "stacked")
        return Prompt(
            messages=(system, *_shots(conditions[0], limits), asked),
            purpose="judge",
            max_tokens=entries_tokens(len(shown), reasons=reasons),
            schema=entries_schema(len(shown), reasons=reasons),
        )

    return fit(
        build,
        profile,
        demonstrations=len(demonstrations),
        keep_demonstrations=min(len(demonstrations), _EXAMPLES_KEPT),
        history=history_turns(pair for pair, _, _ in shown),
        tight=True,
    )


def _parts(asked: Asked, drawn: Sequence[Question], cuts: Sequence[int]) -> list[list[Question]]:
    """The questions that may share a prompt: of one condition's name, lead and examples, and between two cuts."""
    parts: dict[Hashable, list[Question]] = {}
    for one in drawn:
        condition = asked[one.place][1]
        before = sum(cut <= one.place for cut in cuts)
        key = (before, condition.name, condition.lead, condition.demonstrations)
        parts.setdefault(key, []).append(one)
    return list(parts.values())


def _messages(guide: str, questions: Sequence[str], name: str = "stacked") -> tuple[Message, ...]:
    return render(name, guide=guide, questions="\n\n".join(questions))


def _shown(
    number: int, pair: PreferencePair, chosen_first: bool, limits: Limits, guide: str = "", note: str = ""
) -> str:
    first, second = (pair.chosen, pair.rejected) if chosen_first else (pair.rejected, pair.chosen)
    sides = (show_answer("answer_a", first, limits), show_answer("answer_b", second, limits))
    return "\n".join(
        part for part in (f"Question {number}", guide, show_request(pair.context, limits), *sides, note) if part
    )


def _shots(condition: Condition, limits: Limits) -> tuple[Message, ...]:
    """The worked examples as one turn of questions and one of answers. Sides alternate, so that they lean to neither."""
    kept = condition.demonstrations[: limits.demonstrations]
    if not kept:
        return ()
    questions = [
        _shown(
            place + 1,
            one.pair,
            place % 2 == 0,
            limits,
            note=phrase("noted", reason=one.reasoning) if one.reasoning else "",
        )
        for place, one in enumerate(kept)
    ]
    asked = _messages("", questions)[-1]
    return asked, Message("assistant", written_entries([place % 2 == 0 for place in range(len(kept))]))


def _came(answer: Answer) -> bool:
    """Whether a text of the model's own came, of use or not."""
    return isinstance(answer, Reply) or answer.unusable
