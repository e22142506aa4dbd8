"""What a person is told was counted: by the measures of the traits, over decisions, beside most people."""

from __future__ import annotations

import json
from itertools import count

import pytest

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.measures import NAMES, rows_of
from app.domain.personas.style_facts import StyleFact, StyleFacts, style_facts
from app.domain.texts.conversation import Turn
from app.induction.counting.counted_traits import counted_traits
from app.induction.counting.prior import shipped_prior

_NUMBERS = count()
LONG, SHORT = "Plain text that goes on for a while. " * 9, "Plain text that ends soon."


def pair(chosen: str, rejected: str, *, first: bool = True, question: str = "") -> PreferencePair:
    """A choice on a request of its own, so that it is a decision of its own, unless one is given."""
    number = next(_NUMBERS)
    context = (Turn("user", question or f"Question {number}?"),)
    return PreferencePair(f"p{number}", context, Completion(chosen), Completion(rejected), "k", first, seq=number)


def counted(pairs: list[PreferencePair]) -> StyleFacts:
    prior = shipped_prior()
    return style_facts(pairs, rows_of(pairs), {name: prior.share_of(name) for name in NAMES})


def fact(name: str, pairs: list[PreferencePair]) -> StyleFact:
    return next(one for one in counted(pairs).facts if one.name == name)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("length", LONG),
        ("lists", "Plain text that ends soon.\n- one\n- two"),
        ("headings", "## Title\nPlain text that ends soon."),
        ("warmth", "Great question! Plain text that ends soon."),
        ("question_back", "Plain text that ends soon?"),
        ("examples", "Plain text, for example, that ends soon."),
    ],
)
def test_each_fact_counts_the_decisions_whose_chosen_answer_has_more_of_it(name: str, more: str) -> None:
    found = fact(name, [pair(more, SHORT), pair(more, SHORT), pair(SHORT, more)])

    assert (found.more, found.n) == (2, 3)


def test_a_difference_that_nobody_notices_says_nothing() -> None:
    found = fact("length", [pair(SHORT + " It ends.", SHORT)])

    assert (found.n, found.interval, found.stands_out) == (0, (0.0, 1.0), False)


def test_the_counts_are_those_of_the_traits_and_so_is_what_most_people_choose() -> None:
    pairs = [*(pair(SHORT, LONG) for _ in range(16)), pair(LONG, SHORT), pair(SHORT + " It ends.", SHORT)]

    trait = next(one for one in counted_traits(pairs, rows_of(pairs), shipped_prior()) if one.measure == "length")
    found = fact("length", pairs)

    assert (trait.for_it, trait.against_it, trait.more) == (16, 1, False)
    assert (found.n - found.more, found.more) == (16, 1)
    assert found.most_people is not None
    assert trait.most_people == pytest.approx(1 - found.most_people)


def test_a_winner_over_three_others_is_one_decision_of_three_choices() -> None:
    found = counted([pair(LONG, f"{SHORT} {place}", question="?") for place in range(3)])

    assert (found.choices, found.read) == (1, 3)
    assert next(one for one in found.facts if one.name == "length").n == 1


def test_a_fact_stands_out_only_where_chance_can_be_ruled_out() -> None:
    assert not fact("length", [pair(LONG, SHORT) for _ in range(3)]).stands_out
    assert fact("length", [pair(LONG, SHORT) for _ in range(10)]).stands_out


def test_the_place_of_the_first_shown_is_counted_over_all_decisions() -> None:
    found = fact("first_shown", [pair("a", "b", first=True), pair("a", "b", first=False)])

    assert (found.more, found.n, found.most_people) == (1, 2, None)


def test_facts_can_be_stored_as_json() -> None:
    stored = json.loads(json.dumps(counted([pair(LONG, SHORT)]).as_json()))

    assert (stored["choices"], stored["read"]) == (1, 1)
    assert stored["facts"][0] | {"low": 0, "high": 1} == {
        "name": "length", "label": "that are longer", "more": 1, "n": 1, "share": 1.0, "low": 0, "high": 1,
        "stands_out": False, "most_people": round(shipped_prior().share_of("length"), 2),
    }  # fmt: skip
