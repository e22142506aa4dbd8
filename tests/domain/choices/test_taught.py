from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.choices.taught import parted_from, taught_by, taught_from_json
from app.domain.texts.conversation import Turn


def choice(number: int, *, conversation: str = "", context: tuple[Turn, ...] = (), **changed: str) -> PreferencePair:
    """The choice of a number: its own request, its own two answers, its own conversation unless told otherwise."""
    return PreferencePair(
        pair_id=f"p{number}",
        context=context or (Turn("user", changed.get("asked", f"Question {number}?")),),
        chosen=Completion(changed.get("chosen", f"Short {number}.")),
        rejected=Completion(changed.get("rejected", f"Long and winding {number}.")),
        conversation_id=conversation or f"k{number}",
        chosen_first=True,
    )


TAUGHT = taught_by([choice(number) for number in range(5)])


def test_what_taught_is_known_again_whatever_its_order_its_side_and_its_verdict():
    turned = replace(choice(2), pair_id="other", conversation_id="other", chosen_first=False)
    opposite = replace(turned, chosen=turned.rejected, rejected=turned.chosen)

    found = parted_from(TAUGHT, [choice(7), opposite, choice(1), choice(8)])

    assert [pair.pair_id for pair in found.taught] == ["other", "p1"]
    assert [pair.pair_id for pair in found.unseen] == ["p7", "p8"]
    assert found.tied == ()


@pytest.mark.parametrize(
    "copy",
    [
        "  def f():\r\n\treturn 1  ",
        "def f():\n return 1",
        "\N{ZERO WIDTH SPACE}def f():\N{NO-BREAK SPACE}return\N{RIGHT-TO-LEFT OVERRIDE} 1\N{BYTE ORDER MARK}",
        "def f():\N{NEXT LINE}    return 1\0",
    ],
)
def test_a_copy_that_lost_or_won_what_is_not_seen_is_the_same_choice(copy):
    taught = taught_by([choice(1, chosen="def f():\n    return 1")])

    assert len(parted_from(taught, [choice(1, chosen=copy)]).taught) == 1
    assert len(parted_from(taught, [choice(1, chosen="def f():\n    return 2", rejected="x")]).taught) == 0


def test_another_answer_to_a_request_beside_one_that_taught_is_no_unseen_choice():
    one = replace(choice(9), context=choice(1).context, chosen=choice(1).rejected)
    next_to_it = replace(choice(10), context=one.context, chosen=one.rejected)
    same_request_alone = replace(choice(11), context=one.context)

    found = parted_from(TAUGHT, [one, next_to_it, same_request_alone])

    assert [pair.pair_id for pair in found.tied] == ["p9", "p10"]
    assert [pair.pair_id for pair in found.unseen] == ["p11"]


def test_what_ties_may_stand_among_the_rows_that_do_not_test():
    between = replace(choice(9), context=choice(1).context, chosen=choice(1).rejected)
    tested = choice(20, conversation="k9")

    found = parted_from(TAUGHT, [tested, choice(21)], [between])

    assert [pair.pair_id for pair in found.tied] == ["p20"]
    assert found.taught == ()


def test_a_choice_of_a_conversation_that_taught_is_not_unseen():
    found = parted_from(TAUGHT, [choice(1), choice(9, conversation="k1"), choice(10)])

    assert [pair.pair_id for pair in found.tied] == ["p9"]


def test_another_file_may_number_its_conversations_from_one_again():
    elsewhere = [choice(number, conversation=f"k{number - 10}") for number in range(10, 14)]

    assert len(parted_from(TAUGHT, elsewhere).unseen) == 4


def test_a_conversation_is_known_by_its_first_turn_in_a_file_that_holds_no_choice_that_taught():
    later = (*choice(1).context, Turn("assistant", "Something else."), Turn("user", "And then?"))

    assert len(parted_from(TAUGHT, [choice(9, conversation="k1", context=later)]).tied) == 1
    assert len(parted_from(TAUGHT, [choice(9, conversation="k9", context=later)]).unseen) == 1


def test_a_conversation_that_goes_on_from_an_answer_that_taught_is_known_under_any_id_both_ways_round():
    later = (*choice(1).context, Turn("assistant", "Short 1. "), Turn("user", "And then?"))
    going_on = choice(9, conversation="renamed", context=later)

    assert parted_from(TAUGHT, [going_on]).tied == (going_on,)
    assert parted_from(taught_by([going_on]), [choice(1)]).tied == (choice(1),)


def test_two_requests_after_one_greeting_are_not_one_conversation():
    greeted = (Turn("user", "Hi"), Turn("assistant", "Hello! How can I help?"))
    one, other = (choice(n, context=(*greeted, Turn("user", f"Question {n}?"))) for n in (1, 2))

    assert parted_from(taught_by([one]), [other]).unseen == (other,)


def test_turns_that_lead_to_one_answer_alone_are_part_of_it():
    led = (Turn("assistant", "Because."), Turn("user", "So?"))
    one = replace(choice(1), chosen=Completion("Yes.", led))

    assert len(parted_from(taught_by([one]), [one]).taught) == 1
    first_turn = replace(choice(5), context=one.context, chosen=Completion("Because."))
    assert parted_from(taught_by([one]), [first_turn]).tied == (first_turn,)


def test_digests_are_the_same_in_any_order_hold_no_text_and_differ_between_personas():
    pairs = [choice(number) for number in range(5)]

    stored = taught_by(pairs).as_json()

    assert stored == taught_by(reversed(pairs)).as_json()
    assert "Question" not in json.dumps(stored)
    assert not set(stored["choices"]) & set(taught_by(pairs[:4]).as_json()["choices"])
    assert {len(one) for kind in ("choices", "answers", "conversations") for one in stored[kind]} == {16}


def test_stored_digests_are_read_back_and_damaged_ones_are_none():
    stored = TAUGHT.as_json()

    assert taught_from_json(json.loads(json.dumps(stored))) == TAUGHT
    for damaged in ({"key": 1}, {"choices": None}, {"answers": [1]}):
        assert taught_from_json({**stored, **damaged}) is None
    assert taught_from_json(None) is taught_from_json([]) is taught_from_json("x") is taught_from_json({}) is None
