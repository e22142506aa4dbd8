from __future__ import annotations

import random

import pytest

from app.domain.measures import NAMES
from app.induction.counting.counted_model import fit_rows
from app.induction.counting.foresight import foreseen, goes_by_one_thing, parts_of, passes
from app.induction.counting.prior import shipped_prior
from tests.induction.given import pair, pairs

PRIOR = shipped_prior()


def rows(count: int, size: float, *, coin: bool = False) -> list[tuple[float, ...]]:
    """Choices of the shorter answer, by so much; those of a coin go either way."""
    rng = random.Random(3)
    return [
        tuple((rng.choice((-1, 1)) if coin else -1) * size if name == "length" else 0.0 for name in NAMES)
        for _ in range(count)
    ]


def test_choices_that_all_go_one_way_between_hardly_different_answers_pass_by_foreseeing_one_another():
    given, alike = pairs(12), rows(12, 0.45)
    model = fit_rows(alike, PRIOR)

    assert not model.passes
    assert passes(model, given, alike, PRIOR)


@pytest.mark.parametrize("count", [0, 5])
def test_fewer_than_six_choices_do_not_pass_by_it(count):
    alike = rows(count, 0.45)

    assert not passes(fit_rows(alike, PRIOR), pairs(count), alike, PRIOR)


def test_a_coin_does_not_pass_by_it():
    tossed = rows(14, 0.45, coin=True)

    assert not passes(fit_rows(tossed, PRIOR), pairs(14), tossed, PRIOR)


def of_several(count: int, *, against: int = 0) -> list[tuple[float, ...]]:
    """Choices of the answer with the list, `against` of them not, between answers that differ in length by a coin."""
    draw = random.Random(5)
    found = []
    for place in range(count):
        differs = {"length": draw.choice((-0.6, 0.6)), "lists": -0.9 if place < against else 0.9}
        found.append(tuple(differs.get(name, 0.0) for name in NAMES))
    return found


def test_who_goes_by_one_thing_in_each_choice_passes_by_it_whatever_their_length():
    model = fit_rows(of_several(10), PRIOR)

    assert not model.passes
    assert passes(model, pairs(10), of_several(10), PRIOR)


@pytest.mark.parametrize(("count", "against"), [(0, 0), (7, 0), (10, 1), (20, 1)])
def test_a_few_choices_and_ones_that_go_both_ways_are_not_one_thing(count, against):
    assert not goes_by_one_thing(of_several(count, against=against))


def test_of_coins_at_most_two_of_a_hundred_go_by_one_thing_though_they_differ_in_everything():
    draw = random.Random(17)
    coins = [[tuple(draw.choice((-0.9, 0.9)) for _ in NAMES) for _ in range(count)] for count in (10, 15) * 500]

    assert sum(map(goes_by_one_thing, coins)) <= 0.02 * len(coins)


def test_a_choice_is_foreseen_by_those_that_do_not_belong_with_it_alone():
    talk = [pair(number, conversation="one") for number in range(8)]

    said = foreseen(talk, rows(8, 0.9), PRIOR)

    assert all(odds < 0 for odds in said)
    assert foreseen(pairs(12), rows(12, 0.9), PRIOR)[0] > 0


def test_many_choices_are_dealt_into_thirty_parts_none_of_them_twice():
    parts = parts_of(pairs(70))

    assert len(parts) == 30
    assert sorted(one.seq for part in parts for one in part) == list(range(70))
    assert parts_of([]) == []
