from __future__ import annotations

import json
import re
from typing import Any

import pytest

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.errors import BadInput
from app.domain.personas.persona import Accuracy, Demonstration, Persona, Trait
from app.domain.prompt_targets import (
    EvidenceText,
    document,
    judge_prompt,
    markdown,
    messages,
    persona_from_document,
    sentence_of,
    system_prompt,
    verdict_sentence,
    written_from,
)
from app.domain.texts.conversation import Turn

PAIR = PreferencePair(
    "c1",
    (Turn("system", "Be kind."), Turn("user", "Why?")),
    Completion("Because.", (Turn("assistant", "Hm."), Turn("user", "So?"))),
    Completion("There are many reasons."),
    "c1",
    True,
)
PERSONA = Persona(
    summary="This person likes short answers.",
    traits=(
        Trait("prefers short answers.", ("c1", "c2", "c3", "c4", "c5")),
        Trait("wants *examples*", ("c2",), ("c3",)),
    ),
    demonstrations=(Demonstration(PAIR, "it is short"),),
)


def stored(persona: Persona | None = PERSONA, **changed: Any) -> Any:
    given: dict[str, Any] = {
        "is_sketch": False, "accuracy": Accuracy(6, 9), "baseline": Accuracy(4, 9), "style": {}, "model": "m",
        "recipe": "paper-lean", "seed": 0, "n_choices": 20,
    }  # fmt: skip
    return json.loads(json.dumps(document(persona=persona, **{**given, **changed})))


def test_a_stored_document_gives_back_the_persona():
    assert persona_from_document(stored()) == PERSONA


@pytest.mark.parametrize("damaged", [{}, {"schema": "other/1"}, {"schema": "synthesize-me/persona/1", "summary": "x"}])
def test_a_file_that_is_no_persona_is_refused_with_a_sentence(damaged):
    with pytest.raises(BadInput, match="persona file"):
        persona_from_document(damaged)


@pytest.mark.parametrize(
    ("n_choices", "n_read", "words"),
    [(20, None, "20 choices"), (20, 20, "20 choices"), (40, 10, "10 of 40 choices"), (1, None, "1 choice")],
)
def test_it_is_said_from_how_many_choices_a_persona_was_written(n_choices, n_read, words):
    made = stored(n_choices=n_choices, n_read=n_read)

    assert written_from(made) == words
    assert f"From {words}. " in markdown(made, {})


def test_a_document_of_an_earlier_version_does_not_say_how_many_were_read():
    made = stored(n_choices=7)
    del made["n_read"]

    assert written_from(made) == "7 choices"


def test_the_system_prompt_speaks_of_manner_and_holds_no_text_of_any_conversation():
    prompt = system_prompt(stored())

    assert (
        prompt == "How to answer me:\n- Give me short answers.\nFacts and safety first, then my request, then this.\n"
    )
    assert "Because." not in prompt
    assert "Why?" not in prompt


def test_traits_in_a_row_make_one_sentence_that_the_prompt_does_not_say_twice():
    traits = ("Prefers answers that are short.", "prefers answers with examples", "dislikes hedging")

    told = sentence_of(traits)
    persona = Persona(told, tuple(Trait(text, ("c1", "c2", "c3")) for text in traits))
    prompt = system_prompt(stored(persona))

    assert told == "This person prefers answers that are short, and with examples; dislikes hedging."
    assert told not in prompt
    assert prompt.count("Say it plainly") == 1


def test_the_judge_prompt_holds_the_same_guide_as_the_tested_one():
    prompt = judge_prompt(stored())

    assert "This person likes short answers.\nTraits, in brackets" in prompt
    assert "\n- Prefers short answers (clear, 5 of 5)\n- Wants *examples* (tentative, 1 of 2)" in prompt
    assert prompt.rstrip().endswith("A or B.")


def test_messages_hold_each_demonstration_as_turns_that_end_in_the_chosen_answer():
    roles = [(one["role"], one["content"]) for one in messages(stored())]

    assert roles[0][0] == "system"
    assert roles[1:] == [("user", "Why?"), ("assistant", "Hm."), ("user", "So?"), ("assistant", "Because.")]


def test_markdown_shows_evidence_as_text_that_cannot_become_markup():
    evil = "````\n<script>alert(1)</script>\n![x](http://evil.example/p.png)"
    text = markdown(stored(), {"c1": EvidenceText("Why?", evil, "b"), "c2": EvidenceText("q", "c", "r")})

    assert "**With examples**: You want \\*examples\\*: 1 of the 2 choices that bear on it went this way" in text
    assert "(clear; choices for it 1, 2, 3, 4, 5)" in text
    assert "A choice that has since been removed." in text
    fence = re.search(r"> (`{5,})text\n> ````\n> <script>", text)
    assert fence


@pytest.mark.parametrize(
    ("accuracy", "baseline", "sketch", "said"),
    [
        (None, None, True, "A first sketch, not tested. Ten choices or more make a persona that is tested on unseen choices."),
        (None, None, False, "Not tested on unseen choices yet."),
        (Accuracy(3, 9), Accuracy(4, 9), False, "No better than no persona: right on 3 of 9 with it, 4 of 9 without."),
        (Accuracy(4, 9), Accuracy(4, 9), False, "No better than no persona: right on 4 of 9 with it, 4 of 9 without."),
        (
            Accuracy(14, 20), Accuracy(10, 20), False,
            "With it the model was right on 14 of 20 unseen choices (70 %, likely between 48 % and 85 %); right on 10 of 20 "  # noqa: ISC004
            "without. So few choices cannot prove the difference.",
        ),
        (
            Accuracy(19, 20), Accuracy(9, 20), False,
            "With it the model was right on 19 of 20 unseen choices (95 %, likely between 76 % and 99 %); right on 9 of 20 without.",
        ),
    ],
)  # fmt: skip
def test_the_verdict_is_one_honest_sentence(accuracy, baseline, sketch, said):
    assert verdict_sentence(accuracy, baseline, is_sketch=sketch) == said


def test_a_document_without_a_persona_has_no_prompts():
    empty = stored(None, missing=["The model wrote nothing."])

    assert (empty["traits"], empty["prompts"], empty["missing"]) == ([], {}, ["The model wrote nothing."])
