"""Step 1 of the lean recipe with a model that thinks: several choices guessed a call, each with a short reason."""

from __future__ import annotations

import asyncio

import pytest

from app.induction.judging.bootstrap import guess_choices
from app.induction.model.language_model import ModelProfile, TransientModelError
from app.induction.run import Progress
from tests.fakes import FakeCompleter, questions_in, shorter
from tests.induction.given import pairs, run_over, text_of
from tests.induction.models import Scripted

PROFILE = ModelProfile("fake", slot_tokens=16_384, judging="stacked", packing=6)


def guessed(completer, given, heard=None):
    run = run_over(completer, heard=heard)
    return run, asyncio.run(guess_choices(run, given))


def test_several_choices_share_a_call_and_a_reason_is_kept_where_the_guess_was_right():
    right, wrong = FakeCompleter(PROFILE, generic=shorter), FakeCompleter(PROFILE)

    _, kept = guessed(right, pairs(8))
    run, dropped = guessed(wrong, pairs(8))

    assert [len(questions_in(text_of(prompt))) for prompt in right.prompts] == [6, 2]
    assert all(trace.reasoning for trace in kept)
    assert not any(trace.reasoning for trace in dropped)
    assert all(one.hit is False and one.reasoning for one in run.judgements.values())


def test_a_reason_goes_with_the_question_it_names():
    def turned(prompt):
        numbers = list(questions_in(prompt.messages[-1].content))
        rows = [
            {"question": n, "better": better, "sure": 80, "reasoning": f"of {n}"} for n in numbers for better in "A"
        ]
        return {"answers": rows[::-1]}

    run, _ = guessed(Scripted(PROFILE, says={"judge": turned}), pairs(4))

    assert [one.reasoning for one in run.judgements.values()] == ["of 1", "of 2", "of 3", "of 4"]


def test_a_reason_that_speaks_of_private_matters_is_not_kept():
    def private(prompt):
        numbers = questions_in(prompt.messages[-1].content)
        return {
            "answers": [
                {"question": number, "better": letter, "sure": 80, "reasoning": "The person is a devout Catholic."}
                for number, letter in zip(numbers, "ABAB", strict=True)
            ]
        }

    run, traces = guessed(Scripted(PROFILE, says={"judge": private}), pairs(4))

    assert {one.hit for one in run.judgements.values()} == {True, False}
    assert not any(trace.reasoning for trace in traces)


@pytest.mark.parametrize("says", [TransientModelError("busy"), {"answers": []}])
def test_choices_without_a_guess_are_counted(says):
    heard: list[Progress] = []

    run, traces = guessed(Scripted(PROFILE, says={"judge": says}), pairs(4), heard)

    assert run.missing == ["The model gave no usable first guess on 4 of 4 choices."]
    assert [trace.pair for trace in traces] == pairs(4)
    assert heard[-1].payload == {"kept": 0}
