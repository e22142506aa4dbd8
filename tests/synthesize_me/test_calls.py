"""The five calls of the library, with models of somebody else's making."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import synthesize_me as sm
from app.induction.model.language_model import Prompt, Reply
from synthesize_me import aio
from tests.fakes import FakeCompleter


def row(number: int, **more: Any) -> dict[str, Any]:
    return {
        "context": [{"role": "user", "content": f"Question {number}?"}],
        "chosen": {"role": "assistant", "content": f"Short {number}."},
        "rejected": {"role": "assistant", "content": f"A long and winding answer to {number}. " * 4},
        **more,
    }


ROWS = [row(number) for number in range(14)]
LONG = "A long and winding answer to this question. " * 4


class Own:
    """A model object that knows nothing of ours but the protocol, and has no profile."""

    def __init__(self) -> None:
        self.inner = FakeCompleter()

    async def complete(self, prompt: Prompt) -> Reply:
        return await self.inner.complete(prompt)


@pytest.fixture(scope="module")
def persona() -> sm.Persona:
    return sm.induce(ROWS[:12], FakeCompleter())


def test_a_list_of_dicts_becomes_a_persona_with_evidence_and_figures(persona):
    accuracy = persona.accuracy

    assert accuracy is not None
    assert (accuracy["n"], persona.document["n_choices"]) == (12, 12)
    assert persona.traits[0].supporting
    assert persona.document["cost"]["calls"] > 0
    assert persona.traits[0].text == "prefers shorter answers"
    assert "- Keep to about 5 words" in persona.system_prompt


def test_a_path_and_an_object_without_a_profile_give_the_same_traits(tmp_path, persona):
    file = tmp_path / "choices.jsonl"
    file.write_text("\n".join(map(json.dumps, ROWS[:12])), encoding="utf-8")

    assert sm.induce(file, Own()).traits == persona.traits


def test_the_guess_follows_the_answer_whichever_side_it_is_on(persona):
    model = FakeCompleter()

    left = sm.predict(persona, "Why?", "Because.", LONG, model)
    right = sm.predict(persona, [{"role": "user", "content": "Why?"}], LONG, "Because.", model)

    assert (left.choice, right.choice, model.calls) == ("first", "second", 6)
    assert left.sure == right.sure
    assert left.sure is not None
    assert 0.5 < left.sure <= 1
    assert (left.for_it, left.against_it) == (right.for_it, right.against_it)
    assert persona.traits[0] in left.for_it


def test_a_guess_is_of_the_judge_and_of_what_the_document_keeps_of_counting(persona):
    def guessed(contrary: float) -> sm.Prediction:
        counted = {**persona.document["counted"], "contrary": contrary, "own": 0.0}
        return sm.predict(
            sm.Persona({**persona.document, "counted": counted}), "Why?", "Because.", LONG, FakeCompleter()
        )

    likes_it_short, likes_it_long = guessed(1.0), guessed(0.0)
    alone = sm.predict(sm.Persona({**persona.document, "counted": None}), "Why?", "Because.", LONG, FakeCompleter())

    assert likes_it_short.choice == likes_it_long.choice == alone.choice == "first"
    assert likes_it_short.sure is not None
    assert likes_it_long.sure is not None
    assert likes_it_short.sure > likes_it_long.sure
    assert alone.sure not in {likes_it_short.sure, likes_it_long.sure}


def test_without_a_model_the_traits_that_can_be_counted_guess(persona):
    guess = sm.predict(persona, "Why?", LONG, "Because.")

    assert (guess.choice, guess.by, guess.against_it) == ("second", "counting", ())
    assert guess.for_it


def test_what_taught_is_left_out_of_the_evaluation_and_nothing_is_called_unseen_that_is_not(persona):
    report = sm.evaluate(persona, ROWS, FakeCompleter())

    assert (report.trial.taught, report.accuracy.n, report.accuracy.hits) == (12, 2, 2)
    with pytest.raises(sm.BadInput, match="Nothing is left to test this persona on"):
        sm.evaluate(persona, ROWS[:12], FakeCompleter())


def test_a_saved_persona_comes_back_as_it_was(tmp_path, persona):
    back = sm.load(sm.save(persona, tmp_path / "persona.json"))

    assert back.document == persona.document
    assert sm.evaluate(back, ROWS, FakeCompleter()).accuracy.n == 2


def test_the_calls_work_where_a_loop_already_runs_and_can_be_awaited(persona):
    async def notebook() -> tuple[sm.Prediction, sm.Prediction]:
        plain = sm.predict(persona, "Why?", "Because.", LONG, Own())
        return plain, await aio.predict(persona, "Why?", "Because.", LONG, Own())

    plain, awaited = asyncio.run(notebook())

    assert plain == awaited


def test_progress_is_told_by_stage(persona):
    heard: list[sm.Progress] = []

    sm.evaluate(persona, ROWS, FakeCompleter(), on_progress=heard.append)

    assert (heard[-1].stage, heard[-1].done, heard[-1].total) == ("testing", 2, 2)


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        (ROWS[:4], "4 of 5 choices"),
        ([], "is empty"),
        (ROWS[0], "list of dicts"),
        (None, "list of dicts"),
        ([*ROWS, "text"], "Choice 15 of the list is a str"),
        ([{"context": {1, 2}}], "holds what JSON cannot"),
        ("nowhere.jsonl", "nowhere.jsonl cannot be read"),
        ([row(0, user_id="u1"), *(row(n, user_id="u2") for n in range(1, 9))], "Name one of them"),
    ],
)
def test_choices_that_cannot_be_used_are_refused_in_a_sentence_before_the_model_is_asked(choices, sentence):
    model = FakeCompleter()

    with pytest.raises(sm.ProblemError, match=sentence):
        sm.induce(choices, model)

    assert model.calls == 0


@pytest.mark.parametrize(
    ("context", "first", "second", "sentence"),
    [
        ("Why?", "", "Because.", "first answer is empty"),
        ("Why?", "Because.", None, "second answer is empty"),
        ("Why?", "Because.", "Because.", "the same"),
        ("", "Because.", "No.", "Each turn"),
        ([], "Because.", "No.", "ends with what the person asked"),
        ([{"role": "assistant", "content": "Hm."}], "Because.", "No.", "ends with what the person asked"),
        ([{"role": "robot", "content": "Hm."}], "Because.", "No.", "Each turn"),
        (["Why?"], "Because.", "No.", "Each turn"),
        (7, "Because.", "No.", "ends with what the person asked"),
    ],
)
def test_a_pair_that_cannot_be_judged_is_refused_in_a_sentence(persona, context, first, second, sentence):
    with pytest.raises(sm.BadInput, match=sentence):
        sm.predict(persona, context, first, second, FakeCompleter())


def test_a_file_that_is_no_persona_is_refused(tmp_path):
    (tmp_path / "other.json").write_text('{"schema": "elsewhere"}', encoding="utf-8")

    with pytest.raises(sm.BadInput, match="not a persona file"):
        sm.load(tmp_path / "other.json")
