from __future__ import annotations

import asyncio
import json

import pytest

from app.domain.personas.persona import Demonstration
from app.induction.judging.evaluation import judge_each, judge_once, mean_log_odds, ordered_hits
from app.induction.judging.judge import (
    PLAIN,
    Condition,
    drawn_first,
    guess_prompt,
    judging_prompts,
    read_guess,
    read_judgement,
    read_one_order,
)
from app.induction.model.language_model import ModelFailure, ModelProfile, Reply
from app.induction.model.prompts import phrase
from app.induction.run import Judgement, Run
from tests.fakes import FakeCompleter, FakeLanguageModel
from tests.induction.given import pair, pairs, run_over, sides_swapped
from tests.induction.models import Opinionated

WIDE = ModelProfile("wide", slot_tokens=100_000)


def reply(**logprobs: float) -> Reply:
    return Reply("", label_logprobs=logprobs)


def judged(form, *answers):
    prompts = judging_prompts(pair(1), PLAIN, form, WIDE)
    return read_judgement(pair(1), PLAIN, form, prompts, answers)


def test_pointwise_is_the_margin_of_the_chosen_answer_less_that_of_the_other():
    judgement = judged("pointwise", reply(Yes=-0.5, No=-1.0), reply(Yes=-0.2, No=-2.0))

    assert judgement.log_odds == pytest.approx(0.5 - 1.8)
    assert judgement.hit is False
    assert judgement.flipped is None


def test_both_orders_average_out_a_bias_to_the_first_place():
    biased = (reply(A=-0.1, B=-3.0), reply(A=-0.3, B=-1.5))

    judgement = judged("both_orders", *biased)

    assert judgement.log_odds == pytest.approx((2.9 - 1.2) / 2)
    assert judgement.hit is True
    assert judgement.flipped is True


def test_an_even_split_over_the_orders_agrees_with_nobody():
    said_first = Reply(json.dumps({"reasoning": "r", "preference": "First"}))

    judgement = judged("reasoned", said_first, said_first)

    assert judgement.log_odds == 0
    assert judgement.hit is False


@pytest.mark.parametrize("bad", [ModelFailure("gone"), Reply("I would rather not say.")])
def test_one_unusable_order_makes_the_judgement_unusable(bad):
    judgement = judged("both_orders", reply(A=-0.1, B=-3.0), bad)

    assert judgement.hit is None
    assert judgement.log_odds is None


def test_a_bare_letter_is_enough_where_a_model_tells_no_probabilities():
    judgement = judged("both_orders", Reply("A"), Reply(" b."))

    assert judgement.hit is True


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", '{"preference": "Third", "reasoning": "x"}', '{"preference": 3}']
)
def test_a_guess_that_cannot_be_read_predicts_nothing(text):
    assert read_guess(Reply(text)).says_first is None


def test_a_guess_that_was_cut_off_still_counts_by_its_preference():
    assert read_guess(Reply('{"preference": "Second", "reasoning": "because')).says_first is False


def test_the_plain_prompt_tells_nothing_of_the_person_and_shows_texts_as_they_are():
    (one, two) = judging_prompts(pair(1), PLAIN, "both_orders", WIDE)

    system, question = one.prompt.messages
    assert "How this person likes answers" not in system.content
    assert f"<answer_a>\n{pair(1).chosen.text}\n</answer_a>" in question.content
    assert f"<answer_b>\n{pair(1).chosen.text}\n</answer_b>" in two.prompt.messages[-1].content
    assert question.content.endswith("A or B.")


@pytest.mark.parametrize(
    "lead", ["guide_persona", "guide_prompt", "guide_stated", "guide_memory", "guide_demographics"]
)
@pytest.mark.parametrize("form", ["both_orders", "reasoned"])
def test_whatever_is_told_is_to_be_weighed_only_where_it_separates_the_answers(lead, form):
    guided = (
        judging_prompts(pair(1), Condition("c", "Likes lists", lead=lead), form, WIDE)[0].prompt.messages[0].content
    )
    plain = judging_prompts(pair(1), PLAIN, form, WIDE)[0].prompt.messages[0].content

    assert guided.count("Likes lists\n" + phrase("weigh")) == 1
    assert "Go by this" not in plain


def test_an_answer_shown_alone_is_held_against_nothing():
    told = judging_prompts(pair(1), Condition("c", "Likes lists"), "pointwise", WIDE)[0].prompt.messages[0].content

    assert told.endswith("Likes lists\nGo by this.")


def test_examples_stand_before_the_question_with_their_sides_alternating():
    shown = tuple(Demonstration(pair(number), f"reason {number}") for number in (5, 6))

    (one, _) = judging_prompts(pair(1), Condition("c", "likes it short", shown), "both_orders", WIDE)

    assert [message.content for message in one.prompt.messages if message.role == "assistant"] == ["A", "B"]
    assert "reason 5" in one.prompt.messages[1].content


def test_examples_give_way_before_anything_else_is_clipped():
    shown = tuple(Demonstration(pair(number, chosen="a" * 3000), "") for number in range(5))
    profile = ModelProfile("narrow", slot_tokens=4096)

    fitted = judging_prompts(pair(1), Condition("c", "g", shown), "both_orders", profile)[0]

    contents = " ".join(message.content for message in fitted.prompt.messages)
    assert 0 < contents.count("a" * 3000) < 5
    assert "left out" not in contents
    assert fitted.shortened


def test_a_long_answer_is_clipped_in_its_middle_with_a_marker():
    fitted = guess_prompt(
        pair(1, chosen="begin " + "x" * 90_000 + " end"), PLAIN, ModelProfile("m", 2048), chosen_first=True
    )

    content = fitted.prompt.messages[-1].content
    assert "begin xxx" in content
    assert "characters left out ...]" in content
    assert "xxx end" in content


def judgement(log_odds: float | None, hit: bool | None, *, flipped: bool = False) -> Judgement:
    return Judgement("p", "c", log_odds, hit, flipped)


def test_the_soft_score_is_the_mean_log_odds_of_usable_judgements():
    assert mean_log_odds([judgement(2, True), judgement(-1, False), judgement(None, None)]) == 0.5
    assert mean_log_odds([judgement(None, None)]) is None


def test_the_hard_score_counts_right_verdicts_over_both_orders():
    assert ordered_hits([judgement(1, True), judgement(0, False, flipped=True), judgement(-1, False)]) == 3


def test_rounds_are_no_wider_than_the_model_takes_and_equal_prompts_are_asked_once():
    model = FakeLanguageModel()
    run = Run(model, 0, lambda _: None, lambda _: {})
    prompts = [one for number in (1, 2, 3, 1) for one in judging_prompts(pair(number), PLAIN, "both_orders", WIDE)]

    answers = asyncio.run(run.ask(prompts))

    assert model.rounds == [4, 2]
    assert answers[:2] == answers[6:]


@pytest.mark.parametrize(
    ("form", "said"),
    [("both_orders", reply(A=-0.1, B=-3.1)), ("reasoned", Reply('{"reasoning": "r", "preference": "First"}'))],
)
def test_one_order_speaks_of_the_chosen_answer_where_that_stood(form, said):
    prompt = judging_prompts(pair(1), PLAIN, form, WIDE)[0]

    first, second = (
        read_one_order(pair(1), PLAIN, form, prompt, said, chosen_first=chosen_first) for chosen_first in (True, False)
    )

    assert first.log_odds is not None
    assert second.log_odds == -first.log_odds
    assert (first.hit, second.hit) == (True, False)
    assert (first.flipped, second.flipped) == (None, None)
    assert first.call_digests == (prompt.prompt.digest,)


@pytest.mark.parametrize("bad", [ModelFailure("gone"), Reply("perhaps")])
def test_an_unusable_reply_to_one_order_predicts_nothing(bad):
    prompt = judging_prompts(pair(1), PLAIN, "both_orders", WIDE)[0]

    found = read_one_order(pair(1), PLAIN, "both_orders", prompt, bad, chosen_first=True)

    assert (found.log_odds, found.hit) == (None, None)


def test_judged_once_a_pair_costs_one_call_whose_reply_serves_both_orders_later():
    completer = Opinionated()
    run = run_over(completer)
    asked = [(one, PLAIN) for one in pairs(6)]

    once = asyncio.run(judge_once(run, asked, "both_orders", None))
    assert completer.calls == 6
    twice = asyncio.run(judge_each(run, asked, "both_orders", None))

    assert completer.calls == 12
    assert all(set(one.call_digests) < set(both.call_digests) for one, both in zip(once, twice, strict=True))


def test_the_order_of_a_single_judgement_is_drawn_from_texts_and_not_from_the_side_shown():
    given = [pair(number) for number in range(40)]

    first = [drawn_first(0, one) for one in given]

    assert 8 < sum(first) < 32
    assert first == [drawn_first(0, one) for one in sides_swapped(given)]
    assert first != [drawn_first(1, one) for one in given]


def test_a_judge_that_likes_what_is_shown_first_flips_and_that_is_seen():
    run = run_over(FakeCompleter(generic=lambda _text: 0.0))

    (found,) = asyncio.run(judge_each(run, [(pair(1), PLAIN)], "both_orders", None))

    # No leaning at all: the same letter twice, which is a verdict that changed with the order.
    assert (found.log_odds, found.hit, found.flipped) == (0, False, True)
