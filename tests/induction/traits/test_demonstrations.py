from __future__ import annotations

from app.domain.personas.persona import Persona
from app.induction.traits.ballots import Statement
from app.induction.traits.demonstrations import covering
from app.induction.traits.evidence import weigh
from tests.induction.given import pair, pairs, votes_on

SHORT = Statement("prefers shorter answers", "prefers longer answers")
WARM = Statement("likes a warm tone", "likes a sober tone")
FIRST = Statement("wants the conclusion first", "wants the conclusion last")


def persona_of(given, *cast):
    return Persona("Written from all choices.", weigh(votes_on(given, *cast), given, 0).traits)


def numbers(examples):
    return [one.pair.pair_id.removeprefix("choice-") for one in examples]


def test_choices_that_together_show_all_traits_are_taken_the_heaviest_trait_first():
    votes = {
        SHORT: [1, 1, 1, 1, 1, 0, 0, 0],
        WARM: [0, 0, 0, 0, 1, 1, 1, 0],
        FIRST: [0, 0, 0, 0, 0, 0, 1, 1],
    }

    examples = covering(pairs(8), persona_of(pairs(8), *votes.items()), 2)

    assert numbers(examples) == ["4", "6"]
    assert examples[0].reasoning == "prefers shorter answers; likes a warm tone"


def test_where_all_traits_are_shown_more_choices_fill_the_room_and_shorter_ones_are_preferred():
    given = [pair(number, chosen="Water. " * (9 - number)) for number in range(4)]

    assert numbers(covering(given, persona_of(given, (SHORT, [1, 1, 1, 1])))) == ["3", "2", "1"]


def test_a_choice_that_the_traits_speak_against_is_no_example():
    assert "5" not in numbers(covering(pairs(6), persona_of(pairs(6), (SHORT, [1, 1, 1, 1, 1, -1])), 9))


def test_without_traits_there_are_no_examples():
    assert covering(pairs(20), Persona("", ())) == ()
