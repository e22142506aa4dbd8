"""The steps together, over a model that follows rules."""

from __future__ import annotations

import json
import random

import pytest

from app.domain.errors import BadInput, BudgetReached, ModelUnavailable
from app.induction.estimate import estimate
from app.induction.induce import RECIPES
from app.induction.language_model import ModelProfile, PermanentModelError
from tests.fakes import FakeCompleter, small_profile
from tests.induction.given import events_of, induced, pair, pairs, sides_swapped


@pytest.mark.parametrize("recipe", list(RECIPES))
@pytest.mark.parametrize("profile", [ModelProfile("fake", slot_tokens=16_384), small_profile()], ids=["large", "small"])
def test_a_persona_is_found_that_predicts_unseen_choices_better_than_no_persona(recipe, profile):
    given = pairs(12)

    result = induced(given, FakeCompleter(profile), recipe=recipe)

    assert result.persona is not None
    assert result.persona.traits[0].text == "prefers shorter answers"
    assert result.accuracy is not None
    assert result.baseline is not None
    assert (result.accuracy.hits, result.accuracy.n) == (4, 4)
    assert result.baseline.hits == 0
    assert not result.missing


def test_fewer_than_five_choices_are_refused_with_how_many_are_lacking():
    given = pairs(3)

    with pytest.raises(BadInput, match="3 of 5 choices: 2 more"):
        induced(given)


@pytest.mark.parametrize("count", [5, 9])
def test_five_to_nine_choices_make_a_sketch_without_claims(count):
    completer = FakeCompleter()

    result = induced(pairs(count), completer)

    assert result.is_sketch
    assert result.accuracy is None
    assert len(result.train_ids) == count
    assert result.persona is not None
    assert result.persona.demonstrations == ()
    assert completer.calls == count + 1
    assert "not tested" in result.document()["verdict"]


def test_given_test_pairs_are_the_test_and_all_others_write_or_select():
    given, tests = pairs(10), [pair(number) for number in range(50, 56)]

    result = induced(given, test_pairs=tests)

    assert result.test_ids == tuple(one.pair_id for one in tests)
    assert {*result.train_ids, *result.validation_ids} == {one.pair_id for one in given}


def test_a_test_pair_that_was_also_seen_does_not_test():
    given = pairs(10)

    result = induced(given, test_pairs=[*given[:2], pair(50)])

    assert result.test_ids == ("choice-50",)
    assert any("do not test" in note for note in result.notes)


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_no_prompt_is_sent_twice(recipe):
    completer = FakeCompleter()

    induced(pairs(14), completer, recipe=recipe)

    digests = [prompt.digest for prompt in completer.prompts]
    assert len(digests) == len(set(digests))


@pytest.mark.parametrize("recipe", list(RECIPES))
@pytest.mark.parametrize("count", [5, 12, 30])
def test_the_estimate_is_close_and_not_below_the_calls_made(recipe, count):
    completer = FakeCompleter()

    induced(pairs(count), completer, recipe=recipe)

    assert completer.calls <= estimate(count, completer.profile, recipe).calls <= 2 * completer.calls + 10


@pytest.mark.parametrize(("count", "most"), [(5, 14), (10, 24), (15, 35), (30, 65)])
def test_the_lean_recipe_stays_within_its_number_of_calls(count, most):
    completer = FakeCompleter()

    induced(pairs(count), completer, test_pairs=[])

    assert completer.calls <= most


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_equal_inputs_give_equal_bytes_in_whatever_order_the_pairs_come(recipe):
    given = pairs(13)
    shuffled = random.Random(5).sample(given, len(given))

    one, other = induced(given, recipe=recipe, seed=3), induced(shuffled, recipe=recipe, seed=3)

    assert json.dumps(one.document()) == json.dumps(other.document())
    assert one.judgements == other.judgements


@pytest.mark.parametrize("judging", ["pointwise", "both_orders"])
def test_swapping_the_sides_on_which_answers_were_shown_changes_no_result(judging):
    given = pairs(13)
    profile = ModelProfile("fake", slot_tokens=16_384, judging=judging)

    one, other = (induced(side, FakeCompleter(profile)) for side in (given, sides_swapped(given)))

    assert one.persona is not None
    assert other.persona is not None
    assert one.persona.traits == other.persona.traits
    assert one.judgements == other.judgements
    assert (one.accuracy, one.baseline) == (other.accuracy, other.baseline)


def test_progress_counts_never_go_back_and_every_stage_ends_full():
    for recipe in RECIPES:
        heard = events_of(pairs(12), recipe=recipe)

        last: dict[str, tuple[int, int]] = {}
        for event in heard:
            assert event.done >= last.get(event.stage, (0, 0))[0]
            last[event.stage] = (event.done, event.total)
        assert {*last} == {"reading", "style", "guessing", "checking", "writing", "picking", "testing"}
        assert all(done == total for done, total in last.values()), (recipe, last)


def test_style_facts_come_before_the_first_call_and_the_persona_before_its_accuracy():
    completer = FakeCompleter()
    calls_at: dict[str, int] = {}

    def listen(event):
        for name in event.payload:
            calls_at.setdefault(name, completer.calls)

    induced(pairs(12), completer, emit=listen)

    assert calls_at["style"] == 0
    assert 0 < calls_at["persona"] < completer.calls


def test_a_wrongly_guessed_choice_reaches_the_persona_with_its_label():
    completer = FakeCompleter()

    induced(pairs(12), completer)

    written = next(prompt for prompt in completer.prompts if prompt.purpose == "synthesise")
    assert written.messages[-1].content.count("<chosen_answer>") == 6
    assert "Reason: not reached." in written.messages[-1].content


def test_a_model_that_is_no_better_with_the_persona_is_said_to_be_so():
    deaf = FakeCompleter(taste=lambda text: float(len(text)))

    result = induced(pairs(12), deaf)

    assert result.document()["verdict"].startswith("No better than no persona: right on 0 of 4 with it, 0 of 4 without")


def test_two_unusable_answers_leave_no_persona_and_a_plain_sentence():
    unusable = FakeCompleter(
        persona={"summary": "", "traits": [{"trait": "likes lists", "supporting": [99], "opposing": []}]}
    )

    result = induced(pairs(12), unusable)

    assert result.persona is None
    assert "no trait that its own evidence supports" in result.missing[0]
    assert [prompt.purpose for prompt in unusable.prompts].count("synthesise") == 2
    assert result.document()["prompts"] == {}


def test_a_dead_model_stops_the_run_after_the_first_stage():
    dead = FakeCompleter(faults={call: PermanentModelError("connection refused") for call in range(1, 500)})

    with pytest.raises(ModelUnavailable, match="answered none of 6 calls: connection refused"):
        induced(pairs(12), dead)


def test_a_pair_that_one_side_could_not_judge_counts_for_neither_and_is_named():
    completer = FakeCompleter()
    induced(pairs(12), completer)
    last = completer.calls

    broken = FakeCompleter(faults={last: PermanentModelError("refused")})
    result = induced(pairs(12), broken)

    assert result.accuracy is not None
    assert result.baseline is not None
    assert (result.baseline.n, result.baseline.failed) == (result.accuracy.n, result.accuracy.failed) == (3, 1)
    assert any("no usable judgement on 1 of 4 unseen choices" in text for text in result.missing)


def test_a_budget_that_ends_after_the_persona_gives_the_persona_and_says_what_is_missing():
    result = induced(pairs(12), FakeCompleter(faults={9: BudgetReached("The cap of 8 calls is reached.")}))

    assert result.persona is not None
    assert result.accuracy is None
    assert "The cap of 8 calls is reached." in result.missing[0]


def test_a_budget_that_ends_before_the_persona_is_raised():
    with pytest.raises(BudgetReached):
        induced(pairs(12), FakeCompleter(faults={3: BudgetReached("The cap of 2 calls is reached.")}))


def test_the_small_model_reads_at_most_ten_choices_and_is_tested_on_at_most_nine():
    result = induced(pairs(60), FakeCompleter(small_profile()))

    assert len(result.train_ids) == 10
    assert len(result.test_ids) == 9
    assert any("newest 10 of" in note for note in result.notes)


def test_choices_of_one_conversation_are_never_parted():
    given = [pair(number, conversation=f"talk-{number // 3}") for number in range(18)]

    result = induced(given)

    parts = [result.train_ids, result.validation_ids, result.test_ids]
    talks = [{int(one.removeprefix("choice-")) // 3 for one in part} for part in parts]
    assert sum(map(len, talks)) == len(set.union(*talks)) == 6


def test_an_unknown_recipe_is_refused_with_the_known_ones():
    with pytest.raises(BadInput, match="paper-lean, paper"):
        induced(pairs(5), recipe="magic")


def test_a_model_with_too_small_a_slot_is_refused_before_any_call():
    completer = FakeCompleter(ModelProfile("tiny", slot_tokens=1024))

    with pytest.raises(BadInput, match=r"at least 2,048"):
        induced(pairs(5), completer)

    assert completer.calls == 0
