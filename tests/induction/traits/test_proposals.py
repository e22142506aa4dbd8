from __future__ import annotations

import asyncio
import json

import pytest

from app.induction.judging.bootstrap import Trace
from app.induction.model.language_model import ModelProfile, PermanentModelError
from app.induction.traits.ballots import Statement
from app.induction.traits.cited import MOST_STATEMENTS, Cited, different
from app.induction.traits.proposals import closed, counted_statements, propose
from tests.fakes import FakeCompleter
from tests.induction.given import pair, pairs, run_over, text_of
from tests.induction.models import Scripted

NARROW = ModelProfile("fake", slot_tokens=4096)
WIDE = ModelProfile("fake", slot_tokens=16_384)


def proposed(completer, given, *, surprising=frozenset()):
    run = run_over(completer)
    return run, asyncio.run(propose(run, [Trace(one) for one in given], surprising=surprising))


def rows(*traits, when="any request"):
    return json.dumps({"traits": [{"trait": text, "opposite": contrary, "when": when} for text, contrary in traits]})


def read(*traits, when="any request"):
    """What is kept of one reply with these rows."""
    _, found = proposed(Scripted(NARROW, says={"propose": rows(*traits, when=when)}), pairs(5))
    return found


@pytest.mark.parametrize(
    ("count", "profile", "groups"),
    [
        (3, NARROW, [3]),
        (5, NARROW, [5]),
        (9, NARROW, [5]),
        (10, NARROW, [5, 5]),
        (16, NARROW, [5, 5, 5]),
        (16, WIDE, [10, 5]),
    ],
)
def test_choices_are_read_in_closed_groups_in_time_order(count, profile, groups):
    completer = FakeCompleter(profile)

    proposed(completer, pairs(count))

    assert [text_of(prompt).count("<chosen_answer>") for prompt in completer.prompts] == groups
    assert f"Question {sum(groups)}:" not in "".join(map(text_of, completer.prompts))


@pytest.mark.parametrize("profile", [NARROW, WIDE])
def test_a_choice_that_fills_no_group_changes_no_earlier_prompt(profile):
    asked = []
    for count in (15, 16, 19):
        completer = FakeCompleter(profile)
        proposed(completer, pairs(count))
        asked.append([prompt.digest for prompt in completer.prompts])

    assert asked[0] == asked[1] == asked[2]


@pytest.mark.parametrize(("count", "standing"), [(0, 5), (4, 5), (5, 5), (9, 5), (10, 10), (14, 10)])
def test_how_many_choices_stand_in_closed_groups(count, standing):
    assert closed(count) == standing


def test_choices_that_were_guessed_wrong_come_first_and_are_marked():
    completer = FakeCompleter(NARROW)

    proposed(completer, pairs(5), surprising=frozenset({"choice-3"}))

    (prompt,) = completer.prompts
    first = text_of(prompt).index("Question 3:")
    assert all(first < text_of(prompt).index(f"Question {number}:") for number in (0, 1, 2, 4))
    assert text_of(prompt).count("Unlike most people.") == 1


def test_reasoning_stands_beside_its_choice_in_a_fence():
    completer = FakeCompleter(NARROW)
    run = run_over(completer)

    asyncio.run(propose(run, [Trace(one, "it is short") for one in pairs(5)], surprising=frozenset()))

    assert text_of(completer.prompts[0]).count("<reason>\nit is short\n</reason>") == 5


def test_statements_of_several_groups_are_taken_in_turn():
    one = [Statement("likes lists"), Statement("wants examples")]
    other = [Statement("likes a warm tone"), Statement("wants the conclusion first")]

    found = different([[Cited(each) for each in group] for group in (one, other)])

    assert [each.statement.text for each in found[:3]] == ["likes lists", "likes a warm tone", "wants examples"]


def test_at_most_twelve_statements_are_tried():
    names = [
        "alpha",
        "bravo",
        "carol",
        "delta",
        "eagle",
        "fancy",
        "gamma",
        "hotel",
        "india",
        "joker",
        "kilos",
        "limas",
        "mango",
    ]

    assert len(read(*((f"prefers {name} endings", "") for name in names))) == MOST_STATEMENTS == 12


def test_a_statement_and_its_contrary_are_not_both_tried():
    found = read(
        ("prefers shorter answers", "prefers longer answers"),
        ("prefers longer answers", "prefers shorter answers"),
        ("likes answers that are shorter", "likes answers that are longer"),
        ("prefers more detailed answers that are longer", ""),
    )

    assert [each.text for each in found] == ["prefers shorter answers"]


def test_a_statement_for_one_kind_of_request_may_stand_beside_its_contrary_for_any():
    (code,) = read(("prefers shorter answers", "prefers longer answers"), when="code")

    any_kind = Statement("prefers longer answers", "prefers shorter answers")

    found = different([[Cited(code)], [Cited(any_kind)]])

    assert [each.statement for each in found] == [code, any_kind]


@pytest.mark.parametrize(
    "text",
    [
        "prefers answers that respect their Christian faith",
        "is a software developer",
        "prefers answers that say more than the other answer",
        "",
        "prefers answers",
        "prefers " + "very " * 60 + "long answers",
        "喜欢" + "简短" * 60,
    ],
)
def test_what_is_private_about_the_person_empty_or_endless_is_not_tried(text):
    assert read((text, "likes lists")) == []


def test_a_contrary_that_may_not_be_shown_is_left_out_and_its_statement_stays():
    assert read(("prefers plain words", "wants comfort for their depression")) == [Statement("prefers plain words")]


@pytest.mark.parametrize("opposite", ["Prefers bulleted lists", "likes bulleted lists", "wants more bullets"])
def test_a_contrary_that_says_the_same_is_none(opposite):
    assert read(("prefers bulleted lists", opposite)) == [Statement("prefers bulleted lists")]


@pytest.mark.parametrize(("when", "kept"), [("any request", ""), ("code", "code"), ("cooking", ""), (None, "")])
def test_a_condition_is_one_of_the_kinds_that_are_known_or_none(when, kept):
    (statement,) = read(("likes lists", ""), when=when)

    assert statement.when == kept


@pytest.mark.parametrize("text", ["", "none", "[]", "{}", '{"traits": 1}', '{"traits": ["likes lists", null]}'])
def test_a_reply_that_cannot_be_read_proposes_nothing(text):
    run, found = proposed(Scripted(NARROW, says={"propose": text}), pairs(5))

    assert found == []
    assert run.missing == []


def test_a_group_that_was_not_answered_is_named_and_the_other_one_proposes():
    completer = Scripted(
        NARROW,
        says={"propose": lambda prompt: PermanentModelError("gone") if "Question 7" in text_of(prompt) else None},
    )

    run, found = proposed(completer, pairs(10))

    assert found
    assert run.missing == ["The model did not answer 1 of 2 calls while proposing traits: gone"]


def test_what_is_counted_is_worded_as_most_choices_have_it_the_clearest_first():
    given = [pair(number, chosen="- one\n- two", rejected=f"Plain, {number}") for number in range(3)]
    given.append(pair(7, chosen="Plain", rejected="It may be so, perhaps: " + "word " * 30))

    found = counted_statements(given)

    assert (found[0].text, found[0].opposite) == (
        "prefers answers with more list items",
        "prefers answers with fewer list items",
    )
    assert Statement("prefers answers with fewer hedging words", "prefers answers with more hedging words") in found


def test_where_nothing_can_be_counted_nothing_is_tried():
    assert counted_statements([pair(0, chosen="same", rejected="some")]) == []


@pytest.mark.parametrize(("choices", "most"), [(2, 4), (3, 6), (5, 8)])
def test_few_choices_are_asked_for_few_traits(choices, most):
    completer = FakeCompleter(WIDE)

    proposed(completer, pairs(choices))

    (prompt,) = completer.prompts
    assert f"3 to {most} candidate traits" in text_of(prompt)
