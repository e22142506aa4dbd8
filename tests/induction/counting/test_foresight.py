from __future__ import annotations

import random

import pytest

from app.domain.measures import NAMES
from app.induction.counting.counted_model import fit_rows
from app.induction.counting.foresight import foreseen, parts_of, passes
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
