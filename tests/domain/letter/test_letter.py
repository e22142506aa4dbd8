"""The persona as text: to the person, never a count alone, what is like most people apart, the same bytes each time."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.letter import LENGTH_ALONE, how_sure, languages_sentence, letter, letter_of, unsettled
from app.domain.letter.beside import name_from
from app.domain.letter.names import side
from app.domain.letter.second_person import to_you, trait_to_you
from app.domain.measures import NAMES, telling_passages
from app.domain.texts import language


def counted(
    measure: str, more: bool, *, most: float = 0.3, apart: bool = False, its: tuple[int, int] = (8, 2)
) -> dict[str, Any]:
    told = {"measure": measure, "more": more, "for": its[0], "against": its[1], "most_people": most, "sure": 0.98}
    return {"text": f"prefers {measure}", "certainty": "clear", "counted": {**told, "sets_apart": apart}}


def worded(text: str) -> dict[str, Any]:
    return {"text": text, "certainty": "likely", "supporting": ["a", "b", "c"], "opposing": ["d"], "when": ""}


def document(*traits: dict[str, Any], summary: str = "", **more: Any) -> dict[str, Any]:
    rest = {"n_choices": 10, "n_read": 10, "is_sketch": False, "accuracy": None, "verdict": ""}
    return {"traits": list(traits), "summary": summary, **rest, **more}


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


@pytest.mark.parametrize("measure", NAMES)
@pytest.mark.parametrize("more", [True, False])
def test_every_side_of_every_measure_can_be_said(measure: str, more: bool) -> None:
    assert len(side(measure, more=more).name.split()) <= 3
    assert side(measure, more=more) != side(measure, more=not more)


TRAITS = st.lists(
    st.builds(
        lambda measure, more, most, apart, its: counted(measure, more, most=most, apart=apart, its=its),
        st.sampled_from(NAMES),
        st.booleans(),
        st.floats(0.05, 0.95),
        st.booleans(),
        st.tuples(st.integers(3, 30), st.integers(0, 3)),
    ),
    max_size=5,
    unique_by=lambda trait: trait["counted"]["measure"],
)


@given(TRAITS)
def test_whatever_was_counted_the_text_keeps_its_form(traits: list[dict[str, Any]]) -> None:
    told = letter(document(*traits))

    assert len(told["title"].split()) <= 6
    assert 2 <= len(told["sentences"]) <= 4
    whole = " ".join([*told["sentences"], *(each["sentence"] for each in told["traits"])])
    assert "this person" not in whole.lower()
    assert "likely" not in whole
    assert all("people" in each["sentence"] for each in told["traits"])
    assert all(sentence.endswith(".") for sentence in told["sentences"])
    assert json.dumps(told) == json.dumps(letter(document(*traits)))
    assert letter_of({**document(*traits), "letter": told}) is told


WORDED = st.builds(
    lambda when, verb, words, its: {
        **worded(f"{when}{verb} {' '.join(words)}"),
        "certainty": "clear",
        "supporting": ["a"] * its[0],
        "opposing": ["b"] * its[1],
    },
    st.sampled_from(["", "For code: ", "For facts and closed questions: ", "When asked for code, "]),
    st.sampled_from(["Prefers", "Dislikes", "wants", "Bevorzugt"]),
    st.lists(st.sampled_from(["concrete", "named", "everyday", "sources", "e.g.", "rather", "short"]), min_size=1),
    st.tuples(st.integers(1, 30), st.integers(0, 3)),
)
SUMMARIES = st.lists(
    st.sampled_from(
        ["You like lists.", "This person prefers prose, e.g. letters.", "She likes it short.", "你喜欢短的。"]
    ),
    max_size=6,
).map(" ".join)


@given(st.lists(WORDED, min_size=1, max_size=5), TRAITS, SUMMARIES, st.sampled_from(["", "Kept short"]))
def test_whatever_a_model_worded_the_text_keeps_its_form(
    traits: list[dict[str, Any]], beside: list[dict[str, Any]], summary: str, title: str
) -> None:
    told = letter(document(*traits, *beside, summary=summary, title=title))

    assert 1 <= len(told["title"].split()) <= 6
    assert 2 <= len(told["sentences"]) <= 4
    assert all(sentence.endswith((".", "。")) for sentence in told["sentences"])


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


@pytest.mark.parametrize(
    ("third", "second"),
    [
        ("This person prefers short answers; dislikes hedging.", "You prefer short answers; dislike hedging."),
        ("This person likely likes lists and avoids jokes.", "You like lists and avoid jokes."),
        ("You like lists.", "You like lists."),
        ("This person likes lists. They also prefers warmth.", "You like lists. You also prefer warmth."),
        ("Likes lists. Avoids jokes.", "You like lists. You avoid jokes."),
        ("She likes lists.", ""),
        ("Diese Person mag Listen.", ""),
    ],
)
def test_a_summary_is_spoken_to_the_person_or_left_out(third: str, second: str) -> None:
    assert to_you(third) == second


def test_a_worded_trait_is_spoken_to_the_person() -> None:
    assert trait_to_you("Dislikes hedging such as may.") == "you dislike hedging such as may"
    assert trait_to_you("For facts, advice and code: prefers prose") == "For facts, advice and code: you prefer prose"
    assert trait_to_you("When asked for code, prefers prose") == "When asked for code, you prefer prose"
    told = letter(document(worded("Prefers shorter answers"), summary="She likes it short."))
    assert told["title"] == "Kept short"
    assert told["sentences"] == [
        "You prefer shorter answers: 3 of the 4 choices that bear on it went this way.",
        "Nothing else has shown a pattern yet.",
    ]
    assert (
        told["traits"][0]["sentence"]
        == "you prefer shorter answers: 3 of the 4 choices that bear on it went this way; what most people like here is not known."
    )
    beside = letter(document({**worded("Prefers shorter answers"), "most_people": 0.26, "sets_apart": True}))["traits"][
        0
    ]
    assert beside["sentence"].endswith("went this way; most people's go the other way, 7 of 10. This sets you apart.")
    common = letter(document({**worded("Prefers longer answers"), "most_people": 0.74, "sets_apart": False}))["traits"][
        0
    ]
    assert common["group"] == "common"


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("Dislikes hedging such as may", "No hedging"),
        ("Likes one idea per list item rather than dense paragraphs", ""),
        ("When asked for code, prefers comments", "Comments"),
        ("For facts, opinions and code: prefers comments", "Comments"),
        ("Wants the conclusion before the reasons", "Conclusion"),
        ("Bevorzugt kurze Antworten", ""),
    ],
)
def test_a_name_is_made_of_what_a_statement_begins_with(statement: str, name: str) -> None:
    assert name_from(statement) == name


def test_how_sure_is_one_plain_sentence() -> None:
    a_persona = document(counted("length", False))
    assert how_sure({**a_persona, "is_sketch": True, "n_read": 7}) == "A first guess from 7 choices."
    assert how_sure(a_persona) == "Made from 10 choices, and not tested on others yet."
    assert how_sure({**a_persona, "accuracy": {"hits": 9, "n": 10}}) == "Right on 9 of 10 unseen choices."
    small = how_sure({**a_persona, "accuracy": {"hits": 7, "n": 9}})
    assert small == "Right on 7 of 9 unseen choices. That is a small test: a few more choices may change it."


def test_where_the_longer_answer_explains_the_choices_as_well_that_stands_beside_the_figure() -> None:
    report = {"explained_by": "longer", "arms": [{"name": "longer", "hits": 19, "n": 22}]}
    told = {**document(counted("length", True)), "accuracy": {"hits": 18, "n": 22}, "report": report}

    assert how_sure(told) == "Right on 18 of 22 unseen choices. Always taking the longer answer is right on 19 of 22."
    assert how_sure({**told, "report": {**report, "explained_by": ""}}) == "Right on 18 of 22 unseen choices."


def test_choices_that_share_request_and_winner_are_called_decisions() -> None:
    told = how_sure({**document(counted("length", False)), "n_choices": 12, "n_read": 12, "n_decisions": 7})

    assert told == "Made from 7 decisions, and not tested on others yet."


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


GERMAN = {
    "choices": 10,
    "languages": {"de": 7, "en": 2, "sv": 1},
    "measures": {"de": ["length", "lists"], "en": ["you"]},
}


def test_of_other_languages_it_is_said_which_measures_were_counted() -> None:
    told = languages_sentence({"counted": GERMAN})

    assert told.startswith("8 of these 10 choices are on requests in German and Swedish.")
    assert "was counted: length and lists." in told


@pytest.mark.parametrize("counted", [None, {}, {"choices": 5, "languages": {"en": 5}, "measures": {}}])
def test_where_all_is_english_nothing_is_said_of_languages(counted: object) -> None:
    assert languages_sentence({"counted": counted}) == ""


def test_every_language_that_is_told_has_a_name() -> None:
    codes = {*language._WORDS, *(code for code, _ in language._LETTERS)} - {"en"}
    told = languages_sentence(
        {"counted": {**GERMAN, "languages": dict.fromkeys(codes, 1), "measures": dict.fromkeys(codes, ("length",))}}
    )

    assert "another language" not in told


@pytest.mark.parametrize("hits", [0, 6, 10])
def test_at_half_or_below_it_is_said_to_be_no_better_than_guessing(hits: int) -> None:
    told = how_sure({**document(counted("length", False)), "accuracy": {"hits": hits, "n": 20}})

    assert told == f"Right on {hits} of 20 unseen choices. That is no better than guessing."


def test_telling_passages_are_those_that_the_measure_counts() -> None:
    text = "# Plan\n- Take it, perhaps.\n- Or not.\n\n```\n- no list\n```\nFor example, 12 times. Is that all?"

    def told(measure: str) -> list[str]:
        return [text[begin:end] for begin, end in telling_passages(measure, text)]

    assert told("lists") == ["Take it, perhaps.", "Or not."]
    assert told("headings") == ["Plan"]
    assert told("hedging") == ["perhaps"]
    assert told("examples") == ["For example"]
    assert told("numbers") == ["12"]
    assert told("question_back") == ["Is that all?"]
    assert told("length") == []
