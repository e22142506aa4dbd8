from __future__ import annotations

import asyncio

import pytest

from app.domain.errors import BudgetReached
from app.induction.language_model import (
    Message,
    ModelFailure,
    ModelProfile,
    PermanentModelError,
    Prompt,
    Reply,
    TransientModelError,
)
from app.services.model_calls import InMemoryLedger, MeteredModel, pay_for
from tests.fakes import FakeCompleter


def prompt(text: str = "hello") -> Prompt:
    return Prompt((Message("user", text),), "write", max_tokens=10)


def ledger(calls: int = 100, tokens: int = 100_000) -> InMemoryLedger:
    return InMemoryLedger(calls, tokens)


def paid(completer: FakeCompleter, book: InMemoryLedger, given: Prompt | None = None) -> tuple[object, list[float]]:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    return asyncio.run(pay_for(given or prompt(), completer, book, sleep)), pauses


def test_a_transient_failure_is_tried_again_after_fixed_pauses():
    completer = FakeCompleter(faults={1: TransientModelError("busy"), 2: TransientModelError("busy")})
    book = ledger()

    answer, pauses = paid(completer, book)

    assert isinstance(answer, Reply)
    assert pauses == [2.0, 10.0]
    assert book.calls == 3


def test_after_three_tries_the_failure_is_an_answer():
    completer = FakeCompleter(faults={number: TransientModelError("busy") for number in (1, 2, 3)})

    answer, pauses = paid(completer, ledger())

    assert answer == ModelFailure("busy (after 3 tries)")
    assert len(pauses) == 2


@pytest.mark.parametrize(("asked", "slept"), [(7.5, 7.5), (0.0, 0.0), (9_999.0, 120.0)])
def test_the_pause_a_provider_asks_for_is_obeyed_up_to_two_minutes(asked, slept):
    completer = FakeCompleter(faults={1: TransientModelError("slow down", retry_after=asked)})

    _, pauses = paid(completer, ledger())

    assert pauses == [slept]


def test_a_permanent_failure_is_not_tried_again():
    completer = FakeCompleter(faults={1: PermanentModelError("no such model")})
    book = ledger()

    answer, _ = paid(completer, book)

    assert answer == ModelFailure("no such model")
    assert (book.calls, book.failures) == (1, ["no such model"])


def test_a_committed_reply_is_never_paid_again():
    completer, book = FakeCompleter(), ledger()

    first, _ = paid(completer, book)
    again, _ = paid(completer, book)

    assert first == again
    assert completer.calls == book.calls == 1


def test_every_try_counts_against_the_budget():
    completer = FakeCompleter(faults={1: TransientModelError("busy"), 2: TransientModelError("busy")})

    with pytest.raises(BudgetReached, match="cap of 2 model calls"):
        paid(completer, ledger(calls=2))

    assert completer.calls == 2


def test_a_call_that_could_pass_the_token_cap_is_not_sent():
    completer = FakeCompleter()

    with pytest.raises(BudgetReached, match="cap of 12 tokens"):
        paid(completer, ledger(tokens=12))

    assert completer.calls == 0


def test_a_resumed_call_takes_the_next_number():
    book = ledger()
    book.reserve(prompt().digest, 1, "write", "m", 5, 5)

    paid(FakeCompleter(), book)

    assert book.attempts(prompt().digest) == 2


def test_answers_come_in_the_order_of_the_prompts_and_equal_ones_are_sent_once():
    completer = FakeCompleter(ModelProfile("m", parallel=3), seconds=0.001)
    model = MeteredModel(completer, ledger())

    answers = asyncio.run(model.answer([prompt("a"), prompt("b"), prompt("a"), prompt("c")]))

    assert [answer.text for answer in answers if isinstance(answer, Reply)] == [
        f"An answer to: {one}" for one in "abac"
    ]
    assert completer.calls == 3


def test_when_the_budget_ends_the_calls_in_flight_are_settled_and_no_more_are_sent():
    completer, book = FakeCompleter(ModelProfile("m", parallel=2), seconds=0.01), ledger(calls=3)
    model = MeteredModel(completer, book)

    with pytest.raises(BudgetReached):
        asyncio.run(model.answer([prompt(str(number)) for number in range(8)]))

    assert completer.calls == 3
    assert all(book.committed(prompt(str(number)).digest) for number in range(3))


def test_a_failed_try_keeps_its_reservation_spent_as_in_the_database():
    book = ledger(tokens=40)
    failing = FakeCompleter(faults={1: PermanentModelError("no")})

    paid(failing, book)

    assert book.tokens == prompt().estimated_tokens + 10
    with pytest.raises(BudgetReached):
        paid(FakeCompleter(), book, Prompt((Message("user", "again"),), "write", max_tokens=25))


def test_what_no_database_holds_is_gone_from_replies_before_they_are_committed():
    class Broken(FakeCompleter):
        async def complete(self, prompt: Prompt) -> Reply:
            return Reply('{"said": "a\\ud800b\\u0000c"}' if prompt.schema else "a\ud800b\x00c")

    book = ledger()
    formed = Prompt((Message("user", "hello"),), "write", max_tokens=10, schema="{}")

    assert paid(Broken(), book)[0] == Reply("a?bc")
    assert paid(Broken(), book, formed)[0] == Reply('{"said": "a?bc"}')
    assert book.committed(formed.digest) == Reply('{"said": "a?bc"}')
