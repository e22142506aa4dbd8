"""How often one account and one address may do what costs."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlmodel import select

from app.storage.database import Database
from app.storage.spending.address_keys import digest_of
from app.storage.tables import Account
from tests.web.clients import application, program


@pytest.mark.parametrize(
    ("limit", "request_of"),
    [
        ("limit_prompts", ("POST", "/api/v1/prompts", {"text": "Hello"})),
        ("limit_imports", ("POST", "/api/v1/imports/pairs", {})),
        ("limit_jobs", ("POST", "/api/v1/runs", {})),
        ("limit_verdicts", ("PUT", "/api/v1/comparisons/none/verdict", {"value": "first"})),
    ],
)
def test_over_the_limit_the_answer_is_429_with_the_seconds_to_wait(
    sqlite_url: str, tmp_path: Path, limit: str, request_of: tuple[str, str, dict[str, str]]
) -> None:
    client = program(application(sqlite_url, tmp_path, **{limit: "2/hour"}))
    method, path, body = request_of

    statuses = [client.request(method, path, json=body).status_code for _ in range(2)]
    reply = client.request(method, path, json=body)

    assert 429 not in statuses
    assert reply.status_code == 429
    assert 0 < int(reply.headers["retry-after"]) <= 3600
    assert f"Try again in {reply.headers['retry-after']} s." in reply.json()["detail"]


def test_new_guests_are_limited_by_address_and_not_by_a_header_that_anyone_can_write(
    sqlite_url: str, tmp_path: Path
) -> None:
    app = application(sqlite_url, tmp_path, limit_guests="2/hour")

    statuses = [
        TestClient(app).post("/api/v1/accounts", headers={"X-Forwarded-For": f"10.1.1.{number}"}).status_code
        for number in range(4)
    ]

    assert statuses == [201, 201, 429, 429]


def test_one_account_over_its_limit_does_not_stop_another(sqlite_url: str, tmp_path: Path) -> None:
    app = application(sqlite_url, tmp_path, limit_prompts="1/hour")
    one, other = program(app), program(app)
    for _ in range(2):
        one.post("/api/v1/prompts", json={"text": "Hello"})

    assert other.post("/api/v1/prompts", json={"text": "Hello"}).status_code == 201


def test_what_is_left_is_told_with_every_limited_reply(sqlite_url: str, tmp_path: Path) -> None:
    client = program(application(sqlite_url, tmp_path, limit_prompts="2/hour"))

    replies = [client.post("/api/v1/prompts", json={"text": "Hello"}) for _ in range(3)]

    assert [reply.status_code for reply in replies] == [201, 201, 429]
    assert {reply.headers["ratelimit-policy"] for reply in replies} == {'"prompts";q=2;w=3600'}
    left = [reply.headers["ratelimit"].split(";t=") for reply in replies]
    assert [name for name, _ in left] == ['"prompts";r=1', '"prompts";r=0', '"prompts";r=0']
    assert all(0 < int(seconds) <= 3600 for _, seconds in left)
    assert "ratelimit" not in client.get("/api/v1/progress").headers


def test_an_account_whose_address_was_forgotten_is_counted_by_that_of_its_next_prompt(
    sqlite_url: str, tmp_path: Path
) -> None:
    client = program(application(sqlite_url, tmp_path))
    database = Database(sqlite_url)
    with database.writing() as session:
        session.connection().execute(sa.update(Account).values(came_from=""))

    client.get("/api/v1/progress")
    with database.reading() as session:
        assert session.exec(select(Account.came_from)).one() == ""
    assert client.post("/api/v1/prompts", json={"text": "Hello"}).status_code == 201

    with database.writing() as session:
        assert session.exec(select(Account.came_from)).one() == digest_of(session, "testclient")
    database.close()
