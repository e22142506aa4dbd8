"""Relatives of the known shapes, met in the wild: each is read as what it means, or refused with the true reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.choices.preference import Verdict
from app.domain.errors import BadInput
from app.domain.transcripts.detector import read_preferences
from app.domain.transcripts.settling import people_in
from tests.domain.transcripts.cases import answers, lines, read, said

SKY = {"role": "user", "content": "Sky?"}
BLUE, RED = {"role": "assistant", "content": "Blue."}, {"role": "assistant", "content": "Red."}
ROW = {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Red."}


@pytest.mark.parametrize("written", [json.dumps, list], ids=["as text", "as lists"])
@pytest.mark.parametrize(
    ("won", "verdict"),
    [
        ({"winner_model_a": 1, "winner_model_b": 0, "winner_tie": 0}, Verdict.FIRST),
        ({"winner_model_a": 0, "winner_model_b": 1.0, "winner_tie": 0}, Verdict.SECOND),
        ({"winner_model_a": "0", "winner_model_b": "0", "winner_tie": "1"}, Verdict.SAME),
        ({"winner": "model_b"}, Verdict.SECOND),
        ({"winner": "B"}, Verdict.SECOND),
    ],
)
def test_a_table_of_battles_is_read_turn_by_turn(written: Any, won: dict[str, Any], verdict: Verdict) -> None:
    row = {
        "prompt": written(["Sky?", "Sure?"]),
        "response_a": written(["Blue.", "Yes."]),
        "response_b": written(["Blue.", "No."]),
        "model_a": "m1",
        "judge": "ana",
        **won,
    }

    (found,) = read(row).comparisons

    assert said(found) == [("user", "Sky?"), ("assistant", "Blue."), ("user", "Sure?")]
    assert (found.first.text, found.second.text, found.verdict, found.sides_known) == ("Yes.", "No.", verdict, True)
    assert (found.first_model, found.person) == ("m1", "ana")


def parts(turn: dict[str, str]) -> dict[str, Any]:
    return {**turn, "content": [{"type": "text", "text": turn["content"], "image": None}]}


def test_a_vote_late_in_a_session_of_the_arena_has_what_was_said_before_it() -> None:
    first = {"user": parts(SKY), "model_side_a": parts(BLUE), "model_side_b": parts(RED)}
    dusk = {"role": "user", "content": "At dusk?"}
    row = {
        "evaluation_session_id": "s",
        "evaluation_order": 2,
        "winner": "model_b",
        "conversation_a": [parts(dusk), parts(RED)],
        "conversation_b": [parts(dusk), parts(BLUE)],
        "full_conversation": [first, {"user": parts(dusk), "model_side_a": parts(RED), "model_side_b": parts(BLUE)}],
    }

    (whole,) = read(row).comparisons
    other_moment = read({**row, "full_conversation": [first]})

    assert (said(whole), whole.verdict) == ([("user", "Sky?")], Verdict.SECOND)
    assert [turn.content for turn in whole.first.lead_in] == ["Blue.", "At dusk?"]
    assert said(other_moment.comparisons[0]) == [("user", "At dusk?")]
    assert [told.why for told in other_moment.left_out] == ["What had been said before the vote was left out."]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"response_b": ["Blue."]}, "different numbers of turns"),
        ({"winner_model_b": 1}, "Exactly one of winner_model_a"),
        ({"response_a": ["Blue.", None]}, "an answer that is not there"),
    ],
)
def test_a_table_of_battles_that_does_not_add_up_is_refused(changed: dict[str, Any], reason: str) -> None:
    row = {"prompt": ["Sky?", "Sure?"], "response_a": ["a", "b"], "response_b": ["c", "d"], "winner_model_a": 1}

    with pytest.raises(BadInput, match=reason):
        read({**row, **changed})


@pytest.mark.parametrize(
    "data",
    [
        {"data": [ROW, ROW]},
        {"train": [ROW, ROW], "version": 2},
        {"rows": [{"row_idx": 0, "row": ROW}, {"row_idx": 1, "row": ROW}]},
    ],
)
def test_rows_inside_one_object_are_read(data: dict[str, Any]) -> None:
    found = read_preferences(json.dumps(data).encode())

    assert [one.where for one in found.comparisons] == ["item 1", "item 2"]


def test_columns_in_other_letters_are_the_known_ones() -> None:
    found = read({"Prompt": "Sky?", "Chosen": "Blue.", " REJECTED ": "Red.", "User_ID": "ana", "Split": "Test"})

    assert answers(found) == [("Blue.", "Red.")]
    assert (found.comparisons[0].person, found.comparisons[0].split) == ("ana", "test")


def test_a_user_column_is_the_question_where_nothing_else_is_and_a_person_otherwise() -> None:
    asked = read({"system": "Be brief.", "user": "Sky?", "chosen": "Blue.", "rejected": "Red."})
    named = read({**ROW, "user": "ana"})

    assert said(asked.comparisons[0]) == [("system", "Be brief."), ("user", "Sky?")]
    assert (people_in(asked), people_in(named)) == ({"": 1}, {"ana": 1})


def test_messages_that_already_hold_the_chosen_answer_do_not_lead_to_it_again() -> None:
    found = read({"messages": [SKY, BLUE], "chosen": "Blue.", "rejected": "Red."})

    assert (said(found.comparisons[0]), answers(found)) == ([("user", "Sky?")], [("Blue.", "Red.")])
    assert found.comparisons[0].first.lead_in == ()


def test_what_stands_before_the_first_human_label_is_the_system_s() -> None:
    prompt = read({**ROW, "prompt": "Be brief.\n\nHuman: Sky?\n\nAssistant:"})
    whole = read(
        {
            name: f"Be brief.\n\nHuman: Sky?\n\nAssistant: {said_}"
            for name, said_ in (("chosen", "a"), ("rejected", "b"))
        }
    )
    turns = read({**ROW, "prompt": "Sea?\n\nAssistant: Wet.\n\nHuman: Sky?\n\nAssistant:"})

    for found in (prompt, whole):
        assert said(found.comparisons[0]) == [("system", "Be brief."), ("user", "Sky?")]
    assert said(turns.comparisons[0]) == [("user", "Sea?"), ("assistant", "Wet."), ("user", "Sky?")]


def test_answers_that_are_about_labelled_texts_stay_answers() -> None:
    dialogue = "Sure:\n\nHuman: hi\n\nAssistant: {}"
    row = {"prompt": "Write a dialogue.", "chosen": dialogue.format("hello"), "rejected": dialogue.format("hey")}

    found = read(row)

    assert said(found.comparisons[0]) == [("user", "Write a dialogue.")]
    assert answers(found) == [(row["chosen"], row["rejected"])]


def test_a_question_that_is_about_a_label_stays_a_question() -> None:
    question = "What does this mean?\n\nHuman: hi"

    assert said(read({**ROW, "prompt": question}).comparisons[0]) == [("user", question)]


def test_line_breaks_inside_a_text_of_a_line_are_text() -> None:
    found = read_preferences(b'{"prompt": "S\nky?", "chosen": "Blue.", "rejected": "Red."}\n' + lines(ROW) + b"\n\x1a")

    assert [said(one)[0][1] for one in found.comparisons] == ["S\nky?", "Sky?"]
    assert found.skipped == ()


def test_a_table_s_own_word_on_what_parts_its_columns_is_followed() -> None:
    found = read_preferences(b"sep=;\nprompt;chosen;rejected\nSky?;Blue.;Red.\nx;y\n")

    assert answers(found) == [("Blue.", "Red.")]
    assert [told.where for told in found.skipped] == ["line 4"]


def test_a_missing_quotation_mark_is_told_where_it_was_opened() -> None:
    found = read_preferences(b'prompt,chosen,rejected\nSky?,Blue.,Red.\nSky?,"Teal.,Red.\nSea?,Wet,Dry\n')

    assert answers(found) == [("Blue.", "Red.")]
    assert found.skipped[0].where == "line 3"
    assert "it reaches over 2 lines, so a quotation mark may be missing" in found.skipped[0].why
