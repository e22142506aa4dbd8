"""The stream of a run: at once, at every change, to its end; for its owner alone; from any process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.sse import ServerSentEvent

from app.domain.errors import NotFound
from app.services.inducing import inducing
from app.services.people import accounts
from app.storage.database import Database
from app.storage.tables import now
from app.storage.working import runs
from app.web import following, streams
from app.web.following import Looks
from app.web.refusals import Busy
from app.web.streams import Streams, event_stream
from tests import builders
from tests.web.clients import application, program
from tests.web.work import work_off


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_EVERY_SECONDS", 0.01)


@pytest.fixture
def run(database: Database) -> tuple[str, str]:
    """An account and its queued run."""
    with database.writing() as session:
        account_id = builders.an_account(session)
        builders.choices(session, account_id, 6)
        run_id = inducing.start_run(
            session, account_id, model="fake", recipe="paper-lean", seed=0, budget_calls=100, budget_tokens=100_000
        )
    return account_id, run_id


def test_a_stream_tells_the_state_at_once_every_change_once_and_then_ends(
    database: Database, run: tuple[str, str]
) -> None:
    account_id, run_id = run

    async def watch() -> list[tuple[int, str]]:
        told = []
        async for seq, view in Looks(database).changes(account_id, run_id):
            told.append((seq, view.state))
            with database.writing() as session:
                if len(told) == 1:
                    runs.add_event(session, run_id, 1, "reading", 6, 6, {})
                elif len(told) == 2:
                    inducing.cancel_run(session, account_id, run_id)
        return told

    assert asyncio.run(watch()) == [(0, "queued"), (1, "queued"), (1, "cancelled")]


def test_a_stream_of_a_run_that_is_another_persons_does_not_begin(database: Database, run: tuple[str, str]) -> None:
    with database.writing() as session:
        stranger = builders.an_account(session)

    async def first() -> Any:
        return await anext(Looks(database).changes(stranger, run[1]))

    with pytest.raises(NotFound):
        asyncio.run(first())


def test_a_stream_ends_when_its_account_is_deleted(database: Database, run: tuple[str, str]) -> None:
    account_id, run_id = run

    async def watch() -> int:
        told = 0
        async for _ in Looks(database).changes(account_id, run_id):
            told += 1
            with database.writing() as session:
                accounts.delete_everything(session, account_id)
        return told

    assert asyncio.run(watch()) == 1


@pytest.mark.slow
def test_a_finished_run_streams_its_end_in_the_shape_of_the_description(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    client = program(application(database_url, tmp_path))
    client.post(f"/api/v1/samples/{client.get('/api/v1/samples').json()[0]['name']}")
    run_id = client.post("/api/v1/runs", json={}).json()["run_id"]
    work_off(database)

    reply = client.get(f"/api/v1/runs/{run_id}/stream")

    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.headers["cache-control"] == "no-store"
    fields = dict(line.split(": ", 1) for line in reply.text.strip().splitlines())
    assert fields["event"] == "run"
    assert json.loads(fields["data"]) == client.get(f"/api/v1/runs/{run_id}").json()
    assert int(fields["id"]) > 0
    database.close()


def test_a_quiet_stream_says_that_it_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.01)

    async def one_late_event() -> AsyncIterator[ServerSentEvent]:
        await asyncio.sleep(0.1)
        yield ServerSentEvent(raw_data="two\nlines", event="run", id="7")

    async def read() -> list[bytes]:
        return [bytes(chunk, "utf-8") if isinstance(chunk, str) else bytes(chunk) async for chunk in stream]

    stream = event_stream(one_late_event(), Streams(), "somebody").body_iterator
    chunks = asyncio.run(read())

    assert chunks[0] == streams.KEEP_ALIVE
    assert chunks[-1] == b"event: run\ndata: two\ndata: lines\nid: 7\n\n"


def test_the_looking_stops_when_the_reader_has_gone(database: Database, run: tuple[str, str]) -> None:
    account_id, run_id = run
    closed = []

    async def events() -> AsyncIterator[ServerSentEvent]:
        try:
            async for seq, _ in Looks(database).changes(account_id, run_id):
                yield ServerSentEvent(raw_data="x", id=str(seq))
        finally:
            closed.append(now())

    async def read_one() -> None:
        stream = event_stream(events(), Streams(), "somebody").body_iterator
        assert isinstance(stream, AsyncIterator)
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        await asyncio.sleep(0.1)

    asyncio.run(read_one())

    assert closed


async def _never() -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(raw_data="now", event="run", id="1")
    await asyncio.Event().wait()


def test_of_many_streams_of_one_person_the_newest_stay_and_the_others_end_with_a_word() -> None:
    open_now = Streams()

    async def read(told: list[bytes]) -> None:
        async for chunk in event_stream(_never(), open_now, "somebody").body_iterator:
            told.append(bytes(chunk) if not isinstance(chunk, str) else chunk.encode())

    async def many() -> list[list[bytes]]:
        told: list[list[bytes]] = [[] for _ in range(30)]
        reading = [asyncio.ensure_future(read(one)) for one in told]
        await asyncio.wait(reading[:-4])
        assert len(open_now.open["somebody"]) == streams.STREAMS_OF_ONE
        assert not any(one.done() for one in reading[-4:])
        for one in reading:
            one.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        return told

    told = asyncio.run(many())

    assert all(one[-1].startswith(b"event: done") for one in told[:-4])
    assert not any(one[-1].startswith(b"event: done") for one in told[-4:] if one)


def test_a_process_follows_no_more_runs_than_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "STREAMS", 2)
    open_now = Streams()

    with open_now.place("one"), open_now.place("another"), pytest.raises(Busy):
        event_stream(_never(), open_now, "a third")

    assert not open_now.open


def test_a_stream_ends_with_its_sign_in(database: Database) -> None:
    with database.writing() as session:
        token = accounts.new_guest(session).token
        account = accounts.account_for_token(session, token)
        assert account is not None
        builders.choices(session, account.account_id, 6)
        run_id = inducing.start_run(
            session, account.account_id, model="fake", recipe="paper-lean", seed=0, budget_calls=9, budget_tokens=9_999
        )

    async def watch() -> int:
        told = 0
        async for _ in Looks(database).changes(account.account_id, run_id, token=token):
            told += 1
            with database.writing() as session:
                accounts.sign_out(session, token)
        return told

    assert asyncio.run(watch()) == 1


def test_a_reader_who_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "DEAF_SECONDS", 0.0)
    open_now = Streams()

    async def deaf(_message: Any) -> None:
        await asyncio.Event().wait()

    asyncio.run(event_stream(_never(), open_now, "somebody").stream_response(deaf))

    assert not open_now.open


def test_however_many_follow_a_run_there_is_one_look_at_the_database_a_tick(
    database: Database, run: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id, run_id = run
    looks, real = [], Looks.read
    monkeypatch.setattr(following, "LOOK_EVERY_SECONDS", 0.05)

    def counted(*given: Any) -> Any:
        looks.append(1)
        return real(*given)

    monkeypatch.setattr(Looks, "read", counted)
    followed = Looks(database)

    async def follow(told: list[str]) -> None:
        async for _, view in followed.changes(account_id, run_id):
            told.append(view.state)

    async def many() -> list[list[str]]:
        told: list[list[str]] = [[] for _ in range(20)]
        reading = [asyncio.ensure_future(follow(one)) for one in told]
        for _ in range(1_000):
            if not all(told):
                await asyncio.sleep(0.01)
        before = len(looks)
        await asyncio.sleep(0.5)
        assert 0 < len(looks) - before <= 11
        with database.writing() as session:
            inducing.cancel_run(session, account_id, run_id)
        await asyncio.wait_for(asyncio.gather(*reading), 30)
        return told

    assert asyncio.run(many()) == [["queued", "cancelled"]] * 20
    assert not followed._followed


def test_a_stream_that_waits_for_a_slow_reader_hears_of_the_end_all_the_same(
    database: Database, run: tuple[str, str]
) -> None:
    account_id, run_id = run

    async def slow() -> list[str]:
        told = []
        async for _, view in Looks(database).changes(account_id, run_id):
            told.append(view.state)
            if len(told) == 1:
                with database.writing() as session:
                    runs.add_event(session, run_id, 1, "reading", 6, 6, {})
            elif len(told) == 2:
                with database.writing() as session:
                    inducing.cancel_run(session, account_id, run_id)
                await asyncio.sleep(0.3)
        return told

    assert asyncio.run(asyncio.wait_for(slow(), 30)) == ["queued", "queued", "cancelled"]


def test_when_the_process_stops_every_stream_ends_with_a_word_and_no_new_one_begins() -> None:
    open_now = Streams()

    async def read() -> list[bytes]:
        told: list[bytes] = []
        async for chunk in event_stream(_never(), open_now, "somebody").body_iterator:
            told.append(bytes(chunk) if not isinstance(chunk, str) else chunk.encode())
            open_now.say_goodbye()
        return told

    told = asyncio.run(read())

    assert told[-1].startswith(b"event: restart")
    assert b"retry: 1000" in told[-1]
    with pytest.raises(Busy):
        open_now.check()
