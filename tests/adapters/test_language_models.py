"""The completer against a real provider over HTTP that behaves, and misbehaves in every way we know."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.adapters.configured import completer
from app.induction.model.language_model import Message, PermanentModelError, Prompt, Reply, TransientModelError
from app.settings import Settings
from bench.stand_in_faults import PAYLOADS
from tests.stand_in import StandIn

KEY = SecretStr("canary-key-7f3a")
GUESS = json.dumps(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {"reasoning": {"type": "string"}, "preference": {"type": "string", "enum": ["First", "Second"]}},
        "required": ["reasoning", "preference"],
    }
)
SHOWN = "<first_answer>\nYes.\n</first_answer>\n<second_answer>\nIt depends on many things. For example...\n</second_answer>"
WORDS = Prompt((Message("user", "What is a fjord?"),), "answer", 200)
JUDGE = Prompt((Message("user", f"{SHOWN}\nReply with one letter: A or B."),), "judge", 1, labels=("A", "B"))
SCHEMA = Prompt(
    (Message("user", f"{SHOWN}\nWhich answer did this person choose: First or Second?"),), "guess", 200, GUESS
)


def settings_for(provider: StandIn, model: str = "openai/stand-in") -> Settings:
    return Settings(model=model, model_api_base=provider.url, model_api_key=KEY)


def ask(settings: Settings, prompt: Prompt, seconds: float = 60.0) -> Reply:
    return asyncio.run(replace(completer(settings), seconds=seconds).complete(prompt))


def test_a_prompt_with_labels_is_answered_with_a_probability_for_each(provider):
    short = replace(JUDGE, messages=(Message("system", "This person prefers shorter answers."), *JUDGE.messages))

    reply = ask(settings_for(provider), short)

    assert reply.label_logprobs["A"] > reply.label_logprobs["B"]
    assert all(-30 < logprob <= 0 for logprob in reply.label_logprobs.values())
    assert reply.usage.prompt_tokens > 0


def test_a_prompt_with_a_schema_is_answered_with_json_that_obeys_it(provider):
    answer = json.loads(ask(settings_for(provider), SCHEMA).text)

    assert answer["preference"] in {"First", "Second"}
    assert answer["reasoning"]


def test_a_plain_prompt_is_answered_with_text(provider):
    assert "fjord" in ask(settings_for(provider), WORDS).text


@pytest.mark.parametrize(
    ("mode", "prompt", "kind"),
    [
        ("429", WORDS, TransientModelError),
        ("500", WORDS, TransientModelError),
        ("502", WORDS, TransientModelError),
        ("503", WORDS, TransientModelError),
        ("hang", WORDS, TransientModelError),
        ("drip", WORDS, TransientModelError),
        ("cut", WORDS, TransientModelError),
        ("html", WORDS, TransientModelError),
        ("empty", WORDS, TransientModelError),
        ("blank", WORDS, TransientModelError),
        ("err200", WORDS, TransientModelError),
        ("errtext", WORDS, TransientModelError),
        ("badjson", SCHEMA, TransientModelError),
        ("blank", SCHEMA, TransientModelError),
        ("trunc", SCHEMA, PermanentModelError),
        ("blank", JUDGE, PermanentModelError),
        ("endless", WORDS, PermanentModelError),
        ("long", WORDS, PermanentModelError),
        ("redir", WORDS, PermanentModelError),
        ("gzbomb", WORDS, PermanentModelError),
        ("400", WORDS, PermanentModelError),
        ("401", WORDS, PermanentModelError),
        ("402", WORDS, PermanentModelError),
        ("403", WORDS, PermanentModelError),
        ("404", WORDS, PermanentModelError),
        ("keyecho", WORDS, PermanentModelError),
    ],
)
def test_a_provider_that_misbehaves_is_an_error_after_one_call_and_never_a_reply(provider, mode, prompt, kind):
    settings = settings_for(provider, f"openai/{mode}")

    with pytest.raises(kind) as raised:
        ask(settings, prompt, seconds=2.0 if mode in {"hang", "drip"} else 60.0)

    assert provider.stats()["calls"] == 1
    assert provider.stats()["sunk"] == 0
    assert KEY.get_secret_value() not in str(raised.value)
    assert "/v1" not in str(raised.value).replace("end in /v1", "")


def test_a_rate_limit_is_told_apart_and_the_wait_the_provider_asks_for_is_handed_on(provider):
    with pytest.raises(TransientModelError) as limited:
        ask(settings_for(provider, "openai/429"), WORDS)
    with pytest.raises(TransientModelError) as overloaded:
        ask(settings_for(provider, "openai/503"), WORDS)

    assert (limited.value.is_rate_limit, limited.value.retry_after) == (True, 1.0)
    assert (overloaded.value.is_rate_limit, overloaded.value.retry_after) == (False, 2.0)


@pytest.mark.parametrize(
    ("mode", "prompt", "unusable"),
    [
        ("badjson", SCHEMA, True),
        ("blank", SCHEMA, True),
        ("trunc", SCHEMA, True),
        ("blank", JUDGE, True),
        ("long", WORDS, True),
        ("empty", WORDS, False),
        ("errtext", WORDS, False),
        ("html", WORDS, False),
        ("cut", WORDS, False),
        ("endless", WORDS, False),
        ("429", WORDS, False),
        ("400", WORDS, False),
    ],
)
def test_a_text_that_cannot_be_used_is_told_apart_from_no_text(provider, mode, prompt, unusable):
    told = []

    try:
        ask(settings_for(provider, f"openai/{mode}"), prompt)
    except (TransientModelError, PermanentModelError) as error:
        told.append(error.unusable)

    assert told == [unusable]


@pytest.mark.parametrize("mode", ["negusage", "hugeusage"])
def test_a_false_count_of_tokens_is_replaced_by_our_estimate(provider, mode):
    reply = ask(settings_for(provider, f"openai/{mode}"), WORDS)

    assert reply.usage.prompt_tokens == WORDS.estimated_tokens
    assert 0 < reply.usage.completion_tokens < 200


def test_without_probabilities_the_label_that_was_written_stands_for_itself(provider):
    reply = ask(settings_for(provider, "openai/nologprobs"), JUDGE)

    assert reply.text in JUDGE.labels
    assert reply.label_logprobs == {}


def test_json_in_a_code_fence_is_taken_out_of_it(provider):
    assert json.loads(ask(settings_for(provider, "openai/fenced"), SCHEMA).text)["preference"]


def test_markup_in_an_answer_stays_text(provider):
    assert PAYLOADS[0] in ask(settings_for(provider, "openai/inject"), WORDS).text


def test_a_server_that_is_not_there_may_be_tried_again(unused_port):
    settings = Settings(model="openai/x", model_api_base=f"http://127.0.0.1:{unused_port}/v1", model_api_key=KEY)

    with pytest.raises(TransientModelError, match="could not be reached"):
        ask(settings, WORDS)


def test_a_provider_nobody_knows_is_named_as_such():
    with pytest.raises(PermanentModelError, match="knows no such model"):
        ask(Settings(model="nobody/nothing"), WORDS)


def test_calls_run_at_once_in_one_event_loop_after_the_other(provider):
    calls = completer(settings_for(provider))

    async def four() -> list[Reply]:
        return list(await asyncio.gather(*(calls.complete(replace(WORDS, seed=seed)) for seed in range(4))))

    first, second = asyncio.run(four()), asyncio.run(four())

    assert [reply.text for reply in first] == [reply.text for reply in second]


def test_an_embedded_model_without_an_address_is_never_sent_elsewhere():
    with pytest.raises(PermanentModelError, match="not running here"):
        ask(Settings(model="embedded", embedded_url="", model_api_key=KEY), WORDS)


def test_the_embedded_model_is_called_at_its_address_with_its_key(provider):
    settings = Settings(
        model="embedded", embedded_url=provider.url, embedded_key=SecretStr("its own"), model_api_key=KEY
    )

    reply = ask(settings, WORDS)

    assert reply.text
    assert completer(settings).api_key == "its own"


def test_a_profile_says_how_a_model_judges_and_what_fits_into_it(tmp_path: Path):
    embedded = completer(Settings(model="embedded")).profile
    file = completer(Settings(model=str(tmp_path / "any.gguf"))).profile
    hosted = completer(Settings(model="openai/x", model_slot_tokens=8000, model_judging="reasoned")).profile
    metered = completer(Settings(model="openai/x", model_parallel=3)).profile

    assert (embedded.small, embedded.judging, embedded.slot_tokens) == (True, "pointwise", 4096)
    assert file.small
    assert (hosted.small, hosted.judging, hosted.slot_tokens) == (False, "reasoned", 8000)
    assert (embedded.parallel, hosted.parallel, metered.parallel) == (4, 16, 3)
    assert (embedded.packing, hosted.packing) == (1, 6)
    assert embedded.answer_tokens_per_second < hosted.answer_tokens_per_second
