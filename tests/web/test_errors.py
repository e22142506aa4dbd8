"""What people and programs are told when something fails, and that nothing is claimed stored that is not."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy.exc import OperationalError

from app.domain.errors import (
    BadInput,
    BudgetReached,
    Conflict,
    KeyReused,
    ModelUnavailable,
    NotAllowed,
    NotFound,
    NothingUsable,
    ProblemError,
    RunCancelled,
    TooFewChoices,
    TooLarge,
)
from app.services.choosing import asking, comparing
from app.storage.database import Database, Session
from app.web.errors import problem_of
from app.web.guards.dependencies import RequiredAccount, Writing
from app.web.guards.requests import GuardedRoute
from tests.web.clients import HERE, application, browser, program, row_counts


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    return application(database_url, tmp_path)


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> FastAPI:
    return application(sqlite_url, tmp_path)


STATUS = {
    BadInput: 400,
    TooLarge: 413,
    NothingUsable: 400,
    TooFewChoices: 400,
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    KeyReused: 422,
    BudgetReached: 429,
    RunCancelled: 400,
    ModelUnavailable: 503,
    ProblemError: 400,
}


@pytest.mark.parametrize("kind", STATUS, ids=lambda kind: kind.__name__)
def test_a_domain_error_is_told_in_its_own_words(kind: type[ProblemError]) -> None:
    problem = problem_of(kind("The basil is gone. Water the next one."))

    assert problem.status == STATUS[kind]
    assert problem.message == "The basil is gone. Water the next one."


def test_a_failing_commit_is_an_error_and_never_a_success(
    app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = program(app)
    before = row_counts(database)

    def fail(_session: Session) -> None:
        raise OperationalError("commit", {}, Exception("disk I/O error"))

    monkeypatch.setattr(Session, "commit", fail)
    reply = client.post("/api/v1/prompts", json={"text": "Hello"})
    page = browser(app).post("/choose/ask", data={"text": "Hello"})
    monkeypatch.undo()

    assert reply.status_code == page.status_code == 503
    assert reply.headers["retry-after"]
    assert page.headers["retry-after"]
    assert "Nothing was stored" in reply.json()["detail"]
    assert "Nothing was stored" in page.text
    assert "set-cookie" not in page.headers
    assert row_counts(database) == before


def test_an_error_after_a_change_takes_the_change_back(app: FastAPI, database: Database) -> None:
    router = APIRouter(route_class=GuardedRoute)

    @router.post("/api/v1/fails")
    def fails(session: Writing, account: RequiredAccount) -> None:
        asking.ask(session, account.account_id, "Hello", models=("a", "b"), styles=("", ""), seed=1)
        raise ZeroDivisionError

    app.include_router(router)
    client = program(app)
    before = row_counts(database)

    assert client.post("/api/v1/fails").status_code == 500
    assert row_counts(database) == before


def test_an_unforeseen_error_shows_a_reference_that_the_log_has_and_nothing_of_the_inside(
    served: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_(*_args: object) -> None:
        raise ZeroDivisionError("canary-4711")

    client = program(served)
    monkeypatch.setattr(comparing, "progress", break_)
    with caplog.at_level(logging.ERROR, "app.web"):
        reply = client.get("/api/v1/progress")

    problem = reply.json()
    assert reply.status_code == 500
    assert len(problem["reference"]) == 8
    assert problem["reference"] in caplog.text
    assert "canary-4711" in caplog.text
    assert "canary-4711" not in reply.text
    assert "Traceback" not in reply.text
    assert "ZeroDivision" not in reply.text
    assert reply.headers["content-security-policy"]


def test_an_error_page_that_fails_itself_still_says_what_happened(
    served: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.web.errors.respond", break_)
    served.state.model_status = break_
    reply = browser(served).get("/")

    assert reply.status_code == 500
    assert "tell us the reference" in reply.text


@pytest.mark.parametrize("path", ["/nothing", "/persona/none", "/api/v1/nothing", "/api/v1/personas/none"])
def test_a_page_that_is_not_there_says_so(served: FastAPI, path: str) -> None:
    client = program(served)

    reply = client.get(path)

    assert reply.status_code == 404
    assert "not yours" in reply.text or "no such" in reply.text.lower()


def test_the_wrong_method_says_so(served: FastAPI) -> None:
    client = browser(served)

    assert client.get("/choose/ask").status_code == 405
    reply = client.delete("/api/v1/progress")
    assert reply.status_code == 405
    assert reply.json()["detail"] == "This address does not take that kind of request."


def test_what_is_missing_and_what_is_another_persons_read_the_same(app: FastAPI) -> None:
    owner, other = program(app), program(app)
    comparison_id = owner.post("/api/v1/prompts", json={"text": "Hello"}).json()["comparison_id"]
    assert owner.get(f"/api/v1/comparisons/{comparison_id}").status_code == 200

    foreign = other.get(f"/api/v1/comparisons/{comparison_id}")
    missing = other.get("/api/v1/comparisons/00000000-0000-0000-0000-000000000000")

    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


def test_messages_are_escaped_on_pages(served: FastAPI) -> None:
    router = APIRouter(route_class=GuardedRoute)

    @router.get("/refuses")
    def refuses() -> None:
        raise BadInput("<script>alert(1)</script> {{7*7}}")

    served.include_router(router)
    reply = browser(served).get("/refuses")

    assert reply.status_code == 400
    assert "<script>alert" not in reply.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}" in reply.text


def test_htmx_gets_the_message_alone_and_is_told_where_to_put_it(served: FastAPI) -> None:
    reply = browser(served).get("/nothing", headers={"HX-Request": "true"})

    assert reply.status_code == 404
    assert "<html" not in reply.text
    assert reply.headers["hx-retarget"] == "#notice"


def test_who_is_not_signed_in_is_sent_to_the_first_page_and_a_program_is_told(served: FastAPI) -> None:
    page = browser(served).post("/data/delete")
    fragment = browser(served).post("/data/delete", headers={"HX-Request": "true"})
    reply = browser(served).get("/api/v1/me")

    assert page.status_code == 303
    assert page.headers["location"] == "/"
    assert fragment.headers["hx-redirect"] == "/"
    assert reply.status_code == 401
    assert reply.json()["detail"]


def test_the_application_starts_and_explains_itself_with_the_model_unreachable(sqlite_url: str, tmp_path: Path) -> None:
    app = application(sqlite_url, tmp_path, model="embedded", model_api_base="")
    with browser(app) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200
        page = client.get("/")
        assert page.status_code == 200
        assert "MODEL" in page.text


def test_without_a_database_it_is_alive_but_not_ready(sqlite_url: str, tmp_path: Path) -> None:
    app = application("postgresql+psycopg://nobody@127.0.0.1:9/none", tmp_path)
    client = browser(app)

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert client.get("/api/v1/samples").status_code == 200
    reply = client.post("/api/v1/accounts")
    assert reply.status_code == 503
    assert reply.headers["retry-after"]


def test_eighty_writes_at_once_are_all_stored(app: FastAPI, database: Database) -> None:
    headers = {"Authorization": f"Bearer {browser(app).post('/api/v1/accounts').json()['token']}"}

    async def ask_all() -> list[int]:
        async with AsyncClient(transport=ASGITransport(app), base_url=HERE, headers=headers) as client:
            sent = [client.post("/api/v1/prompts", json={"text": f"Prompt {number}"}) for number in range(80)]
            return [reply.status_code for reply in await asyncio.gather(*sent)]

    statuses = asyncio.run(ask_all())

    assert set(statuses) == {201}
    assert row_counts(database)["comparison"] == 80


def test_fifty_strangers_at_once_become_fifty_guests(app: FastAPI, database: Database) -> None:
    async def greet() -> int:
        async with AsyncClient(transport=ASGITransport(app), base_url=HERE) as client:
            return (await client.post("/choose/ask", data={"text": "Hello"})).status_code

    async def greet_all() -> list[int]:
        return await asyncio.gather(*(greet() for _ in range(50)))

    statuses = asyncio.run(greet_all())

    assert set(statuses) == {303}
    assert row_counts(database)["account"] == row_counts(database)["comparison"] == 50
