"""A database that somebody else holds: a person hears of it in a few seconds and nothing is half stored; a short wait is
waited out; work that nobody watches has more patience."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.storage.database import BUSY_SECONDS, Database, DatabaseBusy
from app.storage.people import accounts
from app.web.guards import transactions
from app.web.guards.transactions import Gate
from tests.web.clients import browser, program, row_counts

PATIENCE = 0.4
SOON = 3.0
"""Far below the 15 s that it took once, and above what a busy machine adds."""


@contextmanager
def held(url: str) -> Iterator[None]:
    """Another program writes for as long as the block runs: the whole file of SQLite, every account of Postgres."""
    if url.startswith("sqlite"):
        file = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
        file.execute("begin immediate")
        yield
        file.execute("rollback")
        file.close()
        return
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("select account_id from account for update")
        yield
        connection.rollback()


@contextmanager
def held_for(url: str, seconds: float) -> Iterator[None]:
    """As `held`, but let go after some seconds, whatever the block does."""
    taken, over = threading.Event(), threading.Event()

    def hold() -> None:
        with held(url):
            taken.set()
            over.wait(seconds)

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait()
    yield
    thread.join()


@pytest.fixture(params=["page", "api"])
def ask(app: FastAPI, request: pytest.FixtureRequest) -> Callable[[], int]:
    """Asks a question, signed in before; what was answered, and that the answer says so."""
    by: str = request.param
    client: TestClient = program(app) if by == "api" else browser(app)
    if by == "page":
        client.post("/first-choice", data={"side_seed": str(2**61), "value": "first"})

    def asked() -> int:
        text = {"text": "Why?"}
        reply = client.post("/api/v1/prompts", json=text) if by == "api" else client.post("/choose/ask", data=text)
        if reply.status_code == 503:
            assert "Nothing was stored; try again shortly." in reply.text
            assert int(reply.headers["retry-after"]) > 0
        return reply.status_code

    return asked


def test_people_are_told_within_a_few_seconds_and_a_lock_of_three_is_waited_for() -> None:
    assert 3 < transactions.LONGEST_WAIT_SECONDS <= 5
    assert transactions.LONGEST_WAIT_SECONDS < BUSY_SECONDS


def test_while_another_writes_a_request_is_refused_in_time_and_leaves_nothing(
    ask: Callable[[], int], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "LONGEST_WAIT_SECONDS", PATIENCE)
    before = row_counts(database)

    with held(database.url):
        began = time.monotonic()
        refused = ask()
        took = time.monotonic() - began

    assert refused == 503
    assert PATIENCE * 0.9 < took < SOON
    assert row_counts(database) == before
    assert ask() in (201, 303)


async def let_in(gate: Gate, seconds: float) -> float:
    """What was left of the patience of a request that then takes so long."""
    async with gate.passed() as left:
        await asyncio.sleep(seconds)
        return left


async def not_let_in(gate: Gate, seconds: float) -> None:
    """A request that has its turn, and is told by the database after so long that it is busy."""
    async with gate.passed():
        await asyncio.sleep(seconds)
        raise DatabaseBusy[0]("begin", {}, Exception("locked"))


def test_who_stood_behind_one_that_was_not_let_in_does_not_begin_to_wait_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "LONGEST_WAIT_SECONDS", 2.0)

    async def play() -> float:
        gate = Gate(1)
        answered = await asyncio.gather(not_let_in(gate, 0.5), let_in(gate, 0), return_exceptions=True)
        assert isinstance(answered[0], DatabaseBusy)
        assert isinstance(answered[1], float)
        return answered[1]

    assert asyncio.run(play()) <= 1.5


def test_a_line_that_moves_is_waited_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "LONGEST_WAIT_SECONDS", 1.0)

    async def play() -> list[float]:
        gate = Gate(1)
        return await asyncio.gather(*(let_in(gate, 0.3) for _ in range(5)))

    assert len(asyncio.run(play())) == 5


def test_a_line_that_moves_too_slowly_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "LONGEST_WAIT_SECONDS", 0.4)
    monkeypatch.setattr(transactions, "LONGEST_QUEUE_SECONDS", 0.6)

    async def play() -> list[float | BaseException]:
        gate = Gate(1)
        return await asyncio.gather(*(let_in(gate, 0.2) for _ in range(9)), return_exceptions=True)

    assert isinstance(asyncio.run(play())[-1], TimeoutError)


def test_what_another_holds_for_a_moment_is_waited_for(ask: Callable[[], int], database: Database) -> None:
    with held_for(database.url, 0.5):
        answered = ask()

    assert answered in (201, 303)


def test_work_that_nobody_watches_waits_where_a_person_is_refused(database: Database) -> None:
    hurried = Database(database.url, patience=PATIENCE)
    with database.writing() as session:
        account_id = accounts.add_account(session, "AAAA-AAAA").account_id

    def lock(patient: Database) -> None:
        with patient.writing() as session:
            accounts.lock(session, account_id)

    with held_for(database.url, 3 * PATIENCE):
        with pytest.raises(DatabaseBusy):
            lock(hurried)
        lock(database)
    hurried.close()


def test_who_finds_all_connections_taken_is_refused_in_time(postgres_url: str) -> None:
    hurried = Database(postgres_url, patience=PATIENCE)
    taken = [hurried.engine.connect() for _ in range(30)]

    began = time.monotonic()
    with pytest.raises(DatabaseBusy), hurried.writing():
        pass

    assert time.monotonic() - began < SOON
    for connection in taken:
        connection.close()
    hurried.close()
