"""A reply is an answer only if it is whole and is the answer; everything else is told as what it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.induction.model.language_model import ModelError, PermanentModelError, Reply, TransientModelError
from tests.adapters.replies.asked import JUDGE, SCHEMA, THOUGHT, WORDS, answering, ask

TEXT = "A fjord is a long inlet. Glaciers made it. Norway has man"


@pytest.mark.parametrize(
    "content",
    [
        "A fjord.",
        [{"type": "text", "text": "A "}, {"type": "text", "text": "fjord."}],
        [{"type": "output_text", "text": "A fjord."}],
        [{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}, {"type": "text", "text": "A fjord."}],
        [{"type": "thinking", "thinking": THOUGHT}, {"type": "text", "text": "A fjord."}],
        [{"type": "reasoning", "text": THOUGHT}, {"type": "text", "text": "A fjord."}],
        [{"text": "A fjord."}],
        ["A ", "fjord."],
        [{"type": "text", "text": {"value": "A fjord.", "annotations": []}}],
        [{"type": "text", "text": f"<think>{THOUGHT}</think>"}, {"type": "text", "text": "A fjord."}],
        f"<think>\n{THOUGHT}\n</think>\n\nA fjord.",
        f"{THOUGHT}\n</think>\n\nA fjord.",
    ],
)
def test_the_text_is_found_in_whatever_parts_it_is_sent_and_thoughts_are_no_part_of_it(provider, content):
    reply = ask(provider, WORDS, answering(content))

    assert isinstance(reply, Reply)
    assert reply.text.strip() == "A fjord."


def streamed(*parts: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(part).encode() + b"\n\n" for part in parts) + b"data: [DONE]\n\n"


def delta(end: str | None = None, **said: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": said, "finish_reason": end}]}


def test_an_answer_that_was_streamed_without_being_asked_for_is_put_together(provider):
    reply = ask(
        provider,
        WORDS,
        streamed(delta(reasoning_content=THOUGHT), delta(content="A "), delta("stop", content="fjord.")),
    )

    assert isinstance(reply, Reply)
    assert reply.text == "A fjord."


@pytest.mark.parametrize(
    "body",
    [
        streamed(delta(content="A "), delta(content="fjord.")),
        streamed(delta(content="A fjord."), {"error": {"code": 502, "message": "lost"}}),
        streamed(delta("error", content="A fjord.")),
        b"data: {\n\n",
        b"data: 3\n\n",
        b"data: [DONE]\n\n",
    ],
)
def test_a_stream_that_broke_off_is_no_answer(provider, body):
    error = ask(provider, WORDS, body)

    assert isinstance(error, TransientModelError)
    assert "fjord" not in error.reason


def test_thoughts_beside_the_content_are_no_part_of_the_answer(provider):
    for name in ("reasoning_content", "reasoning", "thinking"):
        reply = ask(provider, WORDS, answering("A fjord.", **{name: THOUGHT}))

        assert isinstance(reply, Reply)
        assert reply.text == "A fjord."


def test_thoughts_stand_neither_in_front_of_json_nor_of_a_letter(provider):
    found = ask(provider, SCHEMA, answering(f'<think>{{"depth": 1}} {THOUGHT}</think>\n{{"depth": 300}}'))
    letter = ask(provider, JUDGE, answering(f"A seems better. {THOUGHT}</think>B"))

    assert isinstance(found, Reply)
    assert isinstance(letter, Reply)
    assert json.loads(found.text) == {"depth": 300}
    assert letter.text == "B"


@pytest.mark.parametrize("prompt", [WORDS, SCHEMA, JUDGE])
@pytest.mark.parametrize(
    ("end", "kind", "failure"),
    [
        ("content_filter", "filter", PermanentModelError),
        ("sensitive", "filter", PermanentModelError),
        ("SAFETY", "filter", PermanentModelError),
        ("guardrail_intervened", "filter", PermanentModelError),
        ("error", "lost", TransientModelError),
        ("network_error", "lost", TransientModelError),
        ("insufficient_system_resource", "lost", TransientModelError),
        ("abort", "lost", TransientModelError),
        ("something_new", "lost", TransientModelError),
        ("tool_calls", "tool", PermanentModelError),
        ("malformed_function_call", "tool", PermanentModelError),
    ],
)
def test_a_part_of_an_answer_is_never_ready_as_a_whole_one(provider, prompt, end, kind, failure):
    whole = {WORDS: TEXT, SCHEMA: '{"depth": 3}', JUDGE: "A"}[prompt]

    error = ask(provider, prompt, answering(whole, end))

    assert isinstance(error, failure)
    assert error.kind == kind
    assert "fjord" not in error.reason


def test_what_a_gateway_says_the_provider_behind_it_said_counts_where_it_is_clear(provider):
    filtered = ask(provider, WORDS, answering(TEXT, choice={"native_finish_reason": "PROHIBITED_CONTENT"}))
    unknown = ask(provider, WORDS, answering(TEXT, choice={"native_finish_reason": "ended well"}))

    assert isinstance(filtered, PermanentModelError)
    assert filtered.kind == "filter"
    assert isinstance(unknown, Reply)


def test_an_error_inside_the_answer_is_a_failure_whatever_end_it_names(provider):
    for more in ({"error": {"code": 502, "message": "lost"}}, {"finish_reason": "stop", "error": {"message": "lost"}}):
        assert isinstance(ask(provider, WORDS, answering(TEXT, choice=more)), TransientModelError)


@pytest.mark.parametrize(
    "end", ["stop", "eos", "end_turn", "stop_sequence", "COMPLETE", "<|im_end|>", "null", None, ""]
)
def test_an_answer_that_ended_by_itself_is_whole_by_whatever_word(provider, end):
    reply = ask(provider, WORDS, answering("A fjord", end))

    assert isinstance(reply, Reply)


@pytest.mark.parametrize("end", ["length", "max_tokens", "MAX_TOKENS", "model_length", "max_output_tokens"])
def test_a_cut_at_the_limit_ends_at_the_last_whole_sentence(provider, end):
    reply = ask(provider, WORDS, answering(TEXT, end))

    assert isinstance(reply, Reply)
    assert reply.text == "A fjord is a long inlet. Glaciers made it."


@pytest.mark.parametrize(
    ("kind", "words", "body"),
    [
        ("thoughts", "MODEL_HABITS", answering("", "length", reasoning_content=THOUGHT)),
        ("thoughts", "MODEL_HABITS", answering(f"<think>\n{THOUGHT} Then I", "length")),
        ("thoughts", "MODEL_HABITS", answering([{"type": "thinking", "thinking": THOUGHT}], "length")),
        ("thoughts", "MODEL_HABITS", answering(f"<|channel|>analysis<|message|>{THOUGHT}", "length")),
        (
            "thoughts",
            "MODEL_HABITS",
            answering(
                None,
                "length",
                usage={
                    "prompt_tokens": 9,
                    "completion_tokens": 64,
                    "completion_tokens_details": {"reasoning_tokens": 64},
                },
            ),
        ),
        ("thoughts", "thought and gave no answer", answering("", reasoning_content=THOUGHT)),
        ("thoughts", "thought and gave no answer", answering(f"<think>{THOUGHT}</think>\n")),
        ("thoughts", "thought and gave no answer", answering(f"<think>{THOUGHT}")),
        ("refusal", "refused to answer", answering(None, refusal="I cannot help with that.")),
        ("refusal", "refused to answer", answering([{"type": "refusal", "refusal": "I cannot."}])),
        ("filter", "content filter", answering("", "content_filter")),
        ("empty", "was empty", answering("  ")),
        ("empty", "was empty", answering(None)),
        ("empty", "was empty", answering([])),
        (
            "tool",
            "tool",
            answering(None, tool_calls=[{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]),
        ),
    ],
)
@pytest.mark.parametrize("prompt", [WORDS, SCHEMA])
def test_no_content_says_why_there_is_none(provider, prompt, kind, words, body):
    error = ask(provider, prompt, body)

    assert isinstance(error, ModelError)
    assert (error.kind, words in error.reason) == (kind, True)
    assert "SECRETTHOUGHT" not in error.reason


def test_a_letter_that_did_not_fit_beside_thoughts_names_the_setting(provider):
    for body in (answering("", "length", reasoning_content=THOUGHT), answering("", "length")):
        error = ask(provider, JUDGE, body)

        assert isinstance(error, ModelError)
        assert error.unusable
        assert "MODEL_HABITS" in error.reason
