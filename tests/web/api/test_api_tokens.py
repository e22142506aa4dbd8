"""Tokens of programs: a name, scopes that are held, a list without secrets, revoking."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import col

from app.domain.people.access import SCOPES
from app.storage.database import Database
from app.storage.tables import SignIn
from app.web.api.account_models import Scope
from tests.web.clients import HERE, SEED, application, browser, program, row_counts

ENDS_THE_TOKEN = {("DELETE", "/api/v1/me"), ("DELETE", "/api/v1/me/tokens"), ("DELETE", "/api/v1/me/token")}
PATHS = re.compile(r"\{(\w+)\}")


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    return application(database_url, tmp_path, limit_imports="9999/hour")


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> FastAPI:
    return application(sqlite_url, tmp_path)


@pytest.fixture
def owner(app: FastAPI) -> TestClient:
    return program(app)


def limited(app: FastAPI, owner: TestClient, *scopes: str, **more: Any) -> TestClient:
    """A program with a token of these scopes for the owner's account."""
    asked = {"name": "-".join(scopes), "scopes": scopes, **more}
    token = owner.post("/api/v1/me/tokens", json=asked).json()["token"]
    return TestClient(app, base_url=HERE, headers={"Authorization": f"Bearer {token}"}, follow_redirects=False)


def operations(client: TestClient) -> list[tuple[str, str, list[str]]]:
    """Method, address with something that is not there for each parameter, and the scopes that are needed."""
    return [
        (method.upper(), PATHS.sub("none", path), operation["security"][0]["HTTPBearer"])
        for path, methods in client.get("/api/v1/openapi.json").json()["paths"].items()
        for method, operation in methods.items()
        if operation["security"]
    ]


def test_the_scopes_of_the_api_are_those_of_the_domain() -> None:
    assert get_args(Scope) == tuple(SCOPES)


def test_every_operation_names_its_scope_but_asking_who_one_is_and_signing_out(served: FastAPI) -> None:
    without = [(method, path) for method, path, scopes in operations(program(served)) if len(scopes) != 1]

    assert without == [("GET", "/api/v1/me"), ("DELETE", "/api/v1/me/token")]


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_is_refused_wherever_its_scope_does_not_reach_and_nowhere_else(served: FastAPI, scope: str) -> None:
    owner = program(served)
    token = limited(served, owner, scope)

    for method, path, needed in operations(owner):
        if (method, path) in ENDS_THE_TOKEN and needed in ([], [scope]):
            continue
        reply = token.request(method, path, json={} if method in ("POST", "PUT") else None)
        lacking = reply.headers.get("content-type") == "application/problem+json" and reply.json()["type"].endswith(
            "scope-missing"
        )
        if needed == [scope] or (method, path) == ("GET", "/api/v1/me"):
            assert not lacking, path
        elif needed and reply.status_code != 422:
            assert lacking, (path, reply.text)
            assert f'scope="{needed[0]}"' in reply.headers["www-authenticate"]


def test_an_import_script_cannot_delete_the_account_nor_get_round_it(app: FastAPI, database: Database) -> None:
    owner = program(app)
    script = limited(app, owner, "read", "import")
    before = row_counts(database)

    refused = [
        script.delete("/api/v1/me"),
        script.post("/api/v1/me/tokens", json={"scopes": ["account"]}),
        script.delete("/api/v1/me/tokens"),
        script.put("/api/v1/consents/choices", json={"granted": True}),
        script.post("/api/v1/prompts", json={"text": "Hello"}),
        script.post("/data/delete", data={"confirm": "yes"}),
        script.post("/data/tokens", data={"may-account": "yes"}),
        script.post("/choose/ask", data={"text": "Hello"}),
        script.get("/data/my-data.json"),
    ]

    assert [reply.status_code for reply in refused] == [403] * len(refused)
    assert row_counts(database) == before
    cookie = TestClient(app, base_url=HERE, cookies={"sign-in": script.headers["Authorization"].split()[1]})
    assert cookie.post("/data/delete", data={"confirm": "yes"}).status_code in {403, 409}
    assert owner.get("/api/v1/me").status_code == 200
    assert (
        script.post("/api/v1/imports/pairs", content=b'{"context": "a", "chosen": "b", "rejected": "c"}').status_code
        == 201
    )


def test_a_token_cannot_give_away_what_it_may_not_do(app: FastAPI, owner: TestClient) -> None:
    keeper = limited(app, owner, "account", "read")

    refused = keeper.post("/api/v1/me/tokens", json={"scopes": ["read", "induce"]})
    as_much = keeper.post("/api/v1/me/tokens")

    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/scope-missing"
    assert as_much.json()["scopes"] == ["read", "account"]
    assert keeper.post("/api/v1/me/tokens", json={"scopes": ["read"]}).status_code == 201


def test_the_list_tells_everything_but_the_secret(app: FastAPI, owner: TestClient) -> None:
    made = owner.post("/api/v1/me/tokens", json={"name": " import  script ", "scopes": ["import", "read"], "days": 7})
    TestClient(app, base_url=HERE).get("/api/v1/me", headers={"Authorization": f"Bearer {made.json()['token']}"})

    listed = owner.get("/api/v1/me/tokens")

    assert made.status_code == 201
    assert listed.headers["x-total-count"] == "2"
    newest, first = listed.json()
    assert "token" not in newest
    assert newest == {
        **{name: value for name, value in made.json().items() if name != "token"},
        "last_used_at": newest["last_used_at"],
    }
    assert (newest["name"], newest["scopes"]) == ("import script", ["read", "import"])
    assert made.json()["last_used_at"] is None
    assert newest["last_used_at"]
    lives = datetime.fromisoformat(newest["expires_at"]) - datetime.fromisoformat(newest["created_at"])
    assert lives == timedelta(days=7)
    assert (first["name"], first["scopes"]) == ("", list(SCOPES))


def test_one_token_is_revoked_and_then_all_of_them(app: FastAPI, owner: TestClient) -> None:
    one, other = limited(app, owner, "read"), limited(app, owner, "import")
    guest_of_another = program(app)
    listed = {token["name"]: token["token_id"] for token in owner.get("/api/v1/me/tokens").json()}

    assert guest_of_another.delete(f"/api/v1/me/tokens/{listed['read']}").status_code == 404
    assert owner.delete(f"/api/v1/me/tokens/{listed['read']}").status_code == 204
    assert owner.delete(f"/api/v1/me/tokens/{listed['read']}").status_code == 404
    assert (one.get("/api/v1/me").status_code, other.get("/api/v1/me").status_code) == (401, 200)

    assert owner.delete("/api/v1/me/tokens").status_code == 204
    assert {client.get("/api/v1/me").status_code for client in (owner, other)} == {401}
    assert guest_of_another.get("/api/v1/me").status_code == 200


def test_a_browser_is_not_among_the_tokens_and_stays_signed_in(app: FastAPI) -> None:
    person = browser(app)
    person.post("/first-choice", data={"side_seed": SEED, "value": "first"})

    assert person.get("/api/v1/me/tokens").json() == []
    assert person.delete("/api/v1/me/tokens").status_code == 204
    assert person.get("/api/v1/me").status_code == 200


def test_a_token_of_before_there_were_scopes_may_do_everything(app: FastAPI, database: Database) -> None:
    owner = program(app)
    with database.writing() as session:
        session.connection().execute(sa.update(SignIn).values(name="", scopes=""))

    assert owner.get("/api/v1/me").json()["scopes"] == list(SCOPES)
    assert owner.delete("/api/v1/me").status_code == 204


def test_a_token_dies_at_its_end(app: FastAPI, owner: TestClient, database: Database) -> None:
    token = limited(app, owner, "read", days=1)
    with database.writing() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.connection().execute(sa.update(SignIn).where(col(SignIn.name) == "read").values(expires_at=past))

    assert token.get("/api/v1/me").status_code == 401
    assert [each["name"] for each in owner.get("/api/v1/me/tokens").json()] == [""]


@pytest.mark.parametrize(
    "asked",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"scopes": "read"},
        {"days": 0},
        {"days": 366},
        {"days": 10**30},
        {"name": "x" * 61},
        {"name": 5},
    ],
    ids=str,
)
def test_a_token_that_cannot_be_is_refused(owner: TestClient, asked: dict[str, Any]) -> None:
    assert owner.post("/api/v1/me/tokens", json=asked).status_code == 422
    assert len(owner.get("/api/v1/me/tokens").json()) == 1


def test_fifty_tokens_are_enough(owner: TestClient) -> None:
    statuses = [owner.post("/api/v1/me/tokens", json={"scopes": ["read"]}).status_code for _ in range(50)]

    assert statuses == [201] * 49 + [409]
    assert owner.get("/api/v1/me/tokens").headers["x-total-count"] == "50"
    assert owner.get("/api/v1/me/tokens?limit=20&offset=40").json()[-1]["name"] == ""
