from __future__ import annotations

import pytest

from app.domain.preference import PreferencePair
from app.domain.style import MEASURES
from app.induction.counting import style_model
from app.induction.counting.style_model import fit_each_without, fit_style, longer_log_odds
from tests.induction.given import pair, pairs


def test_a_model_of_no_choices_says_nothing():
    assert fit_style([]).log_odds(pair(1)) == 0


def test_choices_like_those_it_learnt_from_are_expected_and_their_reverse_is_not():
    model = fit_style(pairs(8))
    wordy = pair(9, chosen=pair(9).rejected.text, rejected=pair(9).chosen.text)

    assert model.log_odds(pair(50)) > 0
    assert model.log_odds(wordy) == pytest.approx(-model.log_odds(pair(9)))


def test_the_more_choices_agree_the_surer_it_is_and_a_few_are_shrunk():
    odds = [fit_style(pairs(count)).log_odds(pair(50)) for count in (1, 4, 16)]

    assert odds == sorted(odds)
    assert 0 < odds[0] < 1


def test_one_huge_answer_weighs_no_more_than_any_longer_one():
    huge, long = (fit_style([pair(1, chosen="words " * size, rejected="word")]).weights for size in (10_000, 10))

    assert huge == long


def test_what_does_not_differ_says_nothing():
    alike = pair(1, chosen="same words", rejected="some words")

    model = fit_style([*pairs(5), alike])

    assert model.log_odds(alike) == 0
    assert model.weights == fit_style(pairs(5)).weights


def test_there_is_one_weight_a_measure_and_what_no_choice_differs_in_weighs_nothing():
    weights = fit_style(pairs(6)).weights

    by_name = dict(zip((measure.name for measure in MEASURES), weights.values, strict=True))
    assert by_name["length"] < 0
    assert by_name["code"] == by_name["lists"] == 0


@pytest.mark.parametrize(
    ("chosen", "rejected", "odds"),
    [("word " * 20, "word", 1), ("word", "word " * 20, -1), ("twenty letters here.", "twenty letters there", 0)],
)
def test_the_longer_answer_wins_where_the_lengths_differ_by_a_tenth(chosen, rejected, odds):
    assert longer_log_odds(pair(1, chosen=chosen, rejected=rejected)) == odds


def varied(count: int) -> list[PreferencePair]:
    """Choices of which every second is of a list and every third of a question; no text stands in another test."""
    return [
        pair(
            number,
            chosen=f"Left out {number}." + "\n- item" * (number % 2) + " Why?" * (number % 3 == 0),
            rejected=f"Left out {number}, and said at some more length than the other.",
        )
        for number in range(count)
    ]


def counted(monkeypatch, name):
    """The arguments of every call of a function that the style model uses."""
    calls = []
    real = getattr(style_model, name)

    def noted(*given):
        calls.append(given)
        return real(*given)

    monkeypatch.setattr(style_model, name, noted)
    return calls


def test_leaving_each_choice_out_in_turn_measures_every_choice_once_and_fits_every_row_once(monkeypatch):
    given = varied(30)
    measured, fitted = counted(monkeypatch, "lead"), counted(monkeypatch, "fit_weights")

    fit_each_without(given, [[place] for place in range(30)])

    assert len(measured) == 30 * len(MEASURES)
    assert len(fitted) == 4


def test_fits_without_some_choices_are_those_of_the_others():
    given = varied(12)
    left_out = [(place, (place + 3) % 12) for place in range(12)]

    models = fit_each_without(given, [*left_out, range(12), ()])

    others = [[one for place, one in enumerate(given) if place not in gone] for gone in left_out]
    assert models == [*(fit_style(each) for each in others), fit_style([]), fit_style(given)]


def test_the_order_of_choices_changes_no_weight():
    assert fit_style(varied(9)) == fit_style(varied(9)[::-1])
