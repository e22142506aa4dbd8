from __future__ import annotations

import json

import pytest

from app.domain.errors import BadInput
from app.domain.measures import LENGTH, NAMES
from app.domain.personas.counted import CountedTrait, counted_trait_from_json
from app.induction.counting.counted_traits import MOST_TRAITS, counted, counted_traits
from app.induction.counting.prior import shipped_prior
from tests.induction.given import pair, pairs

PRIOR = shipped_prior()
LISTED, PROSE = "Water them:\n- on Mondays\n- on Fridays", "Water them on Mondays and also on Fridays, please."


def found(*signs: dict[str, int]) -> list[CountedTrait]:
    """Traits of choices that clearly differ in what each names."""
    rows = [tuple(0.9 * each.get(name, 0) for name in NAMES) for each in signs]
    return list(counted_traits(pairs(len(rows)), rows, PRIOR))


def test_a_trait_says_own_counts_and_what_most_people_do():
    (lists,) = found(*[{"lists": 1}] * 8, *[{"lists": -1}] * 2)

    assert (lists.measure, lists.more, lists.for_it, lists.against_it) == ("lists", True, 8, 2)
    assert lists.most_people == pytest.approx(0.675, abs=0.01)
    assert lists.opposing == ("choice-8", "choice-9")
    assert lists.sure > 0.9
    assert not lists.sets_apart
    assert lists.text == "prefers answers with more list items"


def test_what_sets_a_person_apart_goes_against_most_people_and_is_counted_on_their_side():
    (length,) = found(*[{LENGTH: -1}] * 12)

    assert (length.more, length.for_it, length.sets_apart) == (False, 12, True)
    assert length.most_people < 0.3
    assert length.share > 0.7


@pytest.mark.parametrize("more", range(3, 11))
def test_what_most_people_do_as_well_never_sets_apart(more):
    assert not any(trait.sets_apart for trait in found(*[{LENGTH: 1}] * more, *[{LENGTH: -1}] * (more // 3)))


@pytest.mark.parametrize(
    "signs",
    [
        [{"lists": 1}] * 2,  # too few own choices
        [{"lists": 1}] * 4 + [{"lists": -1}] * 4,  # no side
        [{LENGTH: -1}] * 3 + [{LENGTH: 1}] * 2,  # most people's side is surer than the own majority
        [{"question_back": 1}] * 3 + [{"question_back": -1}] * 2,  # neither is sure
        [],
    ],
)
def test_no_trait_without_enough_choices_of_ones_own_on_a_side_that_is_sure(signs):
    assert found(*signs) == []


def test_of_measures_that_go_together_one_is_shown():
    both = found(*[{LENGTH: 1, "paragraphs": 1, "numbers": 1, "lists": 1}] * 9)

    assert len(both) == 1


def test_measures_that_differ_in_other_choices_are_traits_of_their_own_and_five_are_the_most():
    names = ("lists", "examples", "reasons", "summary", "hedging", "warmth", "code")
    traits = found(*[{name: 1} for name in names for _ in range(8)])

    assert len(traits) == MOST_TRAITS
    assert [trait.sure for trait in traits] == sorted((trait.sure for trait in traits), reverse=True)


def test_counted_traits_of_choices_are_told_with_the_gate_and_the_languages():
    told = counted(pairs(12), PRIOR)

    assert told.passes
    assert told.contrary > 0.5
    assert [(trait.measure, trait.more) for trait in told.traits] == [(LENGTH, False)]
    assert told.languages == {"en": 12}
    assert told.measures["en"] == NAMES
    assert told.prior["people"] == 40


def test_no_choice_is_no_trait():
    told = counted([], PRIOR)

    assert (told.choices, told.traits, told.passes) == (0, (), False)
    assert told.times == pytest.approx(1)


def test_the_order_of_choices_changes_nothing():
    assert counted(pairs(9), PRIOR) == counted(pairs(9)[::-1], PRIOR)


def test_a_trait_is_a_predicate_that_any_reader_can_run():
    listing = [pair(number, chosen=LISTED, rejected=PROSE) for number in range(9)]
    stored = json.loads(json.dumps(counted(listing, PRIOR).as_json()))

    (row,) = [each for each in stored["traits"] if each["measure"] == "lists"]
    lists = counted_trait_from_json(row)

    assert {name: row[name] for name in ("more", "for", "against", "most_people")} == {
        "more": True,
        "for": 9,
        "against": 0,
        "most_people": 0.68,
    }
    assert lists.vote(pair(50, chosen=LISTED, rejected=PROSE)) == 1
    assert lists.vote(pair(50, chosen=PROSE, rejected=LISTED)) == -1
    assert lists.vote(pair(50, chosen=PROSE, rejected=PROSE)) == 0


def test_a_predicate_of_a_measure_that_is_not_counted_is_refused():
    with pytest.raises(BadInput, match="counts no 'width'"):
        counted_trait_from_json({"measure": "width"})
