"""A real provider that refuses one person's requests: what becomes of them, and that nobody else notices."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from app.adapters.configured import completer
from app.induction.model.language_model import Answer, Message, ModelFailure, Prompt, Reply
from app.services.calling.lanes import Caller
from app.services.calling.memory_ledger import InMemoryLedger
from app.services.calling.model_calls import pay_for
from app.services.calling.model_gate import Gate
from app.settings import Settings
from tests.odd_provider import odd_provider

ANA, BEN = Caller("ana"), Caller("ben", is_awaited=True)


@pytest.mark.slow
def test_a_request_larger_than_the_account_takes_is_sent_once_and_keeps_nobody_waiting() -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def scene(url: str) -> list[Answer]:
        model = completer(
            Settings(_env_file=None, model="openai/base", model_api_base=url, model_api_key=SecretStr("k"))
        )
        gate, book = Gate(pause), InMemoryLedger(100, 1_000_000)
        texts = [(ANA, f"mode:too-large-413 my long letter {number}") for number in range(12)]
        texts += [(BEN, f"What is a fjord? {number}") for number in range(4)]
        asked = [(who, Prompt((Message("user", text),), "answer", 200)) for who, text in texts]
        return list(await asyncio.gather(*(pay_for(each, model, book, gate, pause, caller=who) for who, each in asked)))

    with odd_provider() as provider:
        answers = asyncio.run(scene(provider.url))
        sent = [entry["mode"] for entry in provider.log]

    assert all(isinstance(answer, Reply) for answer in answers[12:])
    refused = [answer for answer in answers[:12] if isinstance(answer, ModelFailure)]
    assert len(refused) == 12
    assert all("too large for this account" in answer.reason for answer in refused)
    assert (sent.count("too-large-413"), pauses) == (12, [])
