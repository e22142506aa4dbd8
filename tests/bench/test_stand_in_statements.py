from __future__ import annotations

import pytest

from bench.stand_in_statements import leanings_for, read_statement, statements_in
from bench.stand_in_taste import AXES


@pytest.mark.parametrize(
    ("said", "phrase", "side"),
    [
        (axis.name, phrase, side)
        for axis in AXES
        for side in (1, -1)
        for phrase in (axis.more if side > 0 else axis.less)
    ],
)
def test_its_own_wordings_are_read_back_as_they_were_meant(said, phrase, side):
    assert read_statement(f"prefers {phrase}").leanings == {said: side}


@pytest.mark.parametrize(
    ("text", "leanings"),
    [
        ("dislikes long answers", {"long": -1}),
        ("does not like bullet points", {"lists": -1}),
        ("prefers prose over lists", {"lists": -1}),
        ("wants fewer hedging words", {"hedges": -1}),
        ("wants few worked examples", {"examples": -1}),
        ("prefers answers that treat few points in depth", {"long": 1}),
        ("prefers short answers with examples", {"long": -1, "examples": 1}),
        ("likes answers that begin with the conclusion", {}),
    ],
)
def test_denials_turn_a_statement_round_and_what_it_cannot_see_is_left_out(text, leanings):
    assert read_statement(text).leanings == leanings


@pytest.mark.parametrize(
    ("text", "holds_for_code", "holds_for_advice"),
    [
        ("prefers short answers", True, True),
        ("When asked for code, prefers short answers", True, False),
        ("prefers short answers when asked for advice", False, True),
        ("Unless asked for code, prefers short answers", False, True),
        ("For code: prefers short answers", True, False),
        ("For facts, advice and texts to edit: prefers short answers", False, True),
        ("For code and advice: prefers short answers", True, True),
    ],
)
def test_a_condition_says_for_which_requests_a_statement_holds(text, holds_for_code, holds_for_advice):
    statement = read_statement(text)

    assert statement.leanings == {"long": -1}
    assert (statement.applies("code"), statement.applies("advice")) == (holds_for_code, holds_for_advice)


def test_what_is_said_for_one_kind_of_request_goes_before_what_is_said_in_general():
    told = statements_in("Prefers longer answers.\n- For code: prefers shorter answers.")

    assert leanings_for(told, "code") == {"long": -1}
    assert leanings_for(told, "facts") == {"long": 1}


def test_statements_that_contradict_one_another_say_nothing():
    assert leanings_for(statements_in("Prefers lists. Dislikes lists."), "facts") == {}
