from __future__ import annotations

import asyncio
import json

import pytest

from app.induction.judging.bootstrap import Trace, explain_known_choices, guess_choices
from app.induction.model.language_model import ModelProfile, Reply
from app.induction.paper.synthesis import COUNTED_ONLY, synthesise
from app.induction.run import Run
from tests.fakes import FakeCompleter, FakeLanguageModel, small_profile
from tests.induction.given import pair, pairs


def run_over(completer: FakeCompleter) -> Run:
    return Run(FakeLanguageModel(completer), 0, lambda _: None, lambda _: {})


def written(completer: FakeCompleter, count: int = 6, **trace):
    run = run_over(completer)
    return run, asyncio.run(synthesise(run, [Trace(one, **trace) for one in pairs(count)]))


def test_a_summary_is_cut_to_whole_sentences_of_at_most_120_words_without_private_ones():
    long = "Prefers short answers. " + "They are a Muslim. " + "Likes it plain and so on. " * 40
    completer = FakeCompleter(
        persona={"summary": long, "traits": [{"trait": "prefers short answers", "supporting": [1]}]}
    )

    _, persona = written(completer)

    assert persona is not None
    assert len(persona.summary.split()) <= 120
    assert "Muslim" not in persona.summary
    assert persona.summary.endswith(".")


def test_a_persona_without_a_summary_gets_one_from_its_traits():
    completer = FakeCompleter(
        persona={"summary": "", "traits": [{"trait": "prefers short answers", "supporting": [1]}]}
    )

    _, persona = written(completer)

    assert persona is not None
    assert persona.summary == "This person prefers short answers."


class CutOff(FakeCompleter):
    async def complete(self, prompt):
        self.prompts.append(prompt)
        return Reply(
            '{"traits": [{"trait": "prefers lists", "supporting": [1, 2], "opposing": []}, {"trait": "wants exa'
        )


def test_of_an_answer_that_was_cut_off_the_whole_traits_are_kept():
    _, persona = written(CutOff())

    assert persona is not None
    assert [trait.text for trait in persona.traits] == ["prefers lists"]


def test_the_strongest_trait_comes_first():
    traits = [
        {"trait": "wants examples", "supporting": [1], "opposing": []},
        {"trait": "prefers short answers", "supporting": [1, 2, 3, 4, 5], "opposing": [6]},
    ]
    _, persona = written(FakeCompleter(persona={"summary": "S.", "traits": traits}))

    assert persona is not None
    assert [trait.certainty for trait in persona.traits] == ["clear", "tentative"]


def test_long_histories_are_told_by_their_reasons_and_named_where_even_these_do_not_fit():
    completer = FakeCompleter(ModelProfile("narrow", slot_tokens=2048))

    run, persona = written(completer, count=80, reasoning="because it is short")

    assert persona is not None
    (prompt,) = completer.prompts
    assert prompt.estimated_tokens + prompt.max_tokens <= 2048
    assert "of 80 choices: more do not fit" in run.notes[0]


def test_the_small_model_is_told_near_duplicate_reasons_once_with_all_their_numbers():
    completer = FakeCompleter(small_profile())

    written(completer, count=3, reasoning="answers that are shorter")

    assert "1, 2, 3: prefers answers that are shorter" in completer.prompts[0].messages[-1].content


def test_what_the_small_model_claims_of_length_is_counted_and_not_taken_from_its_citations():
    traits = [
        {"prefers": "answers that are shorter and plain", "supporting": [2]},
        {"prefers": "answers that are longer than usual", "supporting": [1, 2, 3]},
        {"prefers": "answers with the conclusion first", "supporting": [3]},
    ]

    _, persona = written(FakeCompleter(small_profile(), persona={"traits": traits}), count=4)

    assert persona is not None
    assert {trait.text: len(trait.supporting) for trait in persona.traits} == {
        "prefers answers that are shorter and plain": 4,
        "prefers answers with the conclusion first": 1,
    }


def test_where_the_small_model_writes_nothing_that_holds_the_traits_are_counted_and_that_is_said():
    wrong = FakeCompleter(
        small_profile(), persona={"traits": [{"prefers": "answers that are longer", "supporting": [1]}]}
    )

    run, persona = written(wrong, count=4)

    assert persona is not None
    assert "prefers answers with less text" in [trait.text for trait in persona.traits]
    assert run.notes == [COUNTED_ONLY]
    assert wrong.calls == 2


@pytest.mark.parametrize(
    "reason", ["answers that are longer", "answers that help a Catholic", "answers on how to keep my plants alive"]
)
def test_a_reason_that_is_wrong_private_or_about_the_topic_is_not_used(reason):
    class Says(FakeCompleter):
        def _answer(self, prompt):
            return (json.dumps({"prefers": reason}), {}) if prompt.purpose == "explain" else super()._answer(prompt)

    run = run_over(Says(small_profile()))

    traces = asyncio.run(explain_known_choices(run, pairs(5)))

    assert {trace.reasoning for trace in traces} == {""}


def test_an_explanation_that_does_not_lead_back_to_the_choice_is_not_kept():
    completer = FakeCompleter(small_profile(), taste=lambda text: float(len(text)))
    run = run_over(completer)

    traces = asyncio.run(explain_known_choices(run, pairs(5)))

    assert [trace.reasoning for trace in traces] == [""] * 5
    assert {judgement.hit for judgement in run.judgements.values()} == {False}


def test_a_blind_guess_is_kept_only_where_it_is_right():
    given = [pair(1), pair(2, chosen="long " * 90, rejected="short"), pair(3)]
    run = run_over(FakeCompleter())

    traces = asyncio.run(guess_choices(run, given))

    assert [bool(trace.reasoning) for trace in traces] == [False, True, False]


def test_a_blind_guess_shows_the_chosen_answer_on_both_sides_over_many_choices():
    completer = FakeCompleter()

    asyncio.run(guess_choices(run_over(completer), pairs(40)))

    first = sum("<first_answer>\nWater" in prompt.messages[-1].content for prompt in completer.prompts)
    assert 8 < first < 32


def test_the_prompt_that_guesses_never_tells_the_choice():
    completer = FakeCompleter()

    asyncio.run(guess_choices(run_over(completer), pairs(5)))

    assert all("chosen_answer" not in message.content for prompt in completer.prompts for message in prompt.messages)
    assert json.loads(completer.prompts[0].schema)["required"] == ["reasoning", "preference"]
