"""What is held of the recipes that follow the paper, and of no other."""

from __future__ import annotations

import pytest

from tests.fakes import FakeCompleter, small_profile
from tests.induction.given import induced, pair, pairs


@pytest.mark.parametrize("count", [5, 9])
def test_a_lean_sketch_costs_one_call_a_choice_and_one_and_has_no_examples(count):
    completer = FakeCompleter()

    result = induced(pairs(count), completer, recipe="paper-lean")

    assert result.persona is not None
    assert result.persona.demonstrations == ()
    assert completer.calls == count + 1


@pytest.mark.parametrize(("count", "most"), [(5, 14), (10, 24), (15, 35), (30, 65)])
def test_the_lean_recipe_stays_within_its_number_of_calls(count, most):
    completer = FakeCompleter()

    induced(pairs(count), completer, recipe="paper-lean", test_pairs=[])

    assert completer.calls <= most


def test_a_wrongly_guessed_choice_reaches_the_persona_with_its_label():
    completer = FakeCompleter()

    induced(pairs(12), completer, recipe="paper-lean")

    written = next(prompt for prompt in completer.prompts if prompt.purpose == "synthesise")
    assert written.messages[-1].content.count("<chosen_answer>") == 6
    assert "Reason: not reached." in written.messages[-1].content


@pytest.mark.parametrize("recipe", ["paper-lean", "paper"])
def test_two_unusable_answers_leave_no_persona_and_a_plain_sentence(recipe):
    unusable = FakeCompleter(
        persona={"summary": "", "traits": [{"trait": "likes lists", "supporting": [99], "opposing": []}]}
    )

    result = induced(pairs(12), unusable, recipe=recipe)

    assert result.persona is None
    assert "no trait that its own evidence supports" in result.missing[0]
    assert [prompt.purpose for prompt in unusable.prompts].count("synthesise") == 2
    assert result.document()["prompts"] == {}


def test_the_small_model_reads_at_most_ten_choices_and_holds_at_most_nine_back():
    result = induced(pairs(60), FakeCompleter(small_profile()), recipe="paper-lean")

    assert len(result.train_ids) == 10
    assert len(result.test_ids) == 9
    assert any("newest 10 of" in note for note in result.notes)


@pytest.mark.parametrize("recipe", ["paper-lean", "paper"])
def test_where_all_choices_are_of_one_conversation_none_is_held_back_and_that_is_said(recipe):
    result = induced([pair(number, conversation="one") for number in range(12)], recipe=recipe)

    assert result.accuracy is None
    assert any("none could be held back" in note for note in result.notes)
