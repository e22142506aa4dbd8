"""The exported prompt: own words first, nothing tentative, nothing against own words, numbers for lengths, little boilerplate."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.measures import NAMES
from app.domain.prompt_targets.compiler import (
    ABOUT_THE_PERSON,
    MOST_LINES,
    about_the_person,
    prompt_lines,
    system_prompt,
)
from app.domain.prompt_targets.imperatives import imperative
from app.domain.prompt_targets.instructions import instruction, rounded

LENGTHS = {"": 147, "facts": 58, "advice": 152}


def counted(
    measure: str,
    more: bool,
    *,
    apart: bool = False,
    most: float = 0.3,
    certainty: str = "clear",
    its: tuple[int, int] = (8, 1),
) -> dict[str, Any]:
    told = {
        "measure": measure,
        "more": more,
        "for": its[0],
        "against": its[1],
        "most_people": most,
        "sets_apart": apart,
    }
    return {"text": f"prefers {measure}", "certainty": certainty, "counted": told}


def worded(text: str, certainty: str = "clear") -> dict[str, Any]:
    return {"text": text, "certainty": certainty}


def document(*traits: dict[str, Any], stated: str = "") -> dict[str, Any]:
    return {"traits": list(traits), "stated": stated, "lengths": LENGTHS}


def test_what_anybody_would_have_guessed_is_told_as_common_taste_after_what_is_ones_own() -> None:
    told = document(
        {**worded("likes tables"), "is_common": True}, worded("dislikes praise of the question that was asked")
    )

    assert [line.source for line in prompt_lines(told)] == ["own", "common"]


def test_a_whole_prompt_reads_as_instructions_in_order() -> None:
    told = document(
        counted("length", True, most=0.74),
        counted("lists", True),
        counted("hedging", False),
        counted("examples", True, apart=True),
        stated="Explain the steps.",
    )

    assert system_prompt(told) == (
        "How to answer me:\n"
        "- Explain the steps.\n"
        '- Give an example in every answer, and begin it with "for example" or "for instance".\n'
        "- Put three or more parallel points into a list, one idea on each line.\n"
        '- Say it plainly; no "may", "perhaps" or "it depends" around everything. Where you do not know, say so once.\n'
        "Facts and safety first, then my request, then this.\n"
    )
    assert about_the_person(told) >= ABOUT_THE_PERSON


def test_the_other_voice_speaks_of_the_user() -> None:
    told = system_prompt(document(counted("lists", False), counted("question_back", True)), "user")
    assert told.startswith(
        "How to answer the user:\n- Write in connected prose; make a list only when they ask for a list."
    )
    assert told.endswith("then the user's request, then this.\n")


def test_lengths_are_numbers_and_a_kind_that_differs_has_its_own() -> None:
    assert instruction("length", more=True, lengths=LENGTHS) == (
        "Aim for about 150 words on a question like these (for facts 60); shorter where it needs less."
    )
    assert instruction("length", more=False, lengths={"": 41}).startswith("Keep to about 40 words; write more only")
    assert instruction("length", more=True, lengths={}) == ""
    assert [rounded(words) for words in (3, 57, 183, 262, 610)] == [5, 55, 180, 250, 600]


def test_own_words_stand_line_by_line_as_they_were_typed_without_their_bullets() -> None:
    told = document(counted("examples", True), stated="- keep it short\n\n* no lists\n2) be kind")
    assert [line.text for line in prompt_lines(told)][:3] == ["keep it short", "no lists", "be kind"]
    many = document(stated="\n".join(f"rule {number}" for number in range(9)))
    assert [line.text for line in prompt_lines(many)] == [" ".join(f"rule {number}" for number in range(9))]


def test_nothing_tentative_is_written_and_nothing_is_said_twice() -> None:
    told = document(counted("lists", True, certainty="tentative"), worded("Likes jokes"), worded("likes jokes."))
    assert [line.text for line in prompt_lines(told)] == ["Give me jokes."]
    assert system_prompt(document(counted("lists", True, certainty="tentative"))) == ""


@pytest.mark.parametrize(
    ("stated", "against"),
    [
        ("Long, detailed answers with examples.", counted("length", False)),
        ("Long, detailed answers with examples.", counted("scant", True)),
        ("Give examples and be brief", counted("examples", False)),
        ("Keep it short.", worded("Prefers longer answers")),
        ("No lists!", counted("lists", True)),
    ],
)
def test_own_words_are_never_contradicted(stated: str, against: dict[str, Any]) -> None:
    lines = prompt_lines(document(against, counted("code", True), stated=stated))
    assert [line.source for line in lines] == ["words", "own"]


@pytest.mark.parametrize(
    ("statement", "instruction_"),
    [
        (
            "Likes one idea per list item rather than dense paragraphs",
            "Give me one idea per list item rather than dense paragraphs.",
        ),
        ("Dislikes hedging such as may or perhaps", "Avoid hedging such as may or perhaps."),
        ("For facts: prefers a number first", "For facts: give me a number first."),
        ("For facts, texts to edit and code: prefers prose", "For facts, texts to edit and code: give me prose."),
        ("When asked to write something, prefers a title", "For writing: give me a title."),
        ("Unless asked for code, prefers prose", "Except for code: give me prose."),
        ("Wants to see the reasons.", "Give me the reasons."),
        ("Prefers more concrete examples from daily life", "Give me concrete examples from daily life."),
        (
            "For advice: wants shorter answers that name the risk first",
            "For advice: give me short answers that name the risk first.",
        ),
        ("Likes answers with less jargon and fewer asides", "Give me answers with little jargon and few asides."),
        ("Prefers no more than three options", "Give me no more than three options."),
        ("Likes longer sentences than most", "Give me longer sentences than most."),
        ("Prefers that sources are named", "See to it that sources are named."),
        ("Bevorzugt kurze Antworten", "Bevorzugt kurze Antworten."),
    ],
)
def test_a_statement_becomes_an_instruction(statement: str, instruction_: str) -> None:
    assert imperative(statement).replace("{me}", "me") == instruction_


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        (
            "Prefers longer answers",
            "Aim for about 120 words on a question like these (for code 40); shorter where it needs less.",
        ),
        (
            "For code: prefers shorter answers",
            "For code: keep to about 40 words; write more only where I ask for more.",
        ),
        ("For advice: prefers shorter answers", "For advice: give me short answers."),
        ("Dislikes bullet lists", "Write in connected prose; make a list only when I ask for a list."),
        ("Likes answers with fewer list items", "Write in connected prose; make a list only when I ask for a list."),
        (
            "Likes lists whose items each name a price and a shop",
            "Give me lists whose items each name a price and a shop.",
        ),
    ],
)
def test_what_a_model_says_of_a_measure_is_written_as_its_testable_line(statement: str, line: str) -> None:
    told = {**document(worded(statement)), "lengths": {"": 120, "code": 42}}
    assert [each.text for each in prompt_lines(told)] == [line]


def test_a_stored_persona_goes_on_exporting_what_was_tested_under_the_kinds_of_old() -> None:
    told = document(
        worded("When asked for a calculation, prefers shorter answers"),
        worded("Unless asked for code, prefers plain words"),
        worded("Prefers longer answers"),
    )
    told = {**told, "lengths": {"": 150, "maths": 40, "code": 60}}

    assert [line.text for line in prompt_lines(told)] == [
        "For maths: keep to about 40 words; write more only where I ask for more.",
        "Except for code: give me plain words.",
        "Aim for about 150 words on a question like these (for maths 40, for code 60); shorter where it needs less.",
    ]


@pytest.mark.parametrize("measure", [name for name in NAMES if name != "length"])
def test_every_measure_has_a_line_for_either_side(measure: str) -> None:
    both = [instruction(measure, more=more, lengths={}) for more in (True, False)]
    assert both[0] != both[1]
    # Three of the shortest must outweigh what is the same for everybody.
    assert min(map(len, both)) >= 60


def test_a_clear_trait_that_most_people_share_takes_the_place_of_likely_ones_of_ones_own() -> None:
    shorter = counted("length", False, most=0.26, certainty="likely")
    plain = counted("hedging", False, most=0.37, certainty="likely")
    warm = counted("warmth", True, most=0.59)
    told = {**document(shorter, plain, warm), "lengths": {"": 147}}

    assert [line.trait for line in prompt_lines(told)] == [0, 2]
    weak = {**told, "traits": [shorter, plain, {**warm, "certainty": "likely"}]}
    assert [line.trait for line in prompt_lines(weak)] == [0, 1]
    sure = {**told, "traits": [{**shorter, "certainty": "clear"}, {**plain, "certainty": "clear"}, warm]}
    assert [line.trait for line in prompt_lines(sure)] == [0, 1]


def test_what_counting_has_from_most_people_rather_than_from_the_person_stands_beside_no_other_line() -> None:
    short = counted("length", False, apart=True, its=(10, 0))
    lists = counted("lists", True, most=0.68, its=(10, 0))
    examples = counted("examples", True, most=0.69, its=(6, 4))
    warm = counted("warmth", True, most=0.59, its=(3, 0))

    assert [line.trait for line in prompt_lines(document(short, examples, warm))] == [0]
    assert [line.trait for line in prompt_lines(document(examples, lists))] == [1]
    assert [line.text for line in prompt_lines(document(examples, stated="Be kind."))] == ["Be kind."]
    assert [line.trait for line in prompt_lines(document(examples))] == [0]
    anybodys = {**worded("likes tables"), "most_people": 0.7}
    assert [line.trait for line in prompt_lines(document(short, anybodys))] == [0, 1]


def test_of_one_source_the_clear_lines_stand_first_and_are_kept_first() -> None:
    likely = [worded(f"Likes jokes of sort {number} very much", "likely") for number in range(MOST_LINES)]
    clear = worded("Dislikes praise of the question that was asked")

    lines = prompt_lines(document(*likely, clear))

    assert len(lines) == MOST_LINES
    assert lines[0].trait == MOST_LINES


TRAIT = st.builds(
    counted,
    st.sampled_from(NAMES),
    st.booleans(),
    apart=st.booleans(),
    most=st.sampled_from([0.2, 0.5, 0.8]),
    certainty=st.sampled_from(["clear", "likely", "tentative"]),
) | st.builds(
    worded,
    st.sampled_from(
        ["Prefers bullet lists", "Likes short answers", "Avoids hedging", "Likes jokes", "Wants code first, then words"]
    ),
    st.sampled_from(["clear", "likely"]),
)


@given(
    st.lists(TRAIT, max_size=12), st.sampled_from(["", "Keep it short, no lists.", "Warm and detailed, with examples."])
)
def test_whatever_the_traits_the_person_has_most_of_the_text_where_three_lines_exist(
    traits: list[dict[str, Any]], stated: str
) -> None:
    told = document(*traits, stated=stated)
    lines = prompt_lines(told)
    own = [line for line in lines if line.source != "common"]

    assert len(lines) <= MOST_LINES
    assert all(told["traits"][line.trait]["certainty"] != "tentative" for line in lines if line.trait is not None)
    order = ["words", "apart", "own", "common"]
    assert [line.source for line in lines] == sorted((line.source for line in lines), key=order.index)
    if len(own) >= 3:
        assert about_the_person(told) >= ABOUT_THE_PERSON
    assert system_prompt(told) == system_prompt(told)
    if lines:
        assert "{" not in system_prompt(told)


@given(st.lists(TRAIT, max_size=12), st.sampled_from(["", "Keep it short, no lists."]))
def test_no_clear_trait_is_left_out_for_what_is_only_likely(traits: list[dict[str, Any]], stated: str) -> None:
    lines = prompt_lines(document(*traits, stated=stated))
    surely = prompt_lines(document(*(each for each in traits if each["certainty"] == "clear"), stated=stated))

    missing = {line.text for line in surely} - {line.text for line in lines}
    # The one line that is about the person stays, whatever most people like.
    assert not missing or sum(line.source != "common" for line in lines) == 1
