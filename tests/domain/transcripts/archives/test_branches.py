"""Choices in the branches of a chat: votes on brothers, answers that were written anew, and what is no choice."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.choices.preference import Verdict
from app.domain.texts.conversation import Turn
from app.domain.transcripts.archives.gathered import Grade
from tests.domain.transcripts.archives.given import chat, node, read_files, summary

ASKED = node("q", "", "user", "Sky?")
BLUE, RED = node("a", "q", "assistant", "Blue."), node("b", "q", "assistant", "Red.")
GOES_ON = node("r", "b", "user", "Why?"), node("c", "r", "assistant", "Dusk.")


def thumb(message: str, rating: str, name: str = "id") -> dict[str, Any]:
    return {"conversation_id": "k", name: f"id-{message}", "rating": rating, "content": "{}"}


def compared(rating: str, new: str = "Red.") -> dict[str, Any]:
    turn = {"original_turn": ("a", "Blue."), "new_turn": ("b", new)}
    step: dict[str, Any] = {name: [{"id": key, "content": {"parts": [text]}}] for name, (key, text) in turn.items()}
    step = {**step, "completion_comparison_rating": rating}
    asked = {"prompt_convo": {"messages": [{"author": {"role": "user"}, "content": {"parts": ["Sky?"]}}]}}
    return {"conversation_id": "k", "content": {"input": asked, "output": {"feedback_step_2": step}}}


@pytest.mark.parametrize(
    ("chats", "beside", "expected"),
    [
        ([chat("k", "c", ASKED, BLUE, RED, *GOES_ON)], {}, "C1, -other branch 1"),
        ([chat("k", "b", ASKED, BLUE, RED)], {}, "-other branch 1, -regenerated, not continued 1"),
        # The same words sent again are the same question, other words are another one.
        (
            [chat("k", "c", ASKED, BLUE, node("q2", "", "user", " Sky? "), node("b", "q2", "assistant", "Red."), *GOES_ON)],
            {},
            "C1, -other branch 2",
        ),
        (
            [chat("k", "c", ASKED, BLUE, node("q2", "", "user", "Sea?"), node("b", "q2", "assistant", "Red."), *GOES_ON)],
            {},
            "-other branch 2",
        ),
        # Both spellings of a thumb; one beside an answer without beats it, one alone is no choice.
        (
            [chat("k", "c", ASKED, BLUE, RED, *GOES_ON)],
            {"message_feedback.json": [thumb("a", "thumbs_up"), thumb("c", "thumbsDown", "message_id")]},
            "B1, D1, -other branch 1",
        ),
        (
            [chat("k", "c", ASKED, BLUE, RED, *GOES_ON)],
            {"message_feedback.json": [thumb("gone", "thumbsUp")]},
            "C1, -other branch 1, -vote on something not here 1",
        ),
        # A pair that was asked about is counted once, at its best grade.
        (
            [chat("k", "c", ASKED, BLUE, RED, *GOES_ON)],
            {"model_comparisons.json": [compared("new")]},
            "A1, -other branch 1",
        ),
        (
            [chat("k", "a", ASKED, BLUE)],
            {"model_comparisons.json": [compared("same"), compared("new", ""), compared("perhaps")]},
            "ties1, -choice without text 1, -no verdict 1",
        ),
        # An answer in pieces, with a tool between, is one turn; equal texts are nothing to choose between.
        (
            [chat("k", "a2", ASKED, BLUE, node("t", "a", "tool", "x"), node("a2", "t", "assistant", "Deep."))],
            {},
            "-tool 1",
        ),
        (
            [chat("k", "c", ASKED, node("a", "q", "assistant", "Red."), RED, *GOES_ON)],
            {},
            "-no difference 1, -other branch 1",
        ),
    ],
)  # fmt: skip
def test_what_the_branches_of_a_chat_tell(chats: list[Any], beside: dict[str, Any], expected: str) -> None:
    report, _ = read_files({"conversations.json": chats, **beside})

    assert summary(report).partition(", ")[2] == expected


def test_an_answer_that_was_kept_won_over_the_one_that_was_left() -> None:
    _, found = read_files({"conversations.json": [chat("k", "c", ASKED, BLUE, RED, *GOES_ON)]})

    (choice,) = found.choices
    assert (choice.grade, choice.comparison.verdict) == (Grade.KEPT, Verdict.FIRST)
    assert choice.comparison.context == (Turn("user", "Sky?"),)
    assert (choice.comparison.first.text, choice.comparison.second.text) == ("Red.", "Blue.")


def test_a_recorded_comparison_keeps_its_question_and_nothing_of_where_the_person_was() -> None:
    row = compared("original")
    row["content"]["metadata"] = {"city": "Bern"}

    _, found = read_files({"model_comparisons.json": [row]})

    assert [each.comparison.context for each in found.choices] == [(Turn("user", "Sky?"),)]
    assert "Bern" not in repr(found)


def test_a_tree_is_read_without_its_end_and_with_a_circle_in_it() -> None:
    no_end = chat("k", "", ASKED, node("a", "q", "assistant", "Blue.", create_time=1_750_000_000_000))
    circle = chat("l", "b", node("a", "b", "user", "Sky?"), node("b", "a", "assistant", "Blue."))

    report, _ = read_files({"conversations.json": [no_end, circle]})

    assert summary(report) == "chatgpt 2/2/2"


def test_a_chat_that_stands_in_two_shards_counts_once_as_it_was_last() -> None:
    old = {**chat("k", "a", ASKED, BLUE), "update_time": 1.0}
    new = {**chat("k", "c", ASKED, RED, *GOES_ON), "update_time": 2.0}

    report, _ = read_files({"conversations-000.json": [new], "conversations-001.json": [old]})

    assert summary(report) == "chatgpt 1/2/2, -double 1"
