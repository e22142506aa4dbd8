"""A person's choices, a provider that misbehaves: a persona as without the faults, or words for what is missing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pydantic import SecretStr

from app.adapters.configured import completer
from app.domain.errors import ModelUnavailable
from app.induction.induce import Induced, fit
from app.services.calling.memory_ledger import InMemoryLedger
from app.services.calling.model_calls import MeteredModel
from app.settings import Settings
from tests.induction import given
from tests.stand_in import StandIn

SLOW = {"drip", "hang"}
PERSON = given.pairs(12)


def fitted(provider: StandIn, name: str = "stand-in", *, seconds: float = 30.0, recipe: str = "traits") -> Induced:
    """What comes of it; nobody waits through the pauses between tries."""
    settings = Settings(model=f"openai/{name}", model_api_base=provider.url, model_api_key=SecretStr("key"))
    model = replace(completer(settings), seconds=seconds)
    return asyncio.run(fit(PERSON, MeteredModel(model, InMemoryLedger(800, 2_000_000), asyncio.sleep), recipe=recipe))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.calling.model_calls.PAUSES_SECONDS", (0.0,) * 3)
    monkeypatch.setattr("app.services.calling.model_gate.REFUSAL_PAUSES_SECONDS", (0.0,) * 7)
    monkeypatch.setattr("app.services.calling.model_gate.LONGEST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr("app.services.calling.provider_rest.REST_SECONDS", 0.05)
    monkeypatch.setattr("app.adapters.provider_errors.asked_wait", lambda *_: 0.0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("recipe", ["traits", "quick"])
@pytest.mark.parametrize("mode", ["endless", "drip", "hang", "cut", "trunc", "badjson", "blank", "429", "500", "401"])
def test_where_every_call_goes_wrong_the_run_ends_and_says_why(provider: StandIn, mode: str, recipe: str) -> None:
    told = ""

    try:
        made = fitted(provider, mode, seconds=0.5 if mode in SLOW else 30.0, recipe=recipe)
    except ModelUnavailable as error:
        told = str(error)
    else:
        told = " ".join(made.missing)
        assert made.persona is None

    assert len(told.split()) > 8
    assert ".." not in told


@pytest.mark.exhaustive
@pytest.mark.parametrize("mode", ["drip", "cut", "429", "500", "503", "html", "empty", "err200"])
def test_where_single_calls_get_no_answer_the_persona_is_the_same(provider: StandIn, mode: str) -> None:
    clean = fitted(provider)

    provider.spoil(mode, 4)  # one fewer than make the provider rest
    made = fitted(provider, seconds=1.0 if mode in SLOW else 30.0)

    assert made.document() == clean.document()
    assert made.persona is not None
    assert not made.missing


def test_where_a_fifth_of_the_calls_fail_the_persona_is_the_same_or_says_what_is_missing(provider: StandIn) -> None:
    clean = fitted(provider)

    provider.behave(fail_rate=0.2)
    made = fitted(provider)

    assert made.persona is not None
    # Of about thirty calls one in twenty runs loses one, after four tries.
    assert made.missing or made.document() == clean.document()


@pytest.mark.parametrize("mode", ["endless", "long", "blank"])
def test_where_single_calls_cannot_be_answered_the_run_says_so(provider: StandIn, mode: str) -> None:
    clean = fitted(provider)

    provider.spoil(mode, 9)
    made = fitted(provider)

    assert made.missing or "other words" in str(made.notes) or made.document() == clean.document()
    assert made.persona is not None


@pytest.mark.parametrize(("mode", "calls"), [("badjson", 1), ("badjson", 2), ("trunc", 1), ("blank", 2)])
def test_an_unusable_text_is_asked_for_in_other_words_and_the_persona_comes(
    provider: StandIn, mode: str, calls: int
) -> None:
    provider.spoil(mode, calls)

    made = fitted(provider, recipe="quick")

    assert made.persona is not None
    assert provider.stats()["calls"] > calls
