"""Learning a model over HTTP from a provider with odd habits: what is found, and what finding it costs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from app.adapters.configured import completer
from app.adapters.first_guess import first_guess
from app.adapters.habits_in_use import HabitsInUse
from app.adapters.language_models import Completer
from app.adapters.learning import learn
from app.induction.model.habits import Habits
from app.induction.model.language_model import Message, PermanentModelError, Prompt, TransientModelError
from app.settings import Settings
from tests.odd_provider import OddProvider, odd_provider

LETTER = Prompt(
    (
        Message("system", "You judge."),
        Message("user", "<answer_a>\nYes.\n</answer_a>\n<answer_b>\nIt depends.\n</answer_b>\nOne letter: A or B."),
    ),
    "judge",
    1,
    labels=("A", "B"),
)
LONG = Prompt((Message("user", f"What is a fjord?\n{'A word about it. ' * 100}"),), "answer", 200)


@pytest.fixture(scope="module")
def running() -> Iterator[OddProvider]:
    with odd_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: OddProvider) -> OddProvider:
    running.log.clear()
    return running


def model_of(provider: OddProvider, mode: str, habits: Habits | None = None, keep=None) -> Completer:
    settings = Settings(model=f"openai/{mode}", model_api_base=provider.url, model_api_key=SecretStr("key"))
    in_use = HabitsInUse(habits, keep) if keep else HabitsInUse(habits)
    return replace(completer(settings), habits=in_use)


def learned(provider: OddProvider, mode: str) -> Habits:
    model = model_of(provider, mode)
    return asyncio.run(learn(model, first_guess(model.model, model.api_base), no_pause))


async def no_pause(_seconds: float) -> None:
    """The clock is not waited for."""


def changes(habits: Habits) -> dict[str, object]:
    plain = Habits().as_json()
    return {name: value for name, value in habits.as_json().items() if value != plain[name]}


THINKS = {"thought_tokens": 400, "thought_room": 2_000, "top_logprobs": 0}


@pytest.mark.parametrize(
    ("mode", "found", "answered"),
    [
        ("base", {}, 2),
        ("no-usage", {}, 2),
        ("thinker", THINKS, 2),
        ("thinks-in-tags", THINKS, 2),
        ("new-hosted", {**THINKS, "temperature": False, "limit": "max_completion_tokens"}, 2),
        ("no-logprobs", {"top_logprobs": 0}, 2),
        ("logprobs-unheeded", {"top_logprobs": 0}, 2),
        ("equal-zeros", {"top_logprobs": 0}, 2),
        ("five-logprobs", {"top_logprobs": 5}, 2),
        ("no-seed", {"seed": False}, 2),
        ("temperature-one", {"temperature": False}, 2),
        ("no-system-role", {"system_role": False}, 2),
        ("no-schema", {"schema": "json_object"}, 2),
        ("no-json", {"schema": "words"}, 2),
        ("schema-unheeded", {"schema": "json_object"}, 3),
        ("sixteen-tokens", {"least_tokens": 16}, 2),
        ("only-max-completion-tokens", {"limit": "max_completion_tokens"}, 2),
        ("only-max-tokens", {}, 2),
        ("thinks-unseen", {**THINKS, "least_tokens": 16}, 3),
        ("blank-first", {"least_tokens": 16}, 3),
        ("filtered-part", {"top_logprobs": 0}, 2),
    ],
)
def test_each_habit_is_found_by_a_few_cheap_calls(provider, mode, found, answered):
    habits = learned(provider, mode)

    assert changes(habits) == found
    paid = [entry for entry in provider.log if not entry["refused"]]
    assert len(paid) == answered
    assert len(provider.log) - len(paid) <= 4


@pytest.mark.parametrize(
    ("mode", "found"), [("no-seed-unnamed", {"seed": False}), ("logprobs-not-allowed", {"top_logprobs": 0})]
)
def test_a_refusal_that_names_nothing_is_narrowed_down_to_what_it_was_about(provider, mode, found):
    assert changes(learned(provider, mode)) == found
    assert len(provider.log) <= 9


@pytest.mark.parametrize("mode", ["wrong-key", "unknown-model", "too-large-413"])
def test_a_model_that_may_not_be_used_at_all_is_told_after_one_call_and_nothing_is_learned(provider, mode):
    with pytest.raises(PermanentModelError):
        learned(provider, mode)

    assert len(provider.log) == 1


def test_a_model_that_cannot_be_reached_is_tried_again_and_then_not_called_learned():
    model = replace(model_of_nowhere(), seconds=5.0)

    with pytest.raises(TransientModelError):
        asyncio.run(learn(model, Habits(), no_pause))


def model_of_nowhere() -> Completer:
    settings = Settings(model="openai/any", model_api_base="http://127.0.0.1:9/v1", model_api_key=SecretStr("key"))
    return completer(settings)


def test_no_text_but_ours_is_sent_while_learning(provider):
    learned(provider, "no-seed-unnamed")

    texts = {message["content"] for entry in provider.log for message in entry["messages"]}
    assert all("litre" in text or text == "You compare two answers to one question." for text in texts)


def test_a_parameter_refused_in_the_middle_is_left_out_at_once_and_for_all_further_calls(provider):
    kept: list[Mapping[str, Any]] = []
    model = model_of(provider, "no-seed", keep=kept.append)

    asyncio.run(model.complete(LETTER))
    asyncio.run(model.complete(LETTER))

    assert kept == [{"seed": False}]
    assert [entry["refused"] for entry in provider.log] == [True, False, False]


def test_calls_under_way_together_correct_a_habit_once(provider):
    kept: list[Mapping[str, Any]] = []
    model = model_of(provider, "five-logprobs", keep=kept.append)

    async def four() -> None:
        await asyncio.gather(*(model.complete(replace(LETTER, seed=seed)) for seed in range(4)))

    asyncio.run(four())

    assert kept == [{"top_logprobs": 5}]


def test_a_request_that_is_refused_for_nothing_it_names_is_not_sent_again(provider):
    model = model_of(provider, "no-seed-unnamed")

    with pytest.raises(PermanentModelError):
        asyncio.run(model.complete(LETTER))

    assert len(provider.log) == 1


def test_a_refusal_that_names_nothing_has_the_model_learned_again_once(provider):
    asked = []

    async def again() -> Habits:
        asked.append(1)
        return Habits(seed=False)

    model = replace(model_of(provider, "no-seed-unnamed"), habits=HabitsInUse(Habits(), again=again))

    async def four() -> None:
        await asyncio.gather(*(model.complete(replace(LETTER, seed=seed)) for seed in range(4)))

    asyncio.run(four())

    assert len(asked) == 1
    assert not model.habits.now.seed


def test_a_refusal_of_the_text_itself_has_the_model_learned_again_once_and_fails(provider):
    asked = []

    async def again() -> Habits:
        asked.append(1)
        return Habits()

    model = replace(model_of(provider, "no-seed-unnamed"), habits=HabitsInUse(Habits(), again=again))
    for _time in range(2):
        with pytest.raises(PermanentModelError):
            asyncio.run(model.complete(LETTER))

    assert len(asked) == 1
    assert len(provider.log) == 2


def test_room_that_thoughts_used_up_is_doubled_for_the_next_try(provider):
    kept: list[Mapping[str, Any]] = []
    short = replace(Habits().thinking(400), thought_room=800)
    model = model_of(provider, "deep-thinker", short, kept.append)

    with pytest.raises(TransientModelError) as first:
        asyncio.run(model.complete(LONG))
    reply = asyncio.run(model.complete(LONG))

    assert (first.value.unusable, first.value.retry_after) == (True, 0.0)
    assert "fjord" in reply.text
    assert reply.usage.completion_tokens > 1_500
    assert [change["thought_room"] for change in kept] == [2_000]


def test_a_model_that_was_not_known_to_think_gets_room_once_it_does(provider):
    model = model_of(provider, "thinker")

    with pytest.raises(TransientModelError):
        asyncio.run(model.complete(LETTER))

    assert model.habits.now.thinks
    assert asyncio.run(model.complete(LETTER)).text.strip() in {"A", "B"}


def test_a_model_that_hides_that_it_thinks_gets_room_where_nothing_comes_within_a_short_limit(provider):
    model = model_of(provider, "thinks-unseen", Habits(top_logprobs=0))

    with pytest.raises(TransientModelError):
        asyncio.run(model.complete(LETTER))

    assert asyncio.run(model.complete(LETTER)).text.strip() in {"A", "B"}
