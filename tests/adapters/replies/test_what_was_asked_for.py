"""JSON, log-probabilities and counts are read out of whatever a provider puts them in, and not believed where they are false."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from types import SimpleNamespace

import pytest

from app.adapters.answers import checked_reply
from app.adapters.language_models import library
from app.induction.model.language_model import PermanentModelError, Reply, TransientModelError
from tests.adapters.replies.asked import JUDGE, SCHEMA, THOUGHT, WORDS, answering, ask, token

FIGURES = {"A": -0.2, "B": -1.9}


@pytest.mark.parametrize(
    "content",
    [
        '{"depth": 300}',
        '```json\n{"depth": 300}\n```',
        '```\n{"depth": 300}\n```',
        'Here it is:\n```json\n{"depth": 300}\n```\nTell me if it should be changed.',
        'Here is what you asked for:\n{"depth": 300}\nTell me {if} it should [be] changed.',
        'I was asked for {"depth": integer}. So: {"depth": 300}',
        'First {"width": 2}, then {"depth": 300} and {"depth": 9}',
        '{"depth": 300} {"depth": 9}',
        '{"depth": 300}<|im_end|>',
        'The answer is {"depth": 300}.',
        '{"depth": 300,}',
        '```json\n{\n  "depth": 300,\n}\n```',
        "{'depth': 300}",
        "Here it is: {'depth': 300,} It's done.",
        "{'depth': 300, 'sure': True, 'note': None, 'words': 'a \\d'}",
    ],
)
def test_json_is_taken_out_of_the_text_around_it(provider, content):
    reply = ask(provider, SCHEMA, answering(content))

    assert isinstance(reply, Reply)
    assert json.loads(reply.text)["depth"] == 300


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        "{'depth': open('x')}",
        "{'depth': 1 + 1",
        '{"depth": 3',
        "12",
        '"depth"',
        "null",
        'It is {"width": 2}.',
        "{" * 5000,
        "[" * 60_000,
    ],
)
def test_where_no_json_of_that_shape_is_found_the_answer_is_unusable(provider, content):
    error = ask(provider, SCHEMA, answering(content))

    assert isinstance(error, TransientModelError)
    assert error.unusable


def test_a_bare_list_stands_for_an_object_that_has_only_that_list(provider):
    shape = {
        "type": "object",
        "properties": {"votes": {"type": "array", "items": {"type": "string"}}},
        "required": ["votes"],
    }

    reply = ask(provider, replace(WORDS, schema=json.dumps(shape)), answering('Votes:\n["A", "B"]'))

    assert isinstance(reply, Reply)
    assert json.loads(reply.text) == {"votes": ["A", "B"]}


def test_json_with_line_ends_inside_a_text_is_written_anew(provider):
    shape = {"type": "object", "properties": {"said": {"type": "string"}}, "required": ["said"]}

    reply = ask(provider, replace(WORDS, schema=json.dumps(shape)), answering('{"said": "one\ntwo"}'))

    assert isinstance(reply, Reply)
    assert json.loads(reply.text) == {"said": "one\ntwo"}


@pytest.mark.parametrize(
    ("figures", "content"),
    [
        ([token("A", FIGURES)], "A"),
        ([token("\n\n", {"\n\n": -0.1, " ": -2.0}), token("A", FIGURES)], "\n\nA"),
        ([token("**", {"**": -0.1}), token("A", FIGURES), token("**", {"**": -0.1})], "**A**"),
        (
            [token("B", {"B": -0.1, "A": -3.0}), token("</think>", {"</think>": -0.1}), token("A", FIGURES)],
            "B</think>A",
        ),
    ],
)
def test_probabilities_are_read_where_the_answer_begins(provider, figures, content):
    reply = ask(provider, JUDGE, answering(content, figures=figures))

    assert isinstance(reply, Reply)
    assert reply.label_logprobs == pytest.approx(FIGURES)


@pytest.mark.parametrize(
    "listed",
    [
        {"A": 0.0, "B": 0.0},
        {"A": -9999.0, "B": -9999.0},
        {"A": -100.0, "B": -100.0},
        {"A": -3.0, "B": -3.0, "The": -3.0},
        {"The": -0.1, "An": -2.0},
        {},
    ],
)
def test_figures_that_say_nothing_leave_the_letter_that_was_written(provider, listed):
    reply = ask(provider, JUDGE, answering("B", figures=[token("B", listed)] if listed else []))

    assert isinstance(reply, Reply)
    assert (reply.text, reply.label_logprobs) == ("B", {})


def test_figures_that_are_equal_and_can_be_true_are_kept(provider):
    reply = ask(provider, JUDGE, answering("A", figures=[token("A", {"A": -0.7, "B": -0.7})]))

    assert isinstance(reply, Reply)
    assert reply.label_logprobs == pytest.approx({"A": -0.7, "B": -0.7})


def test_figures_of_thoughts_are_not_taken_for_those_of_the_answer(provider):
    reply = ask(
        provider, JUDGE, answering("A", reasoning_content=THOUGHT, figures=[token("B", {"B": -0.1, "A": -3.0})])
    )

    assert isinstance(reply, Reply)
    assert (reply.text, reply.label_logprobs) == ("A", {})


@pytest.mark.parametrize(
    "choice",
    [
        {"logprobs": {"tokens": ["A"], "token_logprobs": [-0.1], "top_logprobs": [{"A": -0.1}]}},
        {"logprobs": {"content": [{"token": "A", "logprob": None}]}},
        {"logprobs": {"content": "A"}},
        {"logprobs": []},
    ],
)
def test_figures_of_an_unknown_shape_leave_the_letter_that_was_written(provider, choice):
    reply = ask(provider, JUDGE, answering("A", choice=choice))

    assert isinstance(reply, Reply)
    assert (reply.text, reply.label_logprobs) == ("A", {})


@pytest.mark.parametrize(
    ("usage", "written"),
    [
        (
            {"prompt_tokens": 9, "completion_tokens": 1450, "completion_tokens_details": {"reasoning_tokens": 1400}},
            1450,
        ),
        ({"prompt_tokens": 9, "completion_tokens": 50, "completion_tokens_details": {"reasoning_tokens": 1400}}, 1450),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 150,
                "total_tokens": 259,
                "completion_tokens_details": {"reasoning_tokens": 100},
            },
            250,
        ),
        ({"prompt_tokens": 9, "completion_tokens": 10**9, "completion_tokens_details": {"reasoning_tokens": 10**9}}, 3),
        ({"prompt_tokens": -9, "completion_tokens": -20}, 3),
        ({"prompt_tokens": 0, "completion_tokens": 0}, 3),
        ({}, 3),
    ],
)
def test_thoughts_are_counted_and_false_counts_are_not_believed(provider, usage, written):
    reply = ask(provider, WORDS, answering("A fjord.", usage=usage))

    assert isinstance(reply, Reply)
    assert reply.usage.completion_tokens == written
    assert 0 < reply.usage.prompt_tokens < 1100


def test_thoughts_that_are_not_counted_are_estimated(provider):
    reply = ask(provider, WORDS, answering("A fjord.", usage={}, reasoning_content="word " * 600))

    assert isinstance(reply, Reply)
    assert reply.usage.completion_tokens > 900


def test_an_answer_in_parts_brings_no_warning_of_a_library_to_the_terminal(provider):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        library.__wrapped__()  # as a process does before its first call
        reply = ask(provider, WORDS, answering([{"type": "text", "text": "Deep."}]))

    assert isinstance(reply, Reply)
    assert [warning for warning in told if "serializ" in str(warning.message)] == []


@pytest.mark.parametrize(("room", "advised"), [(3_000, 8_000), (32_360, 65_000), (90_000, 100_000)])
def test_more_room_is_advised_than_the_thoughts_had_but_no_more_than_the_setting_takes(room, advised):
    message = SimpleNamespace(content="", reasoning_content=THOUGHT)
    answer = SimpleNamespace(choices=[SimpleNamespace(finish_reason="length", message=message)])

    with pytest.raises(PermanentModelError) as error:
        checked_reply(answer, WORDS, room)

    assert f"thought_room={advised}," in str(error.value)
