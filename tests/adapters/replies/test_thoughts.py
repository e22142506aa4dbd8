"""A model's thoughts are no part of its answer, however they are marked; an answer about the marks is left as it is."""

from __future__ import annotations

import pytest

from app.adapters.replies.thoughts import without_thoughts

THOUGHT = "SECRETTHOUGHT The person asks about fjords. I should weigh that."
ANSWER = "A fjord is a long inlet. Glaciers made it."

WRITTEN = {
    "think": f"<think>\n{THOUGHT}\n</think>\n\n{ANSWER}",
    "thinking": f"<thinking>{THOUGHT}</thinking>{ANSWER}",
    "reasoning": f"<reasoning>\n{THOUGHT}\n</reasoning>\n{ANSWER}",
    "thought": f"<thought>\n{THOUGHT}\n</thought>\n{ANSWER}",
    "capitals": f"<THINK>\n{THOUGHT}\n</Think>\n\n{ANSWER}",
    "white space before": f"\n \n<think>\n{THOUGHT}\n</think>\n{ANSWER}",
    "with a prefix": f"<seed:think>{THOUGHT}</seed:think>{ANSWER}",
    "kimi": f"◁think▷{THOUGHT}◁/think▷{ANSWER}",
    "magistral": f"[THINK]{THOUGHT}[/THINK]{ANSWER}",
    "command": f"<|START_THINKING|>{THOUGHT}<|END_THINKING|><|START_RESPONSE|>{ANSWER}<|END_RESPONSE|>",
    "begin of thought": f"<|begin_of_thought|>{THOUGHT}<|end_of_thought|>\n<|begin_of_solution|>{ANSWER}<|end_of_solution|>",
    "gemma": f"<|channel>thought\n{THOUGHT}<channel|>{ANSWER}",
    "unused": f"<unused94>thought\n{THOUGHT}<unused95>{ANSWER}",
    "harmony": f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>{ANSWER}",
    "harmony from the start": f"<|start|>assistant<|channel|>analysis<|message|>{THOUGHT}<|end|>"
    f"<|start|>assistant<|channel|>final<|message|>{ANSWER}<|return|>",
    "harmony with a note": f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>commentary<|message|>"
    f"{THOUGHT}<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>{ANSWER}",
    "harmony, its first mark written by the template": f"analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final"
    f"<|message|>{ANSWER}",
    "harmony, its beginning written by the template": f"{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>{ANSWER}",
    "in sentences": f"Here is my thought process:\n{THOUGHT}\nHere is my response:\n{ANSWER}",
    "harmony without marks": f"analysis{THOUGHT}assistantfinal{ANSWER}",
    "end only": f"{THOUGHT}\n</think>\n\n{ANSWER}",
    "end only, one line": f"{THOUGHT}</think>{ANSWER}",
    "end only, glued to a word": f"{THOUGHT} So the letter is clear</think>{ANSWER}",
    "end only, spaces": f"{THOUGHT} </think> {ANSWER}",
    "end only, of magistral": f"{THOUGHT}[/THINK]{ANSWER}",
    "end only, speaks of its beginning": f"They ask about the <think> tag. {THOUGHT}\n</think>\n\n{ANSWER}",
    "end only, after code": f"{THOUGHT} I use ``` for it\n</think>\n\n{ANSWER}",
    "empty": f"<think>\n\n</think>\n\n{ANSWER}",
    "end alone": f"</think>\n\n{ANSWER}",
    "several": f"<think>{THOUGHT}</think>\n<think>{THOUGHT}</think>\n{ANSWER}",
    "several kinds": f"<think>{THOUGHT}</think>\n<reasoning>{THOUGHT}</reasoning>\n{ANSWER}",
    "speaks of its end": f"<think>They ask what `</think>` is. {THOUGHT}</think>\n{ANSWER}",
    "speaks of its beginning": f"<think>They ask what <think> is. {THOUGHT}</think>\n{ANSWER}",
    "speaks of its end without quotes": f"<think>They ask what </think> is. {THOUGHT}\n</think>\n{ANSWER}",
    "answer in marks": f"<think>{THOUGHT}</think>\n<answer>\n{ANSWER}\n</answer>",
    "output in marks": f"<thinking>{THOUGHT}</thinking><output>{ANSWER}</output>",
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_thoughts_are_taken_out_and_the_answer_is_left(written):
    spoken = without_thoughts(written)

    assert spoken.answer.strip() == ANSWER
    assert spoken.is_whole


def test_thoughts_between_the_parts_of_an_answer_are_taken_out_too():
    spoken = without_thoughts(
        f"<think>{THOUGHT}</think>\nA fjord is an inlet.\n<think>\n{THOUGHT}\n</think>\nIce made it."
    )

    assert spoken.answer == "A fjord is an inlet.\nIce made it."


@pytest.mark.parametrize(
    "written",
    [
        f"<think>\n{THOUGHT} Then I",
        f"<think>{THOUGHT}</think><think>{THOUGHT} Then",
        f"◁think▷{THOUGHT}",
        f"[THINK]{THOUGHT}",
        f"<|channel|>analysis<|message|>{THOUGHT}",
        f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant",
        f"<|START_THINKING|>{THOUGHT}",
        f"analysis<|message|>{THOUGHT}",
        f"analysis{THOUGHT}",
        f"<think>They ask what `</think>` is. {THOUGHT}",
        f"<think>{THOUGHT}</think>\nA fjord is an inlet.\n<think>\n{THOUGHT}",
    ],
)
def test_a_thought_without_an_end_is_no_answer_and_is_said_to_be_unfinished(written):
    spoken = without_thoughts(written)

    assert not spoken.is_whole
    assert "SECRETTHOUGHT" not in spoken.answer


@pytest.mark.parametrize(
    "written",
    [
        ANSWER,
        "  leading and trailing space stays \n",
        "",
        "`<think>` marks where a model's thoughts begin, and `</think>` where they end.",
        "Some models write <think> and </think> around their thoughts.",
        "The tag </think> ends a thought, so look for it.",
        'The text "</think>" ends a thought.',
        "Split it at (</think>) and take what follows.",
        "<think> is a tag that some models put before their thoughts.",
        "<think> and </think> are tags around thoughts.",
        "Use this:\n```python\nanswer = text.split('</think>')[-1]\n```\nThat is all.",
        "Use this:\n```\n<think>\nwhat it thinks\n</think>\nwhat it says\n```\nThat is all.",
        "A model's reply looks so:\n<think>\nwhat it thinks\n</think>\nwhat it says",
        "I think this is fine. My reasoning: it fits.",
        "analysis of the text: it is short, and the assistantfinal word is not in it",
        "[think] about it, and then [/think] no more",
        "Here is my thought process: I like short texts.",
        "Write this:\n```\n<|start|>assistant<|channel|>final<|message|>text\n```\nThat is all.",
        "Channels are written <|channel|>final<|message|> in that format.",
        "1. [reasoning](notes.md) explains it",
        "if a<b and thinking>c: pass",
    ],
)
def test_an_answer_that_is_about_the_marks_is_left_as_it_is(written):
    spoken = without_thoughts(written)

    assert (spoken.answer, spoken.thoughts, spoken.is_whole) == (written, "", True)


@pytest.mark.parametrize(
    "written", ["<think>" * 20_000, "</think>" * 20_000, "<think></think>" * 8000, "`</think>" * 9000]
)
def test_many_marks_take_no_time(written):
    assert without_thoughts(written).answer.count("</think>") <= 9000
