from __future__ import annotations

import pytest

from app.induction.counting.holders import holders_of
from app.induction.counting.prior import shipped_prior

PRIOR = shipped_prior()


def test_most_people_hold_what_most_of_their_choices_went_to():
    longer = holders_of("prefers answers that are longer", PRIOR)
    shorter = holders_of("prefers answers that are shorter", PRIOR)

    assert longer.is_counted
    assert longer.share > 0.9
    assert shorter.share == pytest.approx(1 - longer.share)
    assert (longer.are_few, shorter.are_few) == (False, True)


def test_a_manner_that_wants_less_of_its_measure_is_held_by_those_who_choose_less_of_it():
    # Longer answers repeat more, and most people take the longer one.
    assert holders_of("prefers answers that say each thing once", PRIOR).are_few
    assert holders_of("prefers answers that say again what matters", PRIOR).share > 0.5


@pytest.mark.parametrize("text", ["prefers answers that take a stance", "likes riddles", "likes long lists"])
def test_of_what_nothing_counts_no_number_is_invented(text):
    found = holders_of(text, PRIOR)

    assert (found.share, found.is_counted, found.are_few) == (0.5, False, False)
