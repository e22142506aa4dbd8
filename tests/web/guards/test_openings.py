"""Streams that are opened again and again cost the others nothing: they are refused before anything is looked up."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from limits import RateLimitItemPerSecond

from app.storage.database import Database
from app.web.guards import openings
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
