"""One judgement: prompts that ask which answer a person would choose, and what their replies say.

Three forms. `pointwise`: each answer alone, Yes or No; the difference of the margins has no order to be biased by.
`both_orders`: A or B, log-odds averaged over both orders. `reasoned`: written reasoning and then First or Second, asked
in both orders where it decides something (paper, step 1 and 3).
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.choices.preference import Completion, PreferencePair, pair_digest
from app.domain.personas.persona import Demonstration
from app.induction.model.fitting import Fitted, Limits, fit, history_turns, show_answer, show_request
from app.induction.model.language_model import Answer, Judging, Message, ModelProfile, Prompt, Reply
from app.induction.model.prompts import phrase, render
from app.induction.run import Judgement

_NO_CHANCE = -14.0
"""Log-probability of a label that is not among the likeliest tokens."""
_ALIKE, _ROUNDED = 1e-9, 1e-6
"""Log-probabilities nearer than this are the same; and so little above 0 is a provider's rounding."""
_CERTAIN = 1.0
"""Log-odds given to a bare word where the model tells no probabilities: little, for how sure it is it does not say."""
REASONING_TOKENS = 220

GUESS_SCHEMA = json.dumps(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "reasoning": {"type": "string", "maxLength": 600},
            "preference": {"type": "string", "enum": ["First", "Second"]},
        },
        "required": ["reasoning", "preference"],
    }
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What the judge is told: nothing ("plain"), a guide to the person that the phrase `lead` introduces, and worked examples."""

    name: str
    guide: str = ""
    demonstrations: tuple[Demonstration, ...] = ()
    lead: str = "guide_persona"


PLAIN = Condition("plain")


def told(condition: Condition, closing: str = "") -> str:
    """The guide behind its lead, and how it is to be weighed (a phrase) where one is named; "" where nothing is told."""
    if not condition.guide:
        return ""
    lead = phrase(condition.lead, guide=condition.guide)
    return f"{lead}\n{phrase(closing)}" if closing else lead


def judging_prompts(pair: PreferencePair, condition: Condition, form: Judging, profile: ModelProfile) -> list[Fitted]:
    """The two prompts of one judgement: chosen then rejected (pointwise), or chosen first then rejected first."""
    if form == "pointwise":
        return [_fitted(pair, (one,), condition, form, profile) for one in (pair.chosen, pair.rejected)]
    orders = ((pair.chosen, pair.rejected), (pair.rejected, pair.chosen))
    return [_fitted(pair, order, condition, form, profile) for order in orders]


def guess_prompt(pair: PreferencePair, condition: Condition, profile: ModelProfile, *, chosen_first: bool) -> Fitted:
    """One reasoned guess in one order."""
    order = (pair.chosen, pair.rejected) if chosen_first else (pair.rejected, pair.chosen)
    return _fitted(pair, order, condition, "reasoned", profile)


def read_judgement(
    pair: PreferencePair, condition: Condition, form: Judging, prompts: Sequence[Fitted], answers: Sequence[Answer]
) -> Judgement:
    """What the two answers to `judging_prompts` say about the person's real choice.

    A hit needs a sum above 0: an even split over the orders agrees with nobody. One failed or unusable answer makes
    the whole judgement unusable (`hit` None), because a single order is biased.
    """
    digests = tuple(fitted.prompt.digest for fitted in prompts)
    labels = {"pointwise": ("Yes", "No"), "both_orders": ("A", "B"), "reasoned": ("First", "Second")}[form]
    one, two = (_margin(answer, labels, form) for answer in answers)
    if one is None or two is None:
        return Judgement(pair.pair_id, condition.name, None, None, None, "", digests)
    # Pointwise: liking of chosen minus liking of rejected. In orders: the second prompt speaks of the sides reversed.
    log_odds = one - two if form == "pointwise" else (one - two) / 2
    flipped = None if form == "pointwise" else (one > 0) == (two > 0)
    return Judgement(pair.pair_id, condition.name, round(log_odds, 6), log_odds > 0, flipped, "", digests)


def read_one_order(
    pair: PreferencePair, condition: Condition, form: Judging, prompt: Fitted, answer: Answer, *, chosen_first: bool
) -> Judgement:
    """What an answer to one of the two prompts of `judging_prompts` says, in the forms that have an order."""
    margin = _margin(answer, ("A", "B") if form == "both_orders" else ("First", "Second"), form)
    log_odds = None if margin is None else round(margin if chosen_first else -margin, 6)
    hit = None if log_odds is None else log_odds > 0
    return Judgement(pair.pair_id, condition.name, log_odds, hit, None, "", (prompt.prompt.digest,))


def drawn_first(seed: int, pair: PreferencePair) -> bool:
    """Whether the chosen answer is shown first: drawn by seed and texts, so that nothing depends on the side it had."""
    # With what leads in to each, for two answers may end alike and differ before.
    one, other = (repr((side.lead_in, side.text)) for side in (pair.chosen, pair.rejected))
    texts = sorted((one, other))
    return one == random.Random(f"{seed}/{pair_digest(pair.context, *texts)}").choice(texts)


@dataclass(frozen=True, slots=True)
class Guess:
    """A reasoned reply: the reasoning, and whether it says the first answer; None where it says neither."""

    reasoning: str
    says_first: bool | None


def read_guess(answer: Answer) -> Guess:
    """The reasoning and prediction of a reply to `guess_prompt`; a reply that cannot be read predicts nothing."""
    if not isinstance(answer, Reply):
        return Guess("", None)
    try:
        found = json.loads(answer.text)
        reasoning, said = str(found["reasoning"]).strip(), str(found["preference"])
    except (ValueError, TypeError, KeyError):
        reasoning = ""
        word = re.search(r'"preference"\s*:\s*"(First|Second)"', answer.text)
        said = word[1] if word else ""
    return Guess(reasoning, {"First": True, "Second": False}.get(said))


def _margin(answer: Answer, labels: tuple[str, str], form: Judging) -> float | None:
    """Log-odds of the first label against the second, or None where the answer is unusable."""
    if not isinstance(answer, Reply):
        return None
    if form == "reasoned":
        says_first = read_guess(answer).says_first
        return None if says_first is None else (_CERTAIN if says_first else -_CERTAIN)
    yes, no = labels
    figures = _told_apart(answer.label_logprobs.get(yes), answer.label_logprobs.get(no))
    if figures is not None:
        return figures
    word = re.match(rf"\W*({yes}|{no})\b", answer.text, re.IGNORECASE)
    if not word:
        return None
    return _CERTAIN if word[1].lower() == yes.lower() else -_CERTAIN


def _told_apart(yes: float | None, no: float | None) -> float | None:
    """Log-odds by the log-probabilities of two labels, or None where these say nothing: both alike, both beyond the
    likeliest tokens, or none that a probability can have."""
    given = [_NO_CHANCE if each is None else each for each in (yes, no)]
    if any(math.isnan(each) or each > _ROUNDED for each in given):
        return None
    one, other = (max(each, _NO_CHANCE) for each in given)
    return None if abs(one - other) < _ALIKE else one - other


def _fitted(
    pair: PreferencePair,
    order: tuple[Completion, ...],
    condition: Condition,
    form: Judging,
    profile: ModelProfile,
) -> Fitted:
    def build(limits: Limits) -> Prompt:
        system, question = _messages(pair, order, condition, form, limits, "")
        shots = [
            message
            for place, one in enumerate(condition.demonstrations[: limits.demonstrations])
            for message in _shots(one, place, condition, form, limits)
        ]
        reasoned = form == "reasoned"
        return Prompt(
            messages=(system, *shots, question),
            purpose="judge",
            max_tokens=REASONING_TOKENS if reasoned else 1,
            schema=GUESS_SCHEMA if reasoned else "",
            labels=() if reasoned else ("Yes", "No") if form == "pointwise" else ("A", "B"),
        )

    return fit(
        build,
        profile,
        demonstrations=len(condition.demonstrations),
        history=history_turns([pair]),
    )


def _messages(
    pair: PreferencePair,
    order: tuple[Completion, ...],
    condition: Condition,
    form: Judging,
    limits: Limits,
    note: str,
) -> tuple[Message, ...]:
    guide = told(condition, "weigh_alone" if form == "pointwise" else "weigh")
    request = show_request(pair.context, limits)
    if form == "pointwise":
        one = show_answer("answer", order[0], limits)
        return render("judge_alone", guide=guide, request=request, one=one, note=note)
    names = ("answer_a", "answer_b") if form == "both_orders" else ("first_answer", "second_answer")
    one, two = (show_answer(name, completion, limits) for name, completion in zip(names, order, strict=True))
    if form == "both_orders":
        return render("judge", guide=guide, request=request, one=one, two=two, note=note)
    return render("guess", guide=guide or phrase("guide_none"), request=request, one=one, two=two)


def _shots(one: Demonstration, place: int, condition: Condition, form: Judging, limits: Limits) -> list[Message]:
    """A demonstration as turns of the prompt. Sides alternate by place, so that examples lean to neither side."""
    pair, note = one.pair, phrase("noted", reason=one.reasoning) if one.reasoning else ""
    if form == "pointwise":
        liked = _messages(pair, (pair.chosen,), condition, form, limits, note)[-1]
        other = _messages(pair, (pair.rejected,), condition, form, limits, "")[-1]
        shots = [[liked, Message("assistant", "Yes")], [other, Message("assistant", "No")]]
        return [message for shot in (shots if place % 2 == 0 else shots[::-1]) for message in shot]
    chosen_first = place % 2 == 0
    order = (pair.chosen, pair.rejected) if chosen_first else (pair.rejected, pair.chosen)
    question = _messages(pair, order, condition, form, limits, note)[-1]
    if form == "both_orders":
        return [question, Message("assistant", "A" if chosen_first else "B")]
    said = {"reasoning": one.reasoning, "preference": "First" if chosen_first else "Second"}
    return [question, Message("assistant", json.dumps(said, ensure_ascii=False))]
