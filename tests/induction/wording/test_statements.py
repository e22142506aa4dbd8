from __future__ import annotations

import pytest

from app.induction.wording.private_matters import mentions_private_matters
from app.induction.wording.statements import DraftTrait, say_the_same, usable_traits


def draft(text: str, *supporting: int, opposing: tuple[int, ...] = ()) -> DraftTrait:
    return DraftTrait(text, supporting, opposing)


def test_citations_of_choices_that_do_not_exist_are_removed():
    (kept,) = usable_traits([draft("prefers lists", 0, 2, 4, 9, opposing=(3, 77))], choices=5)

    assert (kept.supporting, kept.opposing) == ((2, 4), (3,))


def test_a_trait_without_support_is_dropped():
    assert usable_traits([draft("prefers lists"), draft("wants examples", 9)], choices=5) == []


def test_a_trait_with_as_much_against_it_as_for_it_is_dropped():
    assert usable_traits([draft("prefers lists", 1, 2, opposing=(3, 4))], choices=5) == []


def test_a_choice_cited_both_ways_counts_for_neither():
    (kept,) = usable_traits([draft("prefers lists", 1, 2, opposing=(2,))], choices=5)

    assert (kept.supporting, kept.opposing) == ((1,), ())


def test_near_duplicates_are_merged_with_the_citations_of_both():
    twins = [
        draft("prefers shorter answers", 1),
        draft("Likes answers that are shorter.", 3),
        draft("wants examples", 2),
    ]

    kept = usable_traits(twins, choices=5)

    assert [(one.text, one.supporting) for one in kept] == [
        ("prefers shorter answers", (1, 3)),
        ("wants examples", (2,)),
    ]


def test_opposite_traits_are_no_duplicates():
    assert not say_the_same("prefers bullet lists", "dislikes bullet lists")
    assert not say_the_same("wants the conclusion first", "dislikes the conclusion first")
    assert say_the_same("prefers answers that are longer, with less code", "prefers answers that are longer")


@pytest.mark.parametrize(
    "text",
    [
        "prefers answers that respect their Christian faith",
        "likes politically left-wing answers",
        "wants comfort for their depression",
        "prefers answers for an Asian reader",
        "likes that the answer knows they are gay",
        "values mentions of their diabetes",
    ],
)
def test_traits_on_private_matters_are_dropped(text):
    assert usable_traits([draft(text, 1)], choices=5) == []


@pytest.mark.parametrize(
    "text", ["prefers a warm tone", "wants the conclusion first", "likes sources that are named", "dislikes hedging"]
)
def test_traits_on_manner_are_kept(text):
    assert not mentions_private_matters(text)
    assert len(usable_traits([draft(text, 1)], choices=5)) == 1


@pytest.mark.parametrize(
    "text",
    ["is a software developer", "This person works in a bank", "They are curious by nature", "", "prefers answers"],
)
def test_traits_on_the_person_and_empty_ones_are_dropped(text):
    assert usable_traits([draft(text, 1)], choices=5) == []


def test_no_more_than_nine_traits_are_kept():
    many = [
        draft(f"prefers {word} endings", 1)
        for word in ["alpha", "bravo", "carol", "delta", "eagle", "fancy", "gamma", "hotel", "india", "joker"]
    ]

    assert len(usable_traits(many, choices=5)) == 9
