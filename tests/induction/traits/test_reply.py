"""How a reply with notes, listed manners and traits is asked for and read."""

from __future__ import annotations

import asyncio
import json

import pytest

from app.domain.choices.decisions import decisions_of
from app.domain.manners import BY_NUMBER, MANNERS
from app.induction.judging.bootstrap import Trace
from app.induction.model.language_model import ModelProfile, Reply
from app.induction.traits import reply
from app.induction.traits.proposals import propose
from tests.fakes import FakeCompleter
from tests.induction.given import pair, pairs, run_over, text_of
from tests.induction.models import Scripted

WIDE, NARROW = ModelProfile("fake", slot_tokens=16_384), ModelProfile("fake", slot_tokens=4096)


def row(text, **cited):
    return {"trait": text, "opposite": "", "when": "any request", **cited}


def read(*traits, manners=(), decisions=5, surprising=()):
    said = Reply(json.dumps({"notes": [], "manners": list(manners), "traits": list(traits)}))
    return reply.read(said, decisions_of(pairs(decisions)), frozenset(surprising))


def prompt_for(given, profile):
    completer = FakeCompleter(profile)
    asyncio.run(propose(run_over(completer), [Trace(one) for one in given], surprising=frozenset()))
    return completer.prompts[0]


def test_the_notes_are_written_before_the_traits():
    schema = json.loads(prompt_for(pairs(5), NARROW).schema)["properties"]

    assert list(schema) == ["notes", "traits"]
    assert schema["notes"]["minItems"] == schema["notes"]["maxItems"] == 5
    assert list(schema["notes"]["items"]["properties"]) == ["choice", "has", "gave_up"]
    assert (schema["traits"]["minItems"], schema["traits"]["maxItems"]) == (3, 6)


def test_a_large_slot_is_shown_the_manners_by_number():
    wide, narrow = (prompt_for(pairs(5), profile) for profile in (WIDE, NARROW))

    assert f"\n{len(MANNERS)}: {MANNERS[-1].prefers} / {MANNERS[-1].contrary}" in text_of(wide)
    assert "manners" in json.loads(wide.schema)["properties"]
    assert MANNERS[-1].prefers not in text_of(narrow)


def test_where_a_request_is_not_in_english_the_list_that_is_in_english_is_not_shown():
    german = pair(9, asked="Wie kann ich meine Pflanzen im Winter am Leben halten, wenn ich nicht zu Hause bin?")

    assert "manners" not in json.loads(prompt_for([*pairs(4), german], WIDE).schema)["properties"]


def test_a_trait_carries_the_choices_that_are_named_for_and_against_it():
    (found,) = read(row("likes a table", **{"for": [1, 3, 5], "against": [2]}))

    assert found.supporting == ("choice-0", "choice-2", "choice-4")
    assert found.opposing == ("choice-1",)


@pytest.mark.parametrize(
    ("pro", "con", "kept"),
    [
        ([1, 2], [2, 3], (("choice-0",), ("choice-2",))),
        ([0, 1, 9, -2], [], (("choice-0",), ())),
        ([1, 1, 1.5, "2", None], 4, (("choice-0",), ())),
    ],
)
def test_a_number_that_stands_for_no_choice_or_on_both_sides_counts_for_nothing(pro, con, kept):
    (found,) = read(row("likes a table", **{"for": pro, "against": con}))

    assert (found.supporting, found.opposing) == kept


def test_a_manner_is_named_by_its_number_and_stands_for_the_side_that_was_chosen():
    taken, turned = read(
        manners=[{"manner": 1, "for": [1, 2], "against": []}, {"manner": 3, "for": [4], "against": [1, 2, 3]}]
    )

    assert taken.statement.text == BY_NUMBER[1].statement
    assert (turned.statement.text, turned.statement.opposite) == (BY_NUMBER[3].opposite, BY_NUMBER[3].statement)
    assert len(turned.supporting) == 3


@pytest.mark.parametrize("number", [0, 999, -1, "1", None, [1]])
def test_a_number_that_is_no_manner_names_none(number):
    assert read(manners=[{"manner": number, "for": [1, 2], "against": []}]) == []


def test_of_a_decision_with_several_losers_the_choice_that_was_guessed_wrong_speaks():
    given = [pair(0), pair(1)]
    (found,) = read(row("likes a table", **{"for": [2], "against": []}), decisions=2, surprising=["choice-1"])

    assert found.supporting == (given[1].pair_id,)


def test_the_persons_own_lines_are_tried_beside_what_is_proposed_and_never_alone():
    says = {"propose": json.dumps({"traits": [row("likes a table")]})}
    for told, expected in ((says, ["likes riddles", "likes a table"]), ({"propose": "none"}, [])):
        run = run_over(Scripted(NARROW, says=told))
        run.stated = "I like riddles"

        found = asyncio.run(propose(run, [Trace(one) for one in pairs(5)], surprising=frozenset()))

        assert [one.text for one in found] == expected
