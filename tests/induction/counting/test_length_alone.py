"""Who goes by nothing but length is found, though longer answers have more of everything; who has another taste is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.measures import rows_of
from app.domain.personas.persona import Trait
from app.induction.counting.counted_traits import counted
from app.induction.counting.length_alone import is_length_alone
from app.induction.counting.prior import shipped_prior
from bench import people

PRIOR = shipped_prior()


def alone(pairs, traits=None):
    found = counted(pairs, PRIOR)
    own = [Trait(each.text, each.supporting, each.opposing, counted=each) for each in found.traits]
    return found, is_length_alone(own if traits is None else traits, found, pairs, rows_of(pairs))


@pytest.mark.parametrize("seed", range(3))
def test_who_takes_the_longer_answer_always_goes_by_length_alone_whatever_came_along(seed):
    found, is_alone = alone(people.pairs("length", seed, 15))

    assert len(found.traits) > 1
    assert is_alone


# Seeds of `single` at which the taste is for examples, lists or warmth, and of `conflicting` at which it is for length and another.
@pytest.mark.parametrize(
    ("kind", "seed"), [("single", 1), ("single", 5), ("single", 3), ("conflicting", 0), ("conflicting", 2)]
)
def test_who_has_another_taste_is_not_told_of_length_alone(kind, seed):
    assert not alone(people.pairs(kind, seed, 30))[1]


def test_a_trait_that_a_model_worded_came_along_where_choices_went_by_length_against_it():
    pairs = people.pairs("length", 0, 15)
    found, _ = alone(pairs)
    length = next(each for each in found.traits if each.measure == "length")
    by_length = Trait("Prefers longer answers", length.supporting, length.opposing)
    ids = length.supporting
    came_along, its_own = Trait("Takes a side", ids[:4], ids[4:7]), Trait("Takes a side", length.opposing or ("x",))

    assert alone(pairs, [by_length])[1]
    assert alone(pairs, [by_length, came_along])[1]
    assert not alone(pairs, [by_length, its_own])[1]
    assert not alone(pairs, [came_along])[1]
    assert not alone(pairs, [])[1]


def test_what_counting_may_speak_of_beside_a_model_s_traits_stands_against_it_too():
    pairs = people.pairs("single", 5, 30)
    found, _ = alone(pairs)
    by_length = Trait("Prefers longer answers", tuple(pair.pair_id for pair in pairs[:5]))

    assert found.passes
    assert not is_length_alone([by_length], found, pairs, rows_of(pairs))
    assert is_length_alone([by_length], replace(found, passes=False), pairs, rows_of(pairs))
