"""Figures that say nothing are no wrong guesses: the written letter counts, or the run stops and names what helps."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace

import pytest

from app.domain.errors import CannotJudge, ModelUnavailable
from app.induction.induce import ignore, induce
from app.induction.judging.evaluation import judge_each, judge_once
from app.induction.judging.judge import PLAIN, Condition, judging_prompts, read_judgement
from app.induction.model.language_model import ModelProfile, PermanentModelError, Reply, TransientModelError
from app.induction.proof.with_and_without import judge_with_and_without
from tests.fakes import FakeCompleter, FakeLanguageModel, shown_in
from tests.induction.given import induced, pair, pairs, run_over
from tests.induction.models import Scripted

WIDE = ModelProfile("wide", slot_tokens=100_000, parallel=4)
NOTHING = {
    "equal": (-0.7, -0.7),
    "zeros": (0.0, 0.0),
    "floors": (-14.0, -14.0),
    "below the floor": (-9999.0, -100.0),
    "not numbers": (math.nan, math.nan),
    "one not a number": (-0.1, math.nan),
    "above zero": (3.0, 1.0),
    "infinite": (math.inf, -math.inf),
    "nearly equal": (-0.7, -0.7 + 1e-12),
}


def said(text, figures, form="both_orders"):
    labels = ("A", "B") if form == "both_orders" else ("Yes", "No")
    return Reply(text, label_logprobs=dict(zip(labels, figures, strict=True)))


@pytest.mark.parametrize("figures", NOTHING.values(), ids=list(NOTHING))
def test_where_the_figures_say_nothing_the_written_letter_counts(figures):
    prompts = judging_prompts(pair(1), PLAIN, "both_orders", WIDE)

    found = read_judgement(pair(1), PLAIN, "both_orders", prompts, [said("A", figures), said("B", figures)])

    assert (found.log_odds, found.hit, found.flipped) == (1, True, False)


@pytest.mark.parametrize("figures", NOTHING.values(), ids=list(NOTHING))
def test_where_no_letter_is_written_either_there_is_no_judgement(figures):
    prompts = judging_prompts(pair(1), PLAIN, "both_orders", WIDE)

    found = read_judgement(pair(1), PLAIN, "both_orders", prompts, [said("", figures), said("", figures)])

    assert (found.log_odds, found.hit) == (None, None)


@pytest.mark.parametrize(
    ("figures", "margin"), [((-0.1, -3.1), 3), ((0.0, -9999.0), 14), ((-math.inf, -0.5), -13.5), ((1e-9, -2), 2)]
)
def test_figures_that_say_something_count_whatever_is_written(figures, margin):
    prompts = judging_prompts(pair(1), PLAIN, "both_orders", WIDE)

    found = read_judgement(pair(1), PLAIN, "both_orders", prompts, [said("B", figures), said("B", figures[::-1])])

    assert found.log_odds == pytest.approx(margin)


def silent(kind):
    """A model whose judgements say nothing, in one of the ways that were met."""
    answers = {
        "equal figures": ("", {"A": -0.7, "B": -0.7, "Yes": -0.7, "No": -0.7}),
        "another word": ("Perhaps", {}),
        "always the first": ("A", {}),
        "always yes": ("Yes", {}),
        "no entries": {"answers": []},
        "no verdict": {"reasoning": "It depends.", "preference": "Neither"},
    }
    return answers[kind]


@pytest.mark.parametrize(
    ("form", "kind", "setting"),
    [
        ("both_orders", "equal figures", "stacked"),
        ("both_orders", "another word", "stacked"),
        ("both_orders", "always the first", "stacked"),
        ("pointwise", "equal figures", "stacked"),
        ("pointwise", "always yes", "stacked"),
        ("stacked", "no entries", "reasoned"),
        ("reasoned", "no verdict", "both_orders"),
    ],
)
def test_a_model_that_cannot_judge_so_is_found_out_after_ten_and_the_setting_that_helps_is_named(form, kind, setting):
    completer = Scripted(replace(WIDE, judging=form), says={"judge": silent(kind)})
    run = run_over(completer)

    with pytest.raises(CannotJudge) as stopped:
        asyncio.run(judge_each(run, [(one, PLAIN) for one in pairs(60)], form, None))

    assert f"({form})" in str(stopped.value)
    assert f"MODEL_JUDGING={setting}" in str(stopped.value)
    assert "Your choices are safe." in str(stopped.value)
    assert "of 10 of the first 10 choices" in str(stopped.value)
    assert form == "stacked" or completer.calls <= 2 * 2 * 10


@pytest.mark.parametrize("form", ["both_orders", "stacked", "reasoned"])
def test_an_induction_with_such_a_model_stops_at_once_and_never_says_none_right(form):
    kinds = {"both_orders": "another word", "stacked": "no entries", "reasoned": "no verdict"}
    completer = Scripted(ModelProfile("mute", slot_tokens=16_384, judging=form), says={"judge": silent(kinds[form])})

    with pytest.raises(ModelUnavailable, match="MODEL_JUDGING="):
        induced(pairs(60), completer)

    assert completer.calls <= 150 if form == "stacked" else completer.calls <= 60


def test_where_only_the_proof_shows_it_the_persona_stays_and_is_told_to_be_untested():
    # In one order it is right half the time; only both orders show that it names whatever stands first.
    completer = Scripted(ModelProfile("first", slot_tokens=16_384), says={"judge": ("A", {})})

    result = induced(pairs(14), completer)

    assert result.persona is not None
    assert (result.accuracy, result.baseline) == (None, None)
    assert any("could not be tested" in text and "MODEL_JUDGING=stacked" in text for text in result.missing)
    assert result.report is not None
    assert "plain" not in result.report.by_name
    assert "0 of" not in result.document()["verdict"]


def test_a_persona_judged_on_other_choices_is_refused_likewise():
    persona = induced(pairs(12)).persona
    assert persona is not None
    model = FakeLanguageModel(Scripted(says={"judge": ("", {"A": 0.0, "B": 0.0})}))

    with pytest.raises(CannotJudge):
        asyncio.run(judge_with_and_without(persona, [pair(number) for number in range(40, 60)], model, emit=ignore))


@pytest.mark.parametrize("form", ["both_orders", "stacked", "reasoned"])
def test_where_no_usable_answer_comes_its_own_reason_is_told_and_that_there_are_other_forms(form):
    reason = "Its thoughts used up all tokens: raise MODEL_HABITS=thought_room."
    completer = Scripted(
        ModelProfile("mute", slot_tokens=16_384, judging=form),
        says={"judge": PermanentModelError(reason, unusable=True)},
    )

    with pytest.raises(ModelUnavailable) as stopped:
        induced(pairs(60), completer)

    assert reason in str(stopped.value)
    assert not isinstance(stopped.value, CannotJudge)
    assert completer.calls <= 100


def test_a_model_that_says_nothing_of_some_pairs_goes_on():
    def torn_on_most(prompt):
        number = int(prompt.messages[-1].content.partition("Question ")[2].partition(":")[0])
        shown = shown_in(prompt.messages[-1].content)
        better = "A" if len(shown[0]) < len(shown[1]) else "B"
        return better if number % 4 == 0 else ("", {"A": 0.0, "B": 0.0})

    run = run_over(Scripted(WIDE, says={"judge": torn_on_most}))

    found = asyncio.run(judge_once(run, [(one, PLAIN) for one in pairs(40)], "both_orders", None))

    assert sum(one.hit is None for one in found) == 30


def test_a_few_choices_judged_alike_under_many_conditions_are_a_few_choices():
    conditions = [Condition(f"set {number}", f"Likes answer {number}.") for number in range(8)]
    asked = [(one, condition) for one in pairs(3) for condition in conditions]
    run = run_over(Scripted(WIDE, says={"judge": ("A", {})}))

    found = asyncio.run(judge_each(run, asked, "both_orders", None))

    assert {one.log_odds for one in found} == {0}


def test_calls_that_failed_are_not_taken_for_judgements_that_say_nothing():
    run = run_over(Scripted(WIDE, says={"judge": TransientModelError("timed out")}))

    found = asyncio.run(judge_once(run, [(one, PLAIN) for one in pairs(16)], "both_orders", None))

    assert all(one.hit is None for one in found)


def test_equal_zeros_with_a_letter_give_the_figures_of_the_letters():
    class Zeros(FakeCompleter):
        def _answer(self, prompt):
            text, logprobs = super()._answer(prompt)
            return text, dict.fromkeys(logprobs, 0.0)

    result = asyncio.run(induce(pairs(12), FakeLanguageModel(Zeros())))

    assert result.accuracy is not None
    assert (result.accuracy.hits, result.accuracy.n) == (12, 12)
