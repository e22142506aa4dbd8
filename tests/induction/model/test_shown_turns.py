"""Every prompt that shows a choice shows the turns that led to each answer, and those before the request."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.domain.choices.preference import Completion
from app.domain.people.about import About
from app.domain.texts.conversation import Turn
from app.induction.judging.bootstrap import Trace, explain_known_choices, guess_choices
from app.induction.judging.evaluation import judge_each
from app.induction.judging.judge import PLAIN
from app.induction.model.language_model import ModelProfile
from app.induction.paper.synthesis import synthesise
from app.induction.proof.arms import learn
from app.induction.traits.ballots import Statement, cast_votes
from app.induction.traits.proposals import propose
from tests.fakes import FakeCompleter
from tests.induction.given import pair, run_over, text_of

WIDE = ModelProfile("wide", slot_tokens=32_000)


def led_in(text: str) -> Completion:
    return Completion(text, (Turn("assistant", f"First answer before {text}"), Turn("user", "Now shorter.")))


FORKED = replace(pair(1), chosen=led_in("this."), rejected=led_in("that."))
"""A second turn that was reached over another first answer on each side."""
LATE = replace(pair(2), context=(*(Turn("user" if n % 2 == 0 else "assistant", f"Turn {n}.") for n in range(7)),))
"""The fourth request of a conversation."""


async def _judge(run, given, form="both_orders"):
    await judge_each(run, [(one, PLAIN) for one in given], form, None)


ASKED = {
    "propose, with its notes": lambda run, given: propose(run, [Trace(one) for one in given], surprising=frozenset()),
    "vote": lambda run, given: cast_votes(run, [Statement("likes it short")], given),
    "judge": _judge,
    "judge alone": lambda run, given: _judge(run, given, "pointwise"),
    "stacked": lambda run, given: _judge(run, given, "stacked"),
    "guess": guess_choices,
    "explain": explain_known_choices,
    "synthesise": lambda run, given: synthesise(run, [Trace(one) for one in given]),
}


def asked_first(name, given):
    completer = FakeCompleter(WIDE)
    asyncio.run(ASKED[name](run_over(completer), [given]))
    return completer.prompts


@pytest.mark.parametrize("name", ASKED)
def test_a_prompt_shows_what_led_to_each_answer(name):
    shown = [text_of(prompt) for prompt in asked_first(name, FORKED)]

    for answer in ("this.", "that."):
        of_answer = [text for text in shown if f"\n{answer}\n" in text]
        assert of_answer
        assert all(f"First answer before {answer}\nPerson: Now shorter." in text for text in of_answer)


@pytest.mark.parametrize("name", ASKED)
def test_a_prompt_shows_every_turn_before_the_request(name):
    shown = [text_of(prompt) for prompt in asked_first(name, LATE)]

    assert shown
    assert all(f"Turn {n}." in text for text in shown for n in range(7))


def test_what_is_remembered_of_a_later_turn_is_what_was_asked_there():
    completer = FakeCompleter(WIDE)

    asyncio.run(learn(run_over(completer), [FORKED], About(), ("memory",)))

    assert "Asked: Now shorter.\nChose: this." in text_of(completer.prompts[0])
