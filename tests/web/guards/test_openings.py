"""Streams that are opened again and again cost the others nothing: they are refused before anything is looked up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from limits import RateLimitItemPerSecond
from starlette.types import Message, Receive, Scope, Send

from app.settings import Settings
from app.storage.database import Database
from app.web.guards import openings, turns
from tests.web.clients import HERE, application, program

STREAM = "/api/v1/runs/0196b3a0-0000-7000-8000-000000000000/stream"


@pytest.fixture(autouse=True)
def wide_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the test, no use is forgotten before its end."""
    for name in ("OF_ONE", "OF_ADDRESS"):
        monkeypatch.setattr(openings, name, RateLimitItemPerSecond(getattr(openings, name).amount, 3_600))


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> FastAPI:
    return application(sqlite_url, tmp_path)


class Statements:
    """How many statements the application has sent to its database."""

    def __init__(self, app: FastAPI) -> None:
        self.count = 0
        database: Database = app.state.database
        sa.event.listen(database.engine, "before_cursor_execute", self._note)

    def _note(self, *_args: object) -> None:
        self.count += 1


@pytest.mark.parametrize("path", [STREAM, STREAM.removeprefix("/api/v1")])
def test_openings_beyond_the_limit_are_refused_before_anything_is_looked_up(app: FastAPI, path: str) -> None:
    client = program(app)
    if not path.startswith("/api"):
        client.cookies.set("sign-in", client.headers.pop("Authorization").removeprefix("Bearer "))
    statements = Statements(app)

    first = [client.get(path).status_code for _ in range(openings.OF_ONE.amount)]
    looked = statements.count
    refused = [client.get(path) for _ in range(30)]

    assert set(first) == {404}
    assert looked > 0
    assert {reply.status_code for reply in refused} == {429}
    assert statements.count == looked
    assert all(0 < int(reply.headers["retry-after"]) <= 3_600 for reply in refused)
    assert refused[0].headers["content-type"] == "application/problem+json"
    assert f"Try again in {refused[0].headers['retry-after']} s." in refused[0].json()["detail"]
    assert client.get("/api/v1/me").status_code == 200 or not path.startswith("/api")


def test_one_persons_openings_do_not_use_up_anothers(app: FastAPI) -> None:
    one, other = program(app), program(app)
    for _ in range(openings.OF_ONE.amount + 5):
        one.get(STREAM)

    assert one.get(STREAM).status_code == 429
    assert other.get(STREAM).status_code == 404


def test_tokens_that_are_invented_anew_are_counted_by_address(app: FastAPI) -> None:
    client = TestClient(app, base_url=HERE)
    statements = Statements(app)

    statuses = [
        client.get(STREAM, headers={"Authorization": f"Bearer {number}"}).status_code
        for number in range(openings.OF_ADDRESS.amount)
    ]
    looked = statements.count
    after = [
        client.get(STREAM, headers={"Authorization": f"Bearer other {number}"}).status_code for number in range(20)
    ]

    assert set(statuses) == {401}
    assert set(after) == {429}
    assert statements.count == looked


def test_what_is_no_stream_is_not_counted(app: FastAPI) -> None:
    client = program(app)

    statuses = {client.get("/api/v1/runs").status_code for _ in range(openings.OF_ONE.amount + 5)}

    assert statuses == {200}


@pytest.mark.parametrize(("tokens", "at_once"), [(6, openings.AT_ONCE), (1, 1)])
def test_openings_are_looked_up_few_at_a_time_one_of_each_sign_in_and_streams_that_wait_take_no_turn(
    tokens: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONGEST_PAUSE_SECONDS", 0.0)

    async def lived_through() -> list[int]:
        looking, most, replies = 0, [0], [asyncio.Event() for _ in range(6)]

        async def stream(scope: Scope, _receive: Receive, send: Send) -> None:
            nonlocal looking
            looking += 1
            most.append(looking)
            await asyncio.sleep(0)
            looking -= 1
            await send({"type": "http.response.start", "status": 200, "headers": []})
            replies[scope["number"]].set()
            await asyncio.Event().wait()

        async def nothing() -> Message:
            return {"type": "http.disconnect"}

        async def unheard(_message: Message) -> None:
            await asyncio.sleep(0)

        few = openings.FewOpenings(stream, openings.Openings(Settings(_env_file=None)))
        scope = {"type": "http", "path": STREAM, "headers": [], "client": ("192.0.2.1", 1)}
        scopes = [
            {**scope, "number": n, "headers": [(b"authorization", f"Bearer {n % tokens}".encode())]} for n in range(6)
        ]
        held = [asyncio.create_task(few(each, nothing, unheard)) for each in scopes]
        async with asyncio.timeout(10):
            for reply in replies:
                await reply.wait()
        for each in held:
            each.cancel()
        return most

    assert max(asyncio.run(lived_through())) == at_once
