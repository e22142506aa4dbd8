"""A small model that is there words what was counted, after it can be shown; its words stand only where the counts bear them out."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from app.domain.errors import BudgetReached, RunCancelled
from app.domain.letter.letter import LENGTH_ALONE
from app.domain.prompt_targets import system_prompt
from app.induction.induce import induce
from app.induction.model.language_model import PermanentModelError
from tests.fakes import FakeCompleter, FakeLanguageModel, small_profile
from tests.induction.given import asked_of, pairs
from tests.induction.models import Scripted

GOOD = {
    "title": "Short, without the rest",
    "summary": "You would rather have it in a few lines than in full. You like answers kept short.",
}


def run(says, given, *, words=True):
    """The document, what the small model was asked, and the events in order."""
    completer = Scripted(profile=replace(small_profile(), words=words), says={"summarise": says})
    events = []
    model = FakeLanguageModel(completer)
    made = asyncio.run(induce(given, model, emit=lambda progress: events.append((progress, len(completer.prompts)))))
    return made.document(), completer.prompts, events


def test_good_words_become_the_letter_and_change_nothing_else():
    counted, _, _ = run("", pairs(12), words=False)

    document, prompts, _ = run(json.dumps({**GOOD, "title": "Kept short"}), pairs(12))

    assert counted["letter"]["title"] == "Kept short"
    assert document["letter"]["sentences"] == [
        "You would rather have it in a few lines than in full.",
        "You like answers kept short.",
        LENGTH_ALONE,
    ]
    assert document["summary"] == f"{GOOD['summary']} {LENGTH_ALONE}"
    assert asked_of(prompts) == {"summarise": 1}
    assert system_prompt(document) == system_prompt(counted)
    assert document["letter"]["traits"] == counted["letter"]["traits"]
    assert document["accuracy"] == counted["accuracy"]


def test_persona_and_figures_are_shown_before_the_model_has_spoken():
    _, _, events = run(json.dumps(GOOD), pairs(12))

    shown = [(progress.payload["persona"], asked) for progress, asked in events if "persona" in progress.payload]
    document, asked = shown[-1]
    assert asked == 0
    assert document["accuracy"]["n"]
    assert document["traits"]


@pytest.mark.parametrize(
    "says",
    [
        "no JSON",
        "[]",
        json.dumps({"title": "Kept short", "summary": "You like long answers. You like them in full."}),
        json.dumps({"title": "Kept short", "summary": "You like answers kept short."}),
        json.dumps({"title": "Kept short", "summary": "You like answers kept short, e.g. in a few lines."}),
        json.dumps({"title": "A lifelong learner", "summary": GOOD["summary"]}),
        json.dumps({"title": "Kept short", "summary": "She likes it short. She wants answers kept short."}),
        json.dumps({"title": "Kept short", "summary": "You take the shorter answer in 99 of 100. You like 99 lines."}),
        PermanentModelError("gone"),
        BudgetReached("Nothing more is spent."),
        RunCancelled("You stopped the run."),
    ],
)
def test_bad_words_leave_the_counted_letter_and_are_no_fault(says):
    counted, _, _ = run("", pairs(12), words=False)

    document, _, _ = run(says, pairs(12))

    assert document == counted


def test_a_small_model_that_is_not_there_is_not_asked():
    _, prompts, events = run(json.dumps(GOOD), pairs(12), words=False)

    assert prompts == []
    assert "wording" not in [progress.stage for progress, _ in events]


def test_the_prompt_asks_for_a_short_title_and_you_and_says_nothing_on_how_sure_it_is():
    completer = FakeCompleter()
    asyncio.run(induce(pairs(12), FakeLanguageModel(completer)))

    (prompt,) = (prompt for prompt in completer.prompts if prompt.purpose == "summarise")
    told = " ".join(message.content for message in prompt.messages)
    assert '"you"' in told
    assert "at most six words" in told
    assert not [word for word in ("likely", "(clear", "tentative", "third person") if word in told]
