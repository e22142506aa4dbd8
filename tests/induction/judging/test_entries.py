"""A reply to several questions: every entry counts for the question it names, and for no other."""

from __future__ import annotations

import json
import random

import pytest

from app.induction.judging.entries import entries_schema, entries_tokens, read_entries, written_entries
from app.induction.model.language_model import ModelFailure, Reply, text_tokens


def entry(question, better="A", sure=80):
    return {"question": question, "better": better, "sure": sure}


def read(*entries, questions=3):
    return read_entries(Reply(json.dumps({"answers": list(entries)})), questions)


def test_an_entry_says_which_answer_is_better_and_how_surely():
    found = read(entry(1, "A", 90), entry(2, "B", 90), entry(3, "A", 60))

    assert found[1] == -found[2] > found[3] > 0


def test_what_a_model_says_of_its_own_sureness_is_taken_modestly():
    (sure,), (torn,) = (list(read(entry(1, "A", said), questions=1).values()) for said in (100, 50))

    assert 1 < sure < 2
    assert 0 < torn < 0.2


def test_the_order_of_the_entries_says_nothing():
    entries = [entry(1, "A", 90), entry(2, "B", 70), entry(3, "A", 55)]
    shuffled = random.Random(1).sample(entries, 3)

    assert read(*shuffled) == read(*entries)


def test_a_question_that_is_left_out_is_unjudged_and_the_others_keep_their_own():
    whole, part = read(entry(1, "A"), entry(2, "B"), entry(3, "A")), read(entry(1, "A"), entry(3, "A"))

    assert part == {1: whole[1], 3: whole[3]}


@pytest.mark.parametrize("numbers", [(0, 1, 2), (2, 3, 4), (1, 2, 3, 4), (11, 12, 13), (-1, 2, 3)])
def test_where_a_number_stands_for_no_question_that_was_shown_nothing_is_read(numbers):
    assert read(*map(entry, numbers)) == {}


def test_an_entry_without_a_number_is_not_counted_for_its_place():
    bare = {"better": "B", "sure": 80}

    assert read(bare, entry(2), bare).keys() == {2}


def test_a_question_answered_twice_and_differently_is_unjudged():
    assert read(entry(1, "A"), entry(1, "B"), entry(2, "B"), entry(2, "B")).keys() == {2}


@pytest.mark.parametrize("better", ["C", "", "first", None, 1, "A and B", ["A"]])
def test_what_names_neither_answer_is_no_judgement(better):
    assert read(entry(1, better)) == {}


@pytest.mark.parametrize("better", ["a", " A ", "answer_a", "Answer A"])
def test_an_answer_may_be_named_in_other_words(better):
    assert read(entry(1, better)) == read(entry(1, "A"))


@pytest.mark.parametrize("sure", [80, "80", "80 %", 0.8, 80.0])
def test_sureness_may_be_written_in_other_ways(sure):
    assert read(entry(1, "A", sure)) == read(entry(1, "A", 80))


@pytest.mark.parametrize("sure", [None, "very", True, [], "", -3, 10**9, float("nan")])
def test_a_letter_without_a_usable_sureness_still_counts(sure):
    (margin,) = read(entry(1, "B", sure)).values()

    assert -2 < margin < 0


@pytest.mark.parametrize("number", ["2", "Question 2", "Q2", 2.0])
def test_a_number_may_be_written_in_other_ways(number):
    assert read(entry(number)).keys() == {2}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "perhaps",
        "null",
        "3",
        '"A"',
        "[]",
        "{}",
        '{"answers": null}',
        '{"answers": [1, "A", null]}',
        '{"answers": [{',
    ],
)
def test_a_reply_of_another_form_says_nothing(text):
    assert read_entries(Reply(text), 3) == {}


def test_a_bare_list_and_a_list_of_another_name_are_read():
    entries = [entry(1), entry(2)]

    assert read_entries(Reply(json.dumps(entries)), 3) == read(*entries)
    assert read_entries(Reply(json.dumps({"judgements": entries})), 3) == read(*entries)


def test_a_call_that_failed_says_nothing():
    assert read_entries(ModelFailure("gone"), 3) == {}


@pytest.mark.parametrize("questions", [1, 5, 10])
def test_the_longest_written_reply_has_room_in_its_limit(questions):
    reply = json.dumps({"answers": [entry(number, "B", 99) for number in range(1, questions + 1)]}, indent=2)

    assert text_tokens(reply) <= entries_tokens(questions) * 2
    assert json.loads(entries_schema(questions))["properties"]["answers"]["maxItems"] == questions


def test_a_worked_example_is_read_as_it_is_meant():
    found = read_entries(Reply(written_entries([True, False])), 2)

    assert found[1] > 0 > found[2]
