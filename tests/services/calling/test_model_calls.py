from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from app.domain.errors import BudgetReached
from app.induction.model.language_model import (
    Message,
    ModelFailure,
    ModelProfile,
    PermanentModelError,
    Prompt,
    Reply,
    TransientModelError,
)
from app.services.calling.memory_ledger import InMemoryLedger
from app.services.calling.model_calls import MeteredModel, pay_for
from app.services.calling.model_gate import REFUSAL_PAUSES_SECONDS, Gate
from app.services.calling.provider_rest import Rest
from tests.fakes import FakeCompleter


def prompt(text: str = "hello") -> Prompt:
    return Prompt((Message("user", text),), "write", max_tokens=10)


def ledger(calls: int = 100, tokens: int = 100_000) -> InMemoryLedger:
    return InMemoryLedger(calls, tokens)


def every(fault: Exception) -> dict[int, Exception]:
    """The same fault at every call."""
    return dict.fromkeys(range(1, 100), fault)


def paid(completer: FakeCompleter, book: InMemoryLedger, given: Prompt | None = None) -> tuple[object, list[float]]:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    gate = Gate(sleep, Rest(lambda: datetime(2026, 11, 27, 15, 6, tzinfo=UTC)))
    return asyncio.run(pay_for(given or prompt(), completer, book, gate, sleep)), pauses


def test_a_transient_failure_is_tried_again_after_fixed_pauses():
    completer = FakeCompleter(faults={1: TransientModelError("busy"), 2: TransientModelError("busy")})
    book = ledger()

    answer, pauses = paid(completer, book)

    assert isinstance(answer, Reply)
    assert pauses == [1.0, 4.0]
    assert book.calls == 3


def test_after_four_tries_the_failure_is_an_answer():
    completer = FakeCompleter(faults=every(TransientModelError("busy")))

    answer, pauses = paid(completer, ledger())

    assert answer == ModelFailure("busy (after 4 tries).")
    assert pauses == [1.0, 4.0, 15.0]


def test_a_text_that_is_not_what_was_asked_for_is_asked_for_twice_and_told_apart():
    completer = FakeCompleter(faults=every(TransientModelError("no JSON", unusable=True)))

    answer, _ = paid(completer, ledger())

    assert answer == ModelFailure("no JSON (after 2 tries).", unusable=True)
    assert completer.calls == 2


def test_a_text_that_would_come_again_in_any_case_is_asked_for_once():
    completer = FakeCompleter(faults=every(PermanentModelError("cut off", unusable=True)))

    answer, _ = paid(completer, ledger())

    assert answer == ModelFailure("cut off", unusable=True)


def test_whether_a_failure_was_a_text_is_told_by_the_last_try():
    garbled, away = TransientModelError("no JSON", unusable=True), TransientModelError("away")

    answer, _ = paid(FakeCompleter(faults={1: garbled, 2: away, 3: away, 4: away}), ledger())
    other, _ = paid(FakeCompleter(faults={1: away, 2: garbled, 3: garbled}), ledger())

    assert answer == ModelFailure("away (after 4 tries).")
    assert other == ModelFailure("no JSON (after 3 tries).", unusable=True)


def test_a_rate_limit_is_waited_for_longer_than_a_minute_beside_the_other_failures():
    limit, away = TransientModelError("slow down", is_rate_limit=True), TransientModelError("away")
    completer = FakeCompleter(faults={number: away if number in {2, 4, 6} else limit for number in range(1, 11)})

    answer, pauses = paid(completer, ledger())

    assert isinstance(answer, Reply)
    assert sum(pauses) > 60
    assert completer.calls == 11


def test_a_call_that_its_rate_limit_refuses_eight_times_fails():
    completer = FakeCompleter(faults=every(TransientModelError("slow down", is_rate_limit=True)))

    answer, pauses = paid(completer, ledger())

    assert answer == ModelFailure("slow down (waiting did not help).")
    assert pauses == list(REFUSAL_PAUSES_SECONDS)


@pytest.mark.parametrize(("asked", "slept"), [(0.5, [0.5]), (20.0, [20.0]), (120.0, [120.0]), (0.0, []), (None, [2.0])])
def test_a_rate_limit_is_waited_for_as_long_as_the_provider_asks_and_no_longer(asked, slept):
    completer = FakeCompleter(faults={1: TransientModelError("slow down", asked, is_rate_limit=True)})

    answer, pauses = paid(completer, ledger())

    assert isinstance(answer, Reply)
    assert pauses == slept


def test_a_provider_that_asks_for_too_little_again_and_again_is_given_more_time_by_the_one_it_refuses():
    completer = FakeCompleter(faults=every(TransientModelError("slow down", 1.0, is_rate_limit=True)))

    _, pauses = paid(completer, ledger())

    assert sum(pauses) > 60
    assert pauses[:2] == [1.0, 2.0]


@pytest.mark.parametrize("error", [TransientModelError, PermanentModelError])
@pytest.mark.parametrize("is_rate_limit", [True, False])
def test_a_wait_of_over_two_minutes_is_told_with_the_time_and_not_waited_out(error, is_rate_limit):
    reason = "The provider says to slow down and asks to wait 14 minutes."
    completer = FakeCompleter(faults={1: error(reason, 840.0, is_rate_limit=is_rate_limit)})

    answer, pauses = paid(completer, ledger())

    assert answer == ModelFailure(f"{reason} Nothing was lost; start again at about 15:20 UTC.")
    assert (completer.calls, pauses) == (1, [])


def test_a_try_that_the_rate_limit_refused_counts_as_a_call_but_costs_no_tokens():
    completer = FakeCompleter(faults={1: TransientModelError("slow down", is_rate_limit=True)})
    book = ledger(tokens=prompt().estimated_tokens + 10)

    answer, _ = paid(completer, book)

    assert isinstance(answer, Reply)
    assert book.calls == 2
    assert book.tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


@pytest.mark.parametrize(("asked", "slept"), [(7.5, 7.5), (0.0, 0.0), (120.0, 120.0)])
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

    assert paid(Broken(), book)[0] == Reply("a\ufffdb\ufffdc")
    assert paid(Broken(), book, formed)[0] == Reply('{"said": "a\ufffdb\ufffdc"}')
    assert book.committed(formed.digest) == Reply('{"said": "a\ufffdb\ufffdc"}')


def test_room_for_thoughts_is_set_aside_with_each_try_and_given_back_when_it_was_not_used():
    book = ledger(tokens=3_000)
    thinker = FakeCompleter(profile=ModelProfile("m", thought_tokens=400, thought_room=2_990))

    with pytest.raises(BudgetReached):
        paid(thinker, book)
    paid(FakeCompleter(profile=ModelProfile("m", thought_tokens=400, thought_room=2_000)), book)

    assert book.calls == 1
    assert book.tokens < 100
