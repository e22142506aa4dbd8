from __future__ import annotations

import re

import pytest

from app.domain.manners import BY_NUMBER, MANNERS, Manner, listed, manner_of
from app.domain.personas.style_claims import claimed_measure, claims
from app.induction.wording.private_matters import mentions_private_matters, speaks_of_the_person
from app.induction.wording.statements import say_the_same

SIDES = [(one, side, text) for one in MANNERS for side, text in ((1, one.statement), (-1, one.opposite))]


def test_there_are_forty_to_sixty_and_at_least_half_speak_of_substance():
    assert 40 <= len(MANNERS) <= 60
    assert sum(one.substance for one in MANNERS) >= len(MANNERS) / 2


@pytest.mark.parametrize("text", [text for _, _, text in SIDES])
def test_each_speaks_of_answers_and_of_one_contrast_alone(text):
    assert text.startswith("prefers answers ")
    assert not re.search(r"\band\b|;", text)
    assert len(claims(text) or {}) <= 1
    assert not mentions_private_matters(text)
    assert not speaks_of_the_person(text)


def test_none_says_the_same_as_its_contrary_or_as_another_one():
    assert all(not say_the_same(one.statement, one.opposite) for one in MANNERS)
    for place, one in enumerate(MANNERS):
        assert not [other.name for other in MANNERS[:place] if say_the_same(one.statement, other.statement)], one.name


@pytest.mark.parametrize(("one", "side", "text"), SIDES)
def test_what_a_manner_claims_is_the_measure_that_it_names(one, side, text):
    claimed = claimed_measure(text)

    assert claimed == ((one.measure, side if one.more else -side) if one.measure else None)
    # What other readers of sentences make of its words is no other measure either.
    assert all(one.measure == ("question_back" if name == "questions" else name) for name in claims(text) or {})


def test_a_manner_that_names_a_measure_that_nothing_counts_is_refused():
    with pytest.raises(ValueError, match="nothing counts: wit"):
        Manner("Wit", "with wit", "without wit", substance=True, measure="wit")


def test_a_prompt_shows_each_in_a_line_under_its_number():
    lines = listed().split("\n")

    assert len(lines) == len(MANNERS)
    assert lines[0] == f"1: {BY_NUMBER[1].prefers} / {BY_NUMBER[1].contrary}"


def test_a_manner_is_known_by_its_words_alone():
    assert manner_of("Prefers answers that take  a stance.") == (BY_NUMBER[1], 1)
    assert manner_of("prefers answers that take no side") == (BY_NUMBER[1], -1)
    assert manner_of("prefers answers that take a stance on code") is None
