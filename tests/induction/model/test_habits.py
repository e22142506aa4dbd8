"""What the habits of a model mean: what is left out after a refusal, and how a run works with it."""

from __future__ import annotations

import pytest

from app.induction.model.habits import MOST_ROOM, Habits, habits_from_json, overridden, profile_of
from app.induction.model.told import told

THINKER = Habits().thinking(400)


@pytest.mark.parametrize(
    ("refused", "bound", "changed"),
    [
        ("seed", 0, {"seed": False}),
        ("temperature", 0, {"temperature": False}),
        ("system_role", 0, {"system_role": False}),
        ("logprobs", 0, {"top_logprobs": 0}),
        ("top_logprobs", 8, {"top_logprobs": 8}),
        ("top_logprobs", 0, {"top_logprobs": 5}),
        ("schema", 0, {"schema": "json_object"}),
        ("least_tokens", 16, {"least_tokens": 16}),
        ("least_tokens", 0, {"least_tokens": 16}),
        ("max_tokens", 4096, {"most_tokens": 4096}),
        ("max_tokens", 0, {"limit": "max_completion_tokens"}),
        ("", 0, {}),
        ("context", 8192, {"context_tokens": 8192}),
        ("context", 0, {}),
    ],
)
def test_a_refusal_takes_out_what_was_refused_and_nothing_else(refused, bound, changed):
    assert Habits().without(refused, bound).as_json() == {**Habits().as_json(), **changed}


def test_what_is_refused_again_and_again_ends_at_the_plainest_and_then_changes_nothing():
    few = Habits().without("top_logprobs").without("top_logprobs")
    words = Habits().without("schema").without("schema")

    assert few.top_logprobs == 0
    assert words.schema == "words"
    assert words.without("schema") == words
    assert Habits(seed=False).without("seed") == Habits(seed=False)


def test_a_bound_that_is_no_narrower_than_what_was_sent_leads_to_nothing_rather_than_to_a_circle():
    assert Habits(top_logprobs=5).without("top_logprobs", 20).top_logprobs == 0


def test_a_model_that_thinks_is_judged_several_choices_a_call_and_its_thoughts_are_set_aside():
    profile = profile_of("m", THINKER)

    assert profile.judging == "stacked"
    assert profile.thought_tokens == 400
    assert profile.thought_room == THINKER.thought_room > 400


def test_without_thoughts_both_orders_are_judged_whether_probabilities_are_told_or_not():
    assert profile_of("m", Habits()).judging == "both_orders"
    assert profile_of("m", Habits(top_logprobs=0)).judging == "both_orders"
    assert profile_of("m", THINKER, judging="reasoned").judging == "reasoned"


def test_where_calls_pay_for_thoughts_or_judge_stacked_more_choices_share_one():
    thinking = (profile_of("m", THINKER), profile_of("m", THINKER, judging="reasoned"))

    assert profile_of("m", Habits()).packing < 10
    assert [profile.packing for profile in (*thinking, profile_of("m", Habits(), judging="stacked"))] == [10, 10, 10]


@pytest.mark.parametrize("context", [2_048, 4_096, 8_192, 32_768, 200_000])
def test_what_a_prompt_may_take_leaves_room_for_thoughts_within_a_known_context(context):
    slot = profile_of("m", Habits(context_tokens=context, thought_tokens=300, thought_room=1_000)).slot_tokens

    assert 0 < slot <= max(context - 1_000, context // 2)
    assert profile_of("m", Habits(context_tokens=context), slot_tokens=3_000).slot_tokens == 3_000


def test_room_for_thoughts_doubles_up_to_a_bound():
    habits, rooms = THINKER, list[int]()
    while not rooms or habits.thought_room != rooms[-1]:
        rooms.append(habits.thought_room)
        habits = habits.with_more_room()

    assert rooms[:2] == [2_000, 4_000]
    assert rooms[-1] == MOST_ROOM


def test_what_is_set_stands_in_place_of_what_was_learned_one_by_one():
    assert overridden(THINKER, {"seed": False}) == Habits(**{**THINKER.as_json(), "seed": False})
    assert overridden(THINKER, {"thought_tokens": 0}).thought_room == 0
    assert overridden(Habits(), {"thought_tokens": 900}).thought_room == 3_600


def test_habits_read_back_are_those_that_were_written_and_what_is_unknown_is_left_out():
    assert habits_from_json({**THINKER.as_json(), "from_a_later_version": 1}) == THINKER
    assert habits_from_json({}) == Habits()


@pytest.mark.parametrize(
    ("habits", "sentence"),
    [
        (Habits(), "m answers at once and tells how likely each answer is: a choice is judged by one token"),
        (
            Habits(top_logprobs=0),
            "m answers at once but tells no probabilities: a choice is judged by the letter it writes",
        ),
        (THINKER, "m thinks before it answers (about 400 tokens a call): several choices go into one call"),
    ],
)
def test_one_sentence_says_what_was_found_and_what_it_costs(habits, sentence):
    profile = profile_of("m", habits)

    assert told(profile, habits) == f"{sentence}."
    assert told(profile, habits, calls=1_200, minutes=4.2) == (
        f"{sentence}, a run takes about 1,200 calls and 4 minutes."
    )


def test_the_sentence_names_what_is_asked_without():
    habits = Habits(seed=False, temperature=False, schema="words")

    assert told(profile_of("m", habits), habits).endswith(
        "; it is asked without a JSON schema, a seed (so two runs may differ) and a temperature."
    )
    assert told(profile_of("m", Habits(system_role=False)), Habits(system_role=False)).endswith(
        "; it is asked without a system message."
    )


def test_the_sentence_goes_by_the_form_that_is_in_force():
    apart = profile_of("m", THINKER, judging="both_orders")

    assert "each choice is asked about apart" in told(apart, THINKER)
    assert "MODEL_JUDGING" in told(apart, THINKER)
    assert "reasoning in writing" in told(profile_of("m", Habits(), judging="reasoned"), Habits())
