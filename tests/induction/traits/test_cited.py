from __future__ import annotations

import pytest

from app.induction.counting.prior import shipped_prior
from app.induction.traits.ballots import Statement
from app.induction.traits.cited import (
    MOST_WISHES,
    Cited,
    chosen_from,
    different,
    may_be_tried,
    seen_often_enough,
    wished,
)

PRIOR = shipped_prior()
STANCE = Statement("prefers answers that take a stance", "prefers answers that take no side")


def ids(*numbers):
    return tuple(f"choice-{number}" for number in numbers)


def chosen(*groups, wishes=(), surprising=(), most=12):
    return [one.text for one in chosen_from(groups, wishes, frozenset(surprising), PRIOR, most)]


@pytest.mark.parametrize(
    "text",
    [
        "prefers a yes or no first and the drawback named after it",
        "likes short and friendly answers",
        "wants the recipe alone; wants every step explained",
        "prefers a bare result but a polite closing sentence",
    ],
)
def test_a_sentence_that_names_two_things_is_not_tried(text):
    assert not may_be_tried(text)


@pytest.mark.parametrize(
    "text",
    [
        "prefers answers that are shorter and come to the point",
        "likes a warm and encouraging voice",
        "prefers correct but compact",
    ],
)
def test_one_thing_in_two_words_is_one(text):
    assert may_be_tried(text)


def test_what_bears_on_fewer_than_a_fifth_of_the_decisions_is_dropped_before_any_vote():
    often, rare, unseen = (Cited(STANCE, ids(*range(count))) for count in (3, 2, 0))

    assert seen_often_enough([often, rare, unseen], 15) == [often]


def test_where_a_model_names_no_decision_at_all_every_statement_is_tried():
    group = [Cited(STANCE), Cited(Statement("likes lists"))]

    assert seen_often_enough(group, 15) == group


def test_what_few_people_hold_is_tried_first_and_then_what_most_decisions_speak_for():
    group = [
        Cited(STANCE, ids(1, 2)),
        Cited(Statement("likes a table"), ids(1, 2, 3, 4)),
        Cited(Statement("prefers answers that are shorter"), ids(5)),
    ]

    assert chosen(group) == ["prefers answers that are shorter", "likes a table", STANCE.text]


def test_what_is_shown_by_choices_that_were_guessed_wrong_goes_against_common_taste():
    group = [Cited(Statement("likes a table"), ids(1, 2, 3)), Cited(STANCE, ids(4, 5))]

    assert chosen(group) == ["likes a table", STANCE.text]
    assert chosen(group, surprising=ids(4, 5)) == [STANCE.text, "likes a table"]


def test_what_goes_against_common_taste_leaves_room_for_the_rest():
    against = [Cited(Statement(f"prefers {name} endings"), ids(1)) for name in ("alpha", "bravo", "carol")]
    rest = Cited(Statement("likes a table"), ids(2))

    assert chosen([*against, rest], surprising=ids(1), most=2) == ["prefers alpha endings", "likes a table"]


def test_what_two_groups_propose_is_one_candidate_with_the_decisions_of_both():
    (found,) = different([[Cited(STANCE, ids(1), ids(2))], [Cited(STANCE, ids(6, 7))]])

    assert (found.supporting, found.opposing) == (ids(1, 6, 7), ids(2))


def test_the_contrary_of_a_candidate_adds_its_decisions_to_the_other_side():
    turned = Statement(STANCE.opposite, STANCE.text)

    (found,) = different([[Cited(STANCE, ids(1))], [Cited(turned, ids(2, 3), ids(4))]])

    assert (found.supporting, found.opposing) == (ids(1, 4), ids(2, 3))


def test_two_short_sentences_on_one_thing_that_is_counted_are_one_candidate():
    brief, full = Statement("likes brevity that is brief"), Statement("wants thorough answers")

    (found,) = different([[Cited(brief, ids(1))], [Cited(full, ids(2))]])

    assert (found.statement, found.supporting, found.opposing) == (brief, ids(1), ids(2))


def test_a_candidate_stands_for_the_side_that_more_decisions_are_named_for():
    assert chosen([Cited(STANCE, ids(1), ids(2, 3))]) == [STANCE.opposite]


@pytest.mark.parametrize(
    ("line", "statement"),
    [
        ("I like short answers.", "likes short answers"),
        ("- I really prefer everyday words", "prefers everyday words"),
        ("I don't want disclaimers", "dislikes disclaimers"),
        ("Please no flattery!", "prefers no flattery"),
        ("Concrete examples", "prefers concrete examples"),
    ],
)
def test_a_line_of_the_persons_own_is_a_statement_to_be_tested(line, statement):
    assert wished(line) == [Statement(statement)]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "I am a nurse",
        "I like answers that fit my diabetes",
        "I like answers that help me at work",
        "Kurze Antworten bitte",
        "I like everyday words and a small joke at the end",
    ],
)
def test_a_line_that_says_something_else_is_not(line):
    assert wished(line) == []


def test_own_words_are_tried_first_and_leave_room_for_others():
    lines = "\n".join(f"I like {name} endings" for name in ("alpha", "bravo", "carol", "delta", "eagle"))
    wishes = wished(lines)

    assert len(wishes) == MOST_WISHES
    assert chosen([Cited(STANCE, ids(1, 2))], wishes=wishes) == [*(one.text for one in wishes), STANCE.text]
