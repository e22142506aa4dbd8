"""Sign-in, cross-site requests, headers and hosts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlmodel import col

from app.domain.people.access import IDLE_FOR
from app.services.people import accounts
from app.storage.database import Database
from app.storage.tables import SignIn
from app.web.guards.dependencies import Guest
from app.web.guards.requests import GuardedRoute
from tests.web.clients import HERE, application, browser, program, row_counts

UNSAFE = ("POST", "PUT", "DELETE")


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    return application(database_url, tmp_path)


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> FastAPI:
    return application(sqlite_url, tmp_path)


def sample_cookie(client: TestClient) -> str:
    """Signs a browser in as a guest and gives the cookie's value."""
    client.post("/choose/ask", data={"text": "Plan a quiet weekend."})
    return str(client.cookies["sign-in"])


def test_a_guest_gets_an_opaque_cookie_that_scripts_cannot_read(app: FastAPI) -> None:
    reply = browser(app).post("/choose/ask", data={"text": "Plan a quiet weekend."})

    cookie = SimpleCookie(reply.headers["set-cookie"])["sign-in"]
    assert len(cookie.value) >= 43
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"


def test_only_the_digest_of_the_token_is_stored(app: FastAPI, database: Database) -> None:
    token = sample_cookie(browser(app))

    with database.engine.connect() as connection:
        stored = connection.exec_driver_sql("select token_sha256 from sign_in").scalars().all()
    assert stored
    assert token not in stored


def test_in_production_the_cookie_is_bound_to_the_host_and_to_https(sqlite_url: str, tmp_path: Path) -> None:
    app = application(sqlite_url, tmp_path, production=True, public_url="https://personas.example")
    client = TestClient(app, base_url="https://personas.example", headers={"Origin": "https://personas.example"})

    reply = client.post("/choose/ask", data={"text": "Plan a quiet weekend."}, follow_redirects=False)

    cookie = SimpleCookie(reply.headers["set-cookie"])["__Host-sign-in"]
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert reply.headers["strict-transport-security"].startswith("max-age=31536000")


def test_a_request_that_fails_leaves_no_guest_and_no_cookie(app: FastAPI, database: Database) -> None:
    before = row_counts(database)

    reply = browser(app).post("/choose/ask", data={"text": "   "})

    assert 400 <= reply.status_code < 500
    assert "set-cookie" not in reply.headers
    assert row_counts(database) == before


def test_the_old_cookie_is_dead_after_signing_out(app: FastAPI) -> None:
    client = browser(app)
    token = sample_cookie(client)
    assert client.get("/api/v1/me").status_code == 200

    signed_out = client.post("/sign-out")

    assert signed_out.headers["clear-site-data"]
    replay = TestClient(app, base_url=HERE, cookies={"sign-in": token})
    assert replay.get("/api/v1/me").status_code == 401


def test_the_token_is_dead_after_revoking_it(app: FastAPI) -> None:
    client = program(app)

    assert client.delete("/api/v1/me/token").status_code == 204

    assert client.get("/api/v1/me").status_code == 401


def test_every_token_is_dead_after_the_account_is_deleted(app: FastAPI) -> None:
    client = program(app)
    second = client.post("/api/v1/me/tokens").json()["token"]

    assert client.delete("/api/v1/me").status_code == 204

    assert client.get("/api/v1/me").status_code == 401
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {second}"}).status_code == 401


@pytest.mark.parametrize("column", ["expires_at", "last_seen_at"])
def test_a_sign_in_dies_of_age_and_of_idleness(app: FastAPI, database: Database, column: str) -> None:
    client = program(app)
    long_ago = datetime.now(UTC) - (accounts.SIGNED_IN_FOR if column == "expires_at" else IDLE_FOR)
    assert client.get("/api/v1/me").status_code == 200

    with database.writing() as session:
        session.connection().execute(sa.update(SignIn).values({column: long_ago}))

    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_visit_keeps_a_sign_in_from_growing_idle(app: FastAPI, database: Database, method: str) -> None:
    client = program(app)
    with database.writing() as session:
        session.connection().execute(sa.update(SignIn).values(last_seen_at=datetime.now(UTC) - timedelta(days=1)))

    client.request(method, "/api/v1/me" if method == "GET" else "/api/v1/me/tokens")

    with database.reading() as session:
        oldest = session.connection().execute(sa.select(sa.func.min(col(SignIn.last_seen_at)))).scalar_one()
    assert datetime.now(UTC) - oldest < timedelta(minutes=5)


def test_a_route_for_looking_that_asks_to_change_rows_cannot_be_made() -> None:
    router = APIRouter(route_class=GuardedRoute)

    def look(account: Guest) -> None: ...

    with pytest.raises(TypeError, match="asks to change rows"):
        router.get("/look")(look)


def test_an_invalid_token_is_refused_even_where_a_valid_cookie_came_along(served: FastAPI) -> None:
    client = browser(served)
    sample_cookie(client)

    reply = client.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"})

    assert reply.status_code == 401


def test_a_stranger_who_only_looks_is_not_given_an_account(app: FastAPI, database: Database) -> None:
    before = row_counts(database)

    for path in ("/", "/choose", "/choices", "/persona", "/import", "/data", "/reference", "/api/v1/samples"):
        assert "set-cookie" not in browser(app).get(path).headers

    assert row_counts(database) == before


CROSS_SITE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://testserver:8001"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://other.testserver"},
]


@pytest.mark.exhaustive
@pytest.mark.parametrize("headers", CROSS_SITE, ids=lambda headers: "_".join(headers.values()))
def test_an_unsafe_request_from_another_site_is_refused_on_every_route(
    served: FastAPI, headers: dict[str, str]
) -> None:
    client = browser(served)
    sample_cookie(client)

    statuses = {
        (method, path): client.request(method, path, headers=headers).status_code
        for method, path in routes(served)
        if method in UNSAFE
    }

    assert len(statuses) > 10
    assert set(statuses.values()) == {403}, statuses


def test_a_cross_site_request_changes_nothing(app: FastAPI, database: Database) -> None:
    client = browser(app)
    sample_cookie(client)
    before = row_counts(database)

    client.post("/data/delete", headers={"Origin": "https://evil.example"})
    client.delete("/api/v1/me", headers={"Origin": "https://evil.example"})

    assert row_counts(database) == before


def test_a_token_needs_no_origin_because_no_browser_sends_it_by_itself(served: FastAPI) -> None:
    client = program(served)

    reply = client.put("/api/v1/consents/choices", json={"granted": True}, headers={"Origin": "https://evil.example"})

    assert reply.status_code == 200


def test_the_public_address_counts_as_here_behind_a_proxy(sqlite_url: str, tmp_path: Path) -> None:
    app = application(sqlite_url, tmp_path, public_url="http://personas.lan", allowed_hosts="10.0.0.7:8000")
    client = TestClient(app, base_url="http://10.0.0.7:8000", headers={"Origin": "http://personas.lan"})

    assert client.post("/api/v1/accounts").status_code == 201


def test_an_unknown_host_is_refused_in_production_except_for_health_checks(sqlite_url: str, tmp_path: Path) -> None:
    app = application(sqlite_url, tmp_path, production=True, public_url="https://personas.example")
    client = TestClient(app, base_url="https://127.0.0.1:8000")

    assert client.get("/").status_code == 400
    assert client.get("/api/v1/samples").status_code == 400
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("path", ["/", "/choose", "/nothing", "/reference", "/api/v1/me", "/healthz"])
def test_every_reply_carries_the_protective_headers(served: FastAPI, path: str) -> None:
    headers = browser(served).get(path).headers

    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["img-src"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" not in headers
    assert "server" not in headers
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/data", "/api/v1/me", "/nothing"])
def test_nothing_private_is_cached(served: FastAPI, path: str) -> None:
    headers = browser(served).get(path).headers

    assert headers["cache-control"] == "no-store"
    assert {"Cookie", "HX-Request"} <= {name.strip() for name in headers["vary"].split(",")}


def test_static_files_are_cached_for_long_only_under_an_address_that_names_their_version(served: FastAPI) -> None:
    client = browser(served)

    assert "immutable" in client.get("/static/app.css?v=1").headers["cache-control"]
    assert "immutable" not in client.get("/static/app.css").headers["cache-control"]
    assert client.get("/static/nothing.css").headers["cache-control"] == "no-store"


def test_files_outside_the_static_folder_are_not_served(served: FastAPI) -> None:
    for path in (
        "/static/../app/main.py",
        "/static/%2e%2e/app/main.py",
        "/static//etc/passwd",
        "/static/..%2fapp/main.py",
    ):
        assert browser(served).get(path).status_code == 404


def test_there_are_no_interactive_documents_that_load_from_elsewhere(served: FastAPI) -> None:
    assert browser(served).get("/docs").status_code == 404
    assert browser(served).get("/redoc").status_code == 404


def test_every_route_reads_its_requests_strictly(served: FastAPI) -> None:
    lax = [
        context.path
        for context in iter_route_contexts(served.routes)
        if isinstance(context.original_route, APIRoute) and not isinstance(context.original_route, GuardedRoute)
    ]

    assert lax == []


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Every method and address of the application; parameters are filled with something that is not there."""
    found = []
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            path = "/".join("none" if part.startswith("{") else part for part in (context.path or "").split("/"))
            found += [(method, path) for method in context.methods or ()]
    return found
