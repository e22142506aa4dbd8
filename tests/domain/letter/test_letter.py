"""The persona as text: to the person, never a count alone, what is like most people apart."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.domain.letter import LENGTH_ALONE, how_sure, letter, unsettled
from app.domain.letter.names import side
from app.domain.measures import NAMES
from tests.domain.letter.given import counted, document, worded


def test_a_trait_says_own_counts_what_most_people_do_and_whether_it_sets_apart() -> None:
    told = letter(document(counted("length", False, apart=True), counted("lists", True, most=0.68, its=(5, 1))))

    assert told["title"] == "Kept short"
    assert told["sentences"] == [
        (
            "You would rather have it in a few lines than in full: you take the shorter answer in 8 of your 10 choices, "
            "where most people take the longer answer in 7 of 10."
        ),
        "As most people do, you also like answers laid out in lists.",
    ]
    assert told["traits"][0]["sentence"] == (
        "you take the shorter answer in 8 of your 10 choices; most people take the longer answer in 7 of 10. "
        "This sets you apart."
    )
    assert told["traits"][1]["sentence"] == (
        "you take the answer with more of a list in 5 of the 6 choices that differ in lists; so do most people, in 7 of 10."
    )
    assert [each["group"] for each in told["traits"]] == ["own", "common"]


def test_a_worded_trait_that_anybody_would_have_guessed_stands_with_what_most_people_like() -> None:
    told = letter(document({**worded("wants tables"), "is_common": True}, worded("likes riddles")))["traits"]

    assert [each["group"] for each in told] == ["common", "own"]
    assert told[0]["sentence"].endswith("went this way; a model that knew nothing of you guessed it each time.")


def test_a_trait_of_the_list_of_manners_has_its_name_from_there() -> None:
    sides = letter(
        document(worded("prefers answers that take a stance"), worded("prefers answers that speak in general"))
    )

    assert [each["name"] for each in sides["traits"]] == ["Takes a stance", ""]


def test_nothing_unlike_is_said_as_such() -> None:
    told = letter(document(counted("length", True, most=0.74), counted("lists", True, most=0.68, its=(5, 1))))
    assert told["title"] == "Told in full, like most people"
    assert told["sentences"] == [
        (
            "You would rather have the whole story than the short version: you take the longer answer in 8 of your 10 "
            "choices, as most people do in 7 of 10."
        ),
        "Points that belong side by side should stand in a list.",
        "Most people like that too; nothing here sets you apart yet.",
    ]


def test_who_goes_by_length_alone_is_told_so_and_of_nothing_that_came_along() -> None:
    traits = counted("examples", True, most=0.7, its=(9, 0)), counted("length", True, most=0.74)

    told = letter(document(*traits, lengths={"": 180}, length_alone=True))

    assert told["title"] == "Told in full, like most people"
    assert told["sentences"] == [
        (
            "You would rather have the whole story than the short version: you take the longer answer in 8 of your 10 "
            "choices, as most people do in 7 of 10."
        ),
        "Three in four of the answers you took have at most 180 words.",
        "Most people like that too; nothing here sets you apart yet.",
        LENGTH_ALONE,
    ]
    assert [each["measure"] for each in told["traits"]] == ["examples", "length"]
    assert LENGTH_ALONE not in letter(document(*traits, lengths={"": 180}))["sentences"]


def test_length_alone_in_the_words_of_a_model_is_told_last_too() -> None:
    many = "You like it short. You like prose. You like code. You like figures."
    told = letter(document(worded("Prefers shorter answers"), summary=many, length_alone=True))
    assert told["sentences"] == ["You like it short.", "You like prose.", "You like code.", LENGTH_ALONE]
    one = letter(document(worded("Prefers shorter answers"), summary="She likes it short.", length_alone=True))
    assert one["sentences"][1:] == [LENGTH_ALONE]


def test_no_pattern_is_a_page_and_no_fault() -> None:
    told = letter(document())
    assert told["title"] == "No clear pattern yet"
    assert "a coin could have made these 10 choices" in told["sentences"][0]
    assert [each.axis for each in unsettled(document())][:3] == ["length", "lists", "examples"]


def test_what_comes_nearest_to_a_pattern_is_told_as_such_and_asked_first() -> None:
    near = counted("warmth", False, most=0.4, its=(4, 1))["counted"]
    surer = counted("paragraphs", True, most=0.78, its=(4, 2))["counted"]
    told = document(counted={"traits": [surer, near]})
    assert letter(told)["sentences"][1].startswith("That is no fault")
    assert letter(told)["sentences"][2] == (
        "What comes nearest: you take the answer with fewer warm words in 4 of the 5 choices that differ in warmth, where most "
        "people take the answer with more warm words in 6 of 10. So few may still be luck."
    )
    assert unsettled(told)[0].axis == "warmth"
    assert how_sure({**told, "accuracy": {"hits": 9, "n": 10}}) == "Nothing is claimed of you yet."


def test_what_comes_nearest_is_what_the_counts_bear_out_most_though_no_trait_came_of_it() -> None:
    facts = [
        {"name": "examples", "more": 7, "n": 10, "most_people": 0.7},
        {"name": "hedging", "more": 1, "n": 10, "most_people": 0.6},
        {"name": "lists", "more": 9, "n": 10, "most_people": 0.7},
        {"name": "figures", "more": 2, "n": 2, "most_people": 0.1},
        {"name": "first_shown", "more": 10, "n": 10, "most_people": None},
    ]
    told = document(
        style={"facts": facts}, counted={"traits": [counted("examples", True, most=0.7, its=(7, 3))["counted"]]}
    )

    assert letter(told)["sentences"][2] == (
        "What comes nearest: you take the answer that hedges less in 9 of the 10 choices that differ in hedging, where most "
        "people take the answer that hedges more in 6 of 10. So few may still be luck."
    )
    assert [each.axis for each in unsettled(told)][:3] == ["hedging", "lists", "examples"]


@pytest.mark.parametrize("measure", NAMES)
@pytest.mark.parametrize("more", [True, False])
def test_every_side_of_every_measure_can_be_said(measure: str, more: bool) -> None:
    assert len(side(measure, more=more).name.split()) <= 3
    assert side(measure, more=more) != side(measure, more=not more)


def test_a_title_takes_no_second_name_that_has_no_room() -> None:
    sources = worded("Prefers concrete named everyday sources")
    phrases = worded("Dislikes vague marketing phrases everywhere")
    assert letter(document(sources, phrases))["title"] == "Concrete named everyday sources"
    assert letter(document(sources, worded("Dislikes puns")))["title"] == ("Concrete named everyday sources, no puns")


def test_a_summary_of_one_sentence_is_filled_up_from_the_traits() -> None:
    short = worded("Prefers shorter answers")
    told = letter(document(short, title="Kept short", summary="You like it short, e.g. in one line"))
    assert told["sentences"] == [
        "You like it short, e.g. in one line.",
        "You prefer shorter answers: 3 of the 4 choices that bear on it went this way.",
    ]
    many = "You like lists. You like prose. You like code. You like figures. You like jokes."
    assert letter(document(short, summary=many))["sentences"] == [f"{each}." for each in many.split(". ")][:4]


SHARED: dict[str, Any] = {"n_choices": 14, "n_read": 14, "n_decisions": 10}


def test_where_choices_share_request_and_winner_every_sentence_counts_decisions() -> None:
    traits = (counted("length", False, apart=True), counted("lists", True, its=(5, 1)), worded("prefers short answers"))
    told = letter(document(*traits, **SHARED))
    alone = letter(document(worded("prefers short answers"), summary="You like it short.", **SHARED))
    nothing = letter(document(counted={"traits": [counted("length", False)["counted"]]}, **SHARED))

    assert [each["sentence"].partition(";")[0] for each in told["traits"]] == [
        "you take the shorter answer in 8 of your 10 decisions",
        "you take the answer with more of a list in 5 of the 6 decisions that differ in lists",
        "you prefer short answers: 3 of the 4 decisions that bear on it went this way",
    ]
    assert alone["sentences"][1] == "You prefer short answers: 3 of the 4 decisions that bear on it went this way."
    assert not re.search(r"\d choice", " ".join([*told["sentences"], *alone["sentences"], *nothing["sentences"]]))


def test_one_choice_is_spoken_of_as_one() -> None:
    told = letter(document(counted("lists", True, its=(1, 0))))

    assert "in the one choice that differs in lists" in told["traits"][0]["sentence"]
