"""What a fit and its proof take with a model that thinks, where each call pays for thoughts: bounds by number of choices."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.induction.induce import fit, induce
from app.induction.model.language_model import ModelProfile
from bench import people
from bench.in_process import StandInPort
from tests.fakes import FakeCompleter, FakeLanguageModel
from tests.induction.given import asked_of, induced, pairs, so_many
from tests.induction.models import Opinionated

MOST = {5: 4, 10: 7, 15: 10, 30: 19}
THINKER = ModelProfile("thinker", slot_tokens=16_384, judging="stacked", packing=10, thought_tokens=400)


def longer_texts(given, times):
    return [replace(one, rejected=replace(one.rejected, text=so_many(one.rejected.text, times))) for one in given]


@pytest.mark.exhaustive
@pytest.mark.parametrize("slot_tokens", [2048, 4096, 8192, 16_384, 100_000])
@pytest.mark.parametrize("packing", [6, 10])
@pytest.mark.parametrize("choices", list(MOST))
def test_a_fit_stays_within_its_calls_in_any_slot(slot_tokens, packing, choices):
    model = StandInPort(replace(THINKER, slot_tokens=slot_tokens, packing=packing))

    result = asyncio.run(fit(people.pairs("sparse", 0, choices), model))

    assert result.persona is not None
    assert result.fit_calls == len(model.prompts) <= MOST[choices]


@pytest.mark.parametrize("times", [1, 10, 60])
@pytest.mark.parametrize("choices", list(MOST))
def test_a_fit_stays_within_its_calls_however_long_the_texts(times, choices):
    completer = Opinionated(THINKER)

    asyncio.run(fit(longer_texts(pairs(choices), times), FakeLanguageModel(completer)))

    assert completer.calls <= MOST[choices]


@pytest.mark.parametrize("choices", [5, 10, 15, 30])
def test_calls_of_the_fit_are_told_apart_from_those_of_the_proof(choices):
    whole, alone = Opinionated(THINKER), Opinionated(THINKER)

    result = asyncio.run(induce(pairs(choices), FakeLanguageModel(whole)))
    asyncio.run(fit(pairs(choices), FakeLanguageModel(alone)))

    assert result.fit_calls == alone.calls
    assert whole.calls >= result.fit_calls
    # Six ways of guessing, both orders, three folds, and what each fold learns.
    assert whole.calls - result.fit_calls <= 3 * (6 * 2 + MOST[choices])


def test_a_thinking_model_is_asked_far_less_than_one_that_does_not_think():
    calls = {}
    for judging in ("both_orders", "stacked"):
        completer = FakeCompleter(replace(THINKER, judging=judging))
        result = induced(pairs(15), completer)
        assert result.accuracy is not None
        calls[judging] = (result.fit_calls, completer.calls)

    assert calls["stacked"][0] < calls["both_orders"][0] / 2
    assert calls["stacked"][1] < calls["both_orders"][1] / 3


def test_folds_share_what_was_judged_blind():
    completer = FakeCompleter(THINKER)

    induced(pairs(12), completer)

    judged = [prompt for prompt in completer.prompts if prompt.purpose == "judge"]
    # Two blind packs, then both orders of six ways of guessing in three folds; what is told alike is asked once.
    assert len(judged) <= 2 + 3 * 2 * 6
    assert asked_of(completer.prompts)["propose"] == 1 + 3


@pytest.mark.parametrize("recipe", ["traits", "quick", "paper-lean", "paper"])
def test_every_recipe_ends_with_a_persona_and_figures(recipe):
    result = induced(pairs(15), FakeCompleter(THINKER), recipe=recipe)

    assert result.persona is not None
    assert (result.accuracy is not None) is (recipe != "quick")
    assert not result.missing


@pytest.mark.parametrize("choices", list(MOST))
def test_the_lean_recipe_explains_several_choices_a_call(choices):
    result = induced(pairs(choices), FakeCompleter(THINKER), recipe="paper-lean")

    assert result.persona is not None
    assert result.fit_calls <= MOST[choices]
