"""The one guess: who is believed how far, where a judge is missing, and files that are none."""

from __future__ import annotations

import json

import pytest

from app.domain.errors import BadInput
from app.induction.guessing.stacked_guess import BEFOREHAND, CASES, MOST, Case, StackedGuess, read_guess, shipped_guess

SET = StackedGuess(tuple(Case(dict(zip(case, BEFOREHAND[case], strict=True)), 0, 0) for case in CASES), "Nobody.")


def test_every_way_that_spoke_is_believed_in_part():
    said = {"plain": 1.0, "prompt": -2.0, "counted": 0.5, "longer": 1.0}

    assert SET.log_odds(said) == pytest.approx(0.2 * 1.0 - 0.45 * 2.0 + 0.45 * 0.5)


@pytest.mark.parametrize("judge", [0.1, -0.1, 2.0, -2.0])
@pytest.mark.parametrize("counted", [-4.0, 0.3, 4.0])
def test_by_weights_that_nobody_taught_a_guess_that_is_given_out_names_what_the_judge_names(judge, counted):
    said = {"prompt": judge, "counted": counted, "longer": 1.0}

    led = SET.led_log_odds(said)

    assert (led > 0) is (judge > 0)
    if SET.log_odds(said) * judge > 0:
        assert led == SET.log_odds(said)


def test_where_the_judge_is_undecided_counting_leads_and_after_it_length():
    assert SET.led_log_odds({"prompt": 0.0, "counted": -0.5, "longer": 1.0}) < 0
    assert SET.led_log_odds({"prompt": 0.0, "counted": 0.0, "longer": 1.0}) > 0
    assert SET.led_log_odds({"prompt": 0.0, "counted": 0.0, "longer": 0.0}) == 0


def test_weights_that_were_learnt_may_turn_the_judge():
    taught = StackedGuess(tuple(Case(case.weights, 40, 500) for case in SET.cases), "Many.")
    said = {"prompt": 0.1, "counted": -4.0, "longer": -1.0}

    assert taught.led_log_odds(said) == taught.log_odds(said) < 0


@pytest.mark.parametrize("missing", [{}, {"plain": None, "prompt": None}, {"prompt": float("nan")}])
def test_without_a_judge_counting_and_length_speak_by_weights_of_their_own(missing):
    assert SET.log_odds({"counted": 0.7, "longer": 1.0, **missing}) == pytest.approx(0.7)


def test_the_other_answer_gets_the_contrary_guess():
    said = {"plain": 1.3, "prompt": -0.4, "counted": 0.2, "longer": -1.0}

    assert SET.log_odds({way: -odds for way, odds in said.items()}) == pytest.approx(-SET.log_odds(said))


def test_a_judge_who_is_sure_of_everything_is_held_to_what_may_be_believed():
    assert SET.log_odds({"prompt": 40.0, "counted": 0.0}) == SET.log_odds({"prompt": MOST, "counted": 0.0})


def test_the_weights_that_come_along_can_be_read_and_name_whom_they_are_from():
    found = shipped_guess()

    assert "CC-BY" in found.attribution
    assert found.cases[0].people > 20
    assert [case.people for case in found.cases[1:]] == [0, 0, 0], (
        "no recorded judgement of a hosted model may ship yet"
    )
    assert all(case.weights["counted"] > case.weights["longer"] >= 0 for case in found.cases)


def test_what_is_written_is_read_again():
    assert read_guess(json.dumps(SET.as_json()).encode(), "x.json") == SET


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "other"}, "these are no weights of this program"),
        ({"cases": []}, "it should have these cases"),
        ({"cases": [{"weights": {"counted": "1"}}]}, "the weight of counted should be a number"),
        ({"cases": [{"weights": {"counted": 1}, "people": "1"}]}, "whole numbers"),
        ({"cases": [1]}, "a case should hold weights"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_fault(change, said):
    with pytest.raises(BadInput, match=said):
        read_guess(json.dumps({**SET.as_json(), **change}).encode(), "x.json")


def test_what_is_no_json_is_refused_with_the_command_that_makes_one():
    with pytest.raises(BadInput, match="learn-guess"):
        read_guess(b"{", "x.json")
