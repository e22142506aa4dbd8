"""Answers as durable steps: a later execution is given what the first one was, and a stop waits for no pause."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from app.induction.model.language_model import (
    Answer,
    Message,
    ModelFailure,
    ModelProfile,
    PermanentModelError,
    Prompt,
    Reply,
    TransientModelError,
)
from app.jobs.durable_model import Drain, DurableModel
from app.services.calling.model_gate import Gate
from app.storage.database import Database
from app.storage.spending.ledger import DatabaseLedger
from app.storage.working import job_requests
from tests.fakes import FakeCompleter
from tests.jobs import given
from tests.jobs.processes import wait_until


class Engine:
    """Keeps what each step recorded, in the order of the steps, as the job engine does."""

    def __init__(self) -> None:
        self.recorded: dict[int, str] = {}
        self._next = 0

    def step(self, body: Callable[[], Awaitable[str]]) -> Awaitable[str]:
        self._next += 1
        return self._carried_out(self._next, body)

    def begin_again(self) -> None:
        self._next = 0

    async def _carried_out(self, place: int, body: Callable[[], Awaitable[str]]) -> str:
        if place not in self.recorded:
            self.recorded[place] = await body()
        return self.recorded[place]


def prompt(text: str) -> Prompt:
    return Prompt((Message("user", text),), "write", max_tokens=10)


def ledger_of_a_run(database: Database) -> tuple[str, DatabaseLedger]:
    account_id = given.account_with_choices(database, 5)
    run_id = given.start(database, account_id)
    with database.writing() as session:
        hold = job_requests.take(session, "induce", run_id)
    assert hold
    return run_id, DatabaseLedger(database, hold, account_id, budget_calls=50, budget_tokens=50_000)


def one_at_a_time(**faults: Exception) -> FakeCompleter:
    return FakeCompleter(ModelProfile("m", parallel=1), faults={int(name[1:]): fault for name, fault in faults.items()})


def test_a_replay_gives_the_same_answers_with_unusable_texts_told_apart(database: Database) -> None:
    _, book = ledger_of_a_run(database)
    garbled = TransientModelError("The answer is no JSON.", 0.0, unusable=True)
    completer = one_at_a_time(
        _2=garbled,
        _3=garbled,
        _4=PermanentModelError("The answer was cut off.", unusable=True),
        _5=PermanentModelError("The key was refused."),
    )
    engine = Engine()
    asked = [prompt(text) for text in ("answered", "garbled", "cut off", "refused")]

    async def execution() -> list[Answer]:
        return await DurableModel(completer, book, engine.step, Drain(), Gate()).answer(asked)

    first = asyncio.run(execution())
    engine.begin_again()
    again = asyncio.run(execution())

    assert isinstance(first[0], Reply)
    assert first[1:] == [
        ModelFailure("The answer is no JSON (after 2 tries).", unusable=True),
        ModelFailure("The answer was cut off.", unusable=True),
        ModelFailure("The key was refused."),
    ]
    assert again == first
    assert completer.calls == 5
    assert "An answer to" not in str(engine.recorded)


def test_runs_of_two_people_wait_together_for_as_long_as_the_provider_asked(database: Database) -> None:
    pauses: list[float] = []
    sent_while_paused: list[int] = []
    completer = one_at_a_time(_1=TransientModelError("Slow down.", 2.0, is_rate_limit=True))

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        before = completer.calls
        await asyncio.sleep(0.05)
        sent_while_paused.append(completer.calls - before)

    async def both() -> list[list[Answer]]:
        gate = Gate(pause)
        runs = [DurableModel(completer, ledger_of_a_run(database)[1], Engine().step, Drain(), gate) for _ in range(2)]
        return list(await asyncio.gather(*(run.answer([prompt("one"), prompt("two")]) for run in runs)))

    answers = asyncio.run(both())

    assert all(isinstance(answer, Reply) for of_one_run in answers for answer in of_one_run)
    assert (pauses, sent_while_paused) == ([2.0], [0])


def test_a_call_that_pauses_is_not_in_flight_and_sends_nothing_once_the_worker_stops(database: Database) -> None:
    run_id, book = ledger_of_a_run(database)
    completer, drain = one_at_a_time(_1=TransientModelError("The model failed.", 0.1)), Drain()

    async def scene() -> int:
        model = DurableModel(completer, book, Engine().step, drain, Gate())
        answering = asyncio.create_task(model.answer([prompt("one")]))
        await asyncio.to_thread(wait_until, lambda: bool(given.ledger(database, run_id)), 5, "the first try")
        in_flight = drain.in_flight
        drain.is_draining = True
        await asyncio.sleep(0.3)
        answering.cancel()
        return in_flight

    assert asyncio.run(scene()) == 0
    assert completer.calls == 1
    assert [entry.state for entry in given.ledger(database, run_id)] == ["failed"]


def test_why_nothing_was_sent_is_told_by_a_replay_too(database: Database) -> None:
    run_id, book = ledger_of_a_run(database)
    completer, engine = one_at_a_time(_1=PermanentModelError("Slow down.", 900.0, kind="busy")), Engine()

    async def execution() -> list[Answer]:
        return await DurableModel(completer, book, engine.step, Drain(), Gate()).answer([prompt("one"), prompt("two")])

    first = asyncio.run(execution())
    engine.begin_again()
    again = asyncio.run(execution())

    assert again == first
    assert all(isinstance(answer, ModelFailure) and "start again at about" in answer.reason for answer in first)
    assert len(given.ledger(database, run_id)) == completer.calls == 1
