"""Idempotency-Key: what costs money is done once for each key, and told again in the same words."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import ASGITransport, AsyncClient, Response

from app.services.repeating import KEPT_FOR
from app.storage.database import Database
from app.storage.tables import RequestKey
from tests.web.clients import HERE, application, program, row_counts
from tests.web.work import work_off

TURNS: dict[str, Any] = {
    "turns": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day."}],
    "answers": 1,
}
COSTLY = [
    ("/api/v1/prompts", {"text": "Hello"}, {"text": "Good day"}),
    ("/api/v1/runs", {"seed": 1}, {"seed": 2}),
    ("/api/v1/imports/conversation", TURNS, {**TURNS, "turns": [*TURNS["turns"], *TURNS["turns"]]}),
]
SPENDING = ("comparison", "completion", "induction_run", "job_request", "import_batch", "request_key")


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    return application(database_url, tmp_path, limit_prompts="9999/hour")


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """With a sample history, so that a run can be started."""
    made = program(app)
    made.post(f"/api/v1/samples/{made.get('/api/v1/samples').json()[0]['name']}")
    return made


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def spent(database: Database) -> dict[str, int]:
    counts = row_counts(database)
    return {table: counts[table] for table in SPENDING}


@pytest.mark.parametrize(("path", "body", "other"), COSTLY, ids=lambda value: value if isinstance(value, str) else "")
def test_the_same_key_and_body_get_the_same_reply_and_spend_nothing_twice(
    client: TestClient, database: Database, path: str, body: dict[str, Any], other: dict[str, Any]
) -> None:
    first = client.post(path, json=body, headers=keyed("one"))
    once = spent(database)

    again = [client.post(path, json=body, headers=keyed("one")) for _ in range(3)]

    assert first.status_code in (201, 202)
    assert "idempotency-replayed" not in first.headers
    for reply in again:
        assert (reply.status_code, reply.content) == (first.status_code, first.content)
        assert reply.headers["location"] == first.headers["location"]
        assert reply.headers["idempotency-replayed"] == "true"
    assert spent(database) == once

    refused = client.post(path, json=other, headers=keyed("one"))
    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/idempotency-key-reused"
    assert spent(database) == once


def test_without_a_key_and_with_another_one_it_is_done_anew(client: TestClient) -> None:
    headers = [{}, {}, keyed("one"), keyed("two")]

    ids = {
        client.post("/api/v1/prompts", json={"text": "Hello"}, headers=each).json()["comparison_id"] for each in headers
    }

    assert len(ids) == 4


def test_a_key_belongs_to_one_address_and_to_one_account(app: FastAPI, client: TestClient) -> None:
    mine = client.post("/api/v1/prompts", json={"text": "Hello"}, headers=keyed("one"))

    elsewhere = client.post("/api/v1/runs", json={}, headers=keyed("one"))
    theirs = program(app).post("/api/v1/prompts", json={"text": "Hello"}, headers=keyed("one"))

    assert elsewhere.status_code == 422
    assert theirs.status_code == 201
    assert theirs.json() != mine.json()


def test_json_in_another_order_is_the_same_request(client: TestClient) -> None:
    json = {**keyed("one"), "Content-Type": "application/json"}

    one = client.post("/api/v1/runs", content=b'{"seed": 1, "recipe": "quick"}', headers=json)
    other = client.post("/api/v1/runs", content=b'{"recipe":"quick","seed":1}', headers=json)

    assert one.json() == other.json()


def test_a_refused_request_keeps_no_key(client: TestClient, database: Database) -> None:
    before = spent(database)

    assert client.post("/api/v1/prompts", json={"text": "   "}, headers=keyed("one")).status_code == 400

    assert spent(database) == before
    assert client.post("/api/v1/prompts", json={"text": "Hello"}, headers=keyed("one")).status_code == 201


def test_twenty_at_once_on_two_processes_are_one(
    app: FastAPI, client: TestClient, database: Database, database_url: str, tmp_path: Path
) -> None:
    other = application(database_url, tmp_path, limit_prompts="9999/hour")
    headers = {"Authorization": client.headers["Authorization"], **keyed("one")}

    async def ask_all() -> list[Response]:
        async with (
            AsyncClient(transport=ASGITransport(app), base_url=HERE, headers=headers) as here,
            AsyncClient(transport=ASGITransport(other), base_url=HERE, headers=headers) as there,
        ):
            asked = [each.post("/api/v1/prompts", json={"text": "Hello"}) for each in (here, there) * 10]
            return await asyncio.gather(*asked)

    before = spent(database)["comparison"]
    replies = asyncio.run(ask_all())

    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.content for reply in replies}) == 1
    assert sum("idempotency-replayed" not in reply.headers for reply in replies) == 1
    assert spent(database)["comparison"] == before + 1


def test_a_key_survives_a_restart_and_the_end_of_the_work(
    client: TestClient, database: Database, database_url: str, tmp_path: Path
) -> None:
    first = client.post("/api/v1/runs", json={"recipe": "paper-lean"}, headers=keyed("one"))
    work_off(database)
    restarted = TestClient(application(database_url, tmp_path), base_url=HERE, headers=dict(client.headers))

    again = restarted.post("/api/v1/runs", json={"recipe": "paper-lean"}, headers=keyed("one"))

    assert again.content == first.content
    assert restarted.get(first.headers["location"]).json()["state"] == "done"


def test_after_a_day_a_key_is_free_again(client: TestClient, database: Database) -> None:
    first = client.post("/api/v1/prompts", json={"text": "Hello"}, headers=keyed("one"))
    with database.writing() as session:
        long_ago = datetime.now(UTC) - KEPT_FOR - timedelta(seconds=1)
        session.connection().execute(sa.update(RequestKey).values(created_at=long_ago))

    later = client.post("/api/v1/prompts", json={"text": "Something else"}, headers=keyed("one"))

    assert later.status_code == 201
    assert later.json() != first.json()
    assert row_counts(database)["request_key"] == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "caf\xe9", "a b"])
def test_a_key_that_is_none_is_refused(client: TestClient, database: Database, key: str) -> None:
    before = spent(database)

    reply = client.post("/api/v1/prompts", json={"text": "Hello"}, headers={b"Idempotency-Key": key.encode("latin-1")})

    assert reply.status_code == 400
    assert reply.json()["type"] == "/problems/bad-idempotency-key"
    assert spent(database) == before


def test_a_quoted_key_is_the_same_as_a_bare_one(client: TestClient) -> None:
    replies = [client.post("/api/v1/prompts", json={"text": "Hello"}, headers=keyed(key)) for key in ("a-1", '"a-1"')]

    assert replies[0].json() == replies[1].json()


def test_what_costs_model_calls_takes_a_key_by_its_description(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    taking = {
        operation["operationId"]
        for methods in paths.values()
        for operation in methods.values()
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
    }

    assert taking == {"send_prompt", "retry_answers", "start_run", "import_conversation"}
