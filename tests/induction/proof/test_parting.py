"""Who writes, who selects and who tests: no pair, no conversation and no text does two of these at once."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from app.domain.choices.preference import Completion, texts_digest
from app.induction.estimate import estimate
from app.induction.model.language_model import ModelProfile
from app.induction.proof.parting import folds, newest, ordered, parted, sizes
from app.induction.recipes import RECIPES
from tests.fakes import small_profile
from tests.induction.given import pair, pairs, sides_swapped

LARGE = ModelProfile("fake")


@st.composite
def choices(draw):
    """Choices of few conversations, some with one answer or both of another one (either chosen), out of order."""
    made = []
    for number in range(draw(st.integers(0, 30))):
        one = pair(draw(st.integers(0, number)), conversation=f"talk-{draw(st.integers(0, 14))}")
        one = replace(one, pair_id=f"p{number}", seq=draw(st.integers(0, 9)))
        if draw(st.booleans()):
            one = replace(one, rejected=replace(one.rejected, text=f"Another answer, number {number}."))
        made.append(replace(one, chosen=one.rejected, rejected=one.chosen) if draw(st.booleans()) else one)
    return made


def answers_in(part):
    """Every answer with what was asked."""
    return {(one.context, side.text) for one in part for side in (one.chosen, one.rejected)}


@settings(max_examples=60, deadline=None, derandomize=True)
@given_any(choices(), st.sampled_from([LARGE, small_profile()]), st.integers(0, 3))
def test_no_pair_conversation_or_text_both_trains_and_tests_and_each_pair_tests_at_most_once(given, profile, seed):
    parts = folds(given, profile, seed)

    for train, test in parts:
        for key in (lambda one: one.pair_id, lambda one: one.conversation_id, texts_digest):
            assert not set(map(key, train)) & set(map(key, test))
        assert not answers_in(train) & answers_in(test)
    tested = [one.pair_id for _, test in parts for one in test]
    assert len(tested) == len(set(tested)) <= (9 if profile.small else 20)
    assert all(train and test for train, test in parts)


@settings(max_examples=20, deadline=None, derandomize=True)
@given_any(choices(), st.integers(0, 3))
def test_folds_depend_neither_on_the_order_of_the_pairs_nor_on_their_sides(given, seed):
    shuffled = random.Random(seed).sample(given, len(given))

    def ids(parts):
        return [[[one.pair_id for one in part] for part in fold] for fold in parts]

    assert ids(folds(given, LARGE, seed)) == ids(folds(shuffled, LARGE, seed))
    assert ids(folds(given, LARGE, seed)) == ids(folds(sides_swapped(given), LARGE, seed))


def test_of_many_choices_twenty_are_tested_and_all_others_train():
    parts = folds(pairs(40), LARGE, 0)

    assert len(parts) == 3
    assert sum(len(test) for _, test in parts) == 20
    assert all(len(train) >= 40 - -(-40 // 3) for train, _ in parts)


def test_of_few_choices_every_one_is_tested():
    parts = folds(pairs(14), LARGE, 0)

    assert {one.pair_id for _, test in parts for one in test} == {one.pair_id for one in pairs(14)}


@pytest.mark.parametrize("conversations", [1, 2])
def test_folds_need_two_conversations(conversations):
    given = [pair(number, conversation=f"talk-{number % conversations}") for number in range(12)]

    assert len(folds(given, LARGE, 0)) == (conversations if conversations > 1 else 0)


def test_a_fold_that_would_learn_from_fewer_than_five_choices_is_not_tested():
    given = [pair(number, conversation="one" if number < 11 else "two") for number in range(13)]

    parts = folds(given, LARGE, 0)

    assert [len(train) for train, _ in parts] == [11]
    assert {one.conversation_id for one in parts[0][1]} == {"two"}


def test_another_seed_parts_the_choices_otherwise():
    drawn = {tuple(one.pair_id for one in folds(pairs(15), LARGE, seed)[0][1]) for seed in range(5)}

    assert len(drawn) > 1


def test_time_order_is_by_sequence_and_then_by_id():
    given = [replace(pair(number), seq=number // 2) for number in (3, 1, 2, 0)]

    assert [one.pair_id for one in ordered(given)] == ["choice-0", "choice-1", "choice-2", "choice-3"]


def test_a_small_model_reads_the_newest_ten_and_that_is_noted():
    notes: list[str] = []

    read = newest(tuple(pairs(12)), small_profile(), notes)

    assert [one.seq for one in read] == list(range(2, 12))
    assert "newest 10 of 12" in notes[0]
    assert newest(tuple(pairs(12)), LARGE, notes) == tuple(pairs(12))
    assert len(notes) == 1


def test_of_very_many_choices_a_hosted_model_reads_the_newest_and_a_run_stays_within_the_usual_budget():
    notes: list[str] = []

    read = newest(tuple(pairs(700)), LARGE, notes)

    assert [one.seq for one in read] == list(range(580, 700))
    assert notes == ["The model read the newest 120 of 700 choices; more would cost far more than they tell."]
    assert estimate(700, LARGE, "traits").calls < 800


@pytest.mark.parametrize(
    ("recipe", "n", "given", "held"),
    [
        ("paper-lean", 9, None, (0, 0)),
        ("paper-lean", 10, None, (3, 1)),
        ("paper-lean", 30, None, (9, 4)),
        ("paper-lean", 200, None, (20, 4)),
        ("paper", 30, None, (9, 6)),
        ("paper-lean", 10, 6, (0, 2)),
        ("paper-lean", 9, 6, (6, 0)),
    ],
)
def test_how_many_choices_a_recipe_holds_back(recipe, n, given, held):
    assert sizes(n, RECIPES[recipe], LARGE, given) == held


@pytest.mark.parametrize("recipe", ["traits", "quick"])
def test_a_recipe_that_is_proved_by_folds_writes_from_all_choices(recipe):
    parts = parted(pairs(14), None, RECIPES[recipe], LARGE, 0, [])

    assert parts.train == tuple(pairs(14))
    assert parts.validation == parts.test == ()


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_a_given_test_pair_with_the_texts_of_a_seen_one_does_not_test_whichever_answer_was_chosen(recipe):
    seen = pairs(12)
    turned = replace(seen[3], pair_id="t", chosen=seen[3].rejected, rejected=seen[3].chosen, conversation_id="other")
    notes: list[str] = []

    parts = parted(seen, [turned, pair(50)], RECIPES[recipe], LARGE, 0, notes)

    assert [one.pair_id for one in parts.test] == ["choice-50"]
    assert notes == [
        "1 choice stands among the seen ones as well, or in one of their conversations, and does not test."
    ]


def test_a_given_test_pair_that_a_copy_changed_in_white_space_alone_does_not_test():
    seen = pairs(12)
    copy = replace(seen[3], pair_id="t", chosen=Completion(f" {seen[3].chosen.text}\r\n"), conversation_id="other")

    parts = parted(seen, [copy, pair(50)], RECIPES["traits"], LARGE, 0, [])

    assert [one.pair_id for one in parts.test] == ["choice-50"]


def test_given_test_pairs_that_share_an_answer_with_seen_ones_test_and_are_told_of():
    seen = pairs(12)
    sharing = replace(seen[3], pair_id="t", rejected=Completion("a third answer"), conversation_id="other")
    notes: list[str] = []

    parts = parted(seen, [sharing, pair(50)], RECIPES["traits"], LARGE, 0, notes)

    assert {one.pair_id for one in parts.test} == {"t", "choice-50"}
    assert notes == ["One answer of 1 of 2 unseen choices also stands, for the same request, among the seen ones."]


def test_a_given_test_pair_of_a_seen_conversation_does_not_test():
    seen = pairs(12)
    same_talk = replace(pair(50), conversation_id=seen[3].conversation_id)

    parts = parted(seen, [same_talk, pair(51)], RECIPES["traits"], LARGE, 0, [])

    assert [one.pair_id for one in parts.test] == ["choice-51"]


def test_counting_reads_and_is_tested_on_all_choices_up_to_a_thousand():
    notes: list[str] = []
    tests = [pair(number) for number in range(2_000, 2_020)]

    parts = parted(pairs(1_010), tests, RECIPES["traits"], small_profile(), 0, notes)

    assert (len(parts.train), len(parts.test)) == (1_000, 20)
    assert notes == ["The newest 1,000 of 1,010 choices were counted."]


def test_a_small_model_is_tested_on_nine_given_choices_and_that_is_noted():
    notes: list[str] = []

    parts = parted(
        pairs(10), [pair(number) for number in range(50, 70)], RECIPES["paper-lean"], small_profile(), 0, notes
    )

    assert len(parts.test) == 9
    assert "9 of 20 unseen choices were tested" in notes[0]
