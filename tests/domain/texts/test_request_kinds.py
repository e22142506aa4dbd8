from __future__ import annotations

import re

import pytest

from app.domain.texts import request_kinds
from app.domain.texts.conversation import Turn
from app.domain.texts.request_kinds import OTHER, kind_of


def asked(text: str) -> str:
    return kind_of((Turn("user", text),))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write a Python function that sorts names", "code"),
        ("Why does this fail?\n```\nfoo()\n```", "code"),
        ("SELECT name FROM people is slow, why?", "code"),
        ("How do I sort names in C++ quickly?", "code"),
        ("What is 17 * 23?", "calculation"),
        ("Solve x^2 = 9", "calculation"),
        ("If I drive 60 miles in 45 minutes, how many miles an hour is that?", "calculation"),
        ("Write a short poem about rain", "making"),
        ("Please proofread my cover letter", "editing"),
        ("Translate this into French", "editing"),
        ("Should I take the job?", "advice"),
        ("Any tips for a first marathon?", "advice"),
        ("What can I do when my boss reads my mails?", "advice"),
        ("Is a tomato a fruit?", "closed"),
        ("how many christians are there", "facts"),
        ("How many countries use the death penalty?", "facts"),
        ("how do i beat inflation?", "advice"),
        ("Fix the grammar of this sentence: he go home", "editing"),
        ("Do you think art should be free?", "opinion"),
        ("What is your favourite colour?", "opinion"),
        ("What is the capital of Peru?", "facts"),
        ("Explain photosynthesis", "facts"),
        ("Hello there", "chat"),
        ("", OTHER),
    ],
)
def test_a_request_is_told_by_its_signs(text, kind):
    assert asked(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How do I write a script that greets people?", "code"),
        ("Should I write an essay or a poem?", "making"),
        ("What should I do about my friend?", "advice"),
    ],
)
def test_of_several_kinds_the_first_in_their_order_counts(text, kind):
    assert asked(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"), [("你好，帮我看看 ```x = 1```", "code"), ("12 + 30 是多少", "calculation"), ("你喜欢什么", OTHER)]
)
def test_code_and_sums_are_told_in_any_language_and_nothing_else_is_guessed(text, kind):
    assert asked(text) == kind


@pytest.mark.parametrize("text", ["Tell me about cats", "Name a gifted person", "What is a digital codex?"])
def test_parts_of_words_are_no_signs(text):
    assert asked(text) == "facts"


def test_only_the_last_request_counts_and_no_answer_before_it():
    context = (
        Turn("user", "Write a Python script"),
        Turn("assistant", "```\nprint()\n```"),
        Turn("user", "What is the capital of Peru?"),
    )

    assert kind_of(context) == "facts"
    assert kind_of((Turn("system", "You write code."), Turn("user", "Hello there"))) == "chat"
    assert kind_of(()) == OTHER


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("select " * 14_000, "chat"),
        ("function " * 11_000, "chat"),
        ("def " * 25_000, "chat"),
        ("\n" * 100_000, OTHER),
        ("- \n" * 33_000 + "what", "facts"),
        ("1 " * 50_000, "chat"),
        ("select a, " * 9_000 + "b from c", "code"),
        ("function f(x)" + " " * 100, "code"),
    ],
)
def test_a_request_that_repeats_itself_is_told_as_any_other(text, kind):
    assert asked(text) == kind


def test_no_sign_may_run_on_without_a_bound():
    """From each of many beginnings it would read the rest of the request: the square of its length."""
    signs = [rule.pattern for _, rule in request_kinds._RULES]

    assert not [pattern for pattern in signs if re.search(r"(?<!\\)\.[*+]|\\[WS][*+]|\^\\s", pattern)]
