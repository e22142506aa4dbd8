"""HEAD wherever GET is, OPTIONS everywhere, and every method of an address in `Allow`."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.web.methods import METHODS, allowed_methods
from tests.web.clients import application, browser, program

ADDRESSES = ("/", "/healthz", "/reference", "/static/app.css", "/api/v1/samples", "/api/v1/me", "/api/v1/me/data")


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> FastAPI:
    return application(sqlite_url, tmp_path)


@pytest.fixture
def client(served: FastAPI) -> TestClient:
    return program(served)


@pytest.mark.parametrize("path", ADDRESSES)
def test_head_is_answered_as_get_without_the_body(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)

    assert head.status_code == got.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    assert head.headers.get("content-length") == got.headers.get("content-length")


def test_head_of_what_is_not_there_is_refused_as_get_is(served: FastAPI) -> None:
    stranger = browser(served)

    assert stranger.head("/nothing").status_code == 404
    assert stranger.head("/api/v1/me").status_code == 401
    assert stranger.head("/choose/ask").status_code == 405


def test_head_of_a_stream_ends_at_once(client: TestClient) -> None:
    client.post(f"/api/v1/samples/{client.get('/api/v1/samples').json()[0]['name']}")
    run_id = client.post("/api/v1/runs", json={}).json()["run_id"]

    reply = client.head(f"/api/v1/runs/{run_id}/stream")

    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert client.get(f"/api/v1/runs/{run_id}").json()["state"] == "queued"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v1/me", "GET, HEAD, DELETE, OPTIONS"),
        ("/api/v1/comparisons/none/verdict", "PUT, DELETE, OPTIONS"),
        ("/api/v1/prompts", "POST, OPTIONS"),
        ("/choose/ask", "POST, OPTIONS"),
        ("/api/v1/imports/pairs", "POST, OPTIONS"),
        ("/api/v1/imports/none", "GET, HEAD, OPTIONS"),
        ("/healthz", "GET, HEAD, OPTIONS"),
        ("/static/app.css", "GET, HEAD, OPTIONS"),
    ],
)
def test_the_wrong_method_is_told_all_the_right_ones(client: TestClient, path: str, allowed: str) -> None:
    refused, asked = client.request("PATCH", path), client.options(path)

    assert (refused.status_code, refused.headers["allow"]) == (405, allowed)
    assert (asked.status_code, asked.headers["allow"]) == (204, allowed)
    assert client.options("/api/v1/nothing").status_code == 404


def test_allow_names_exactly_what_the_description_has(served: FastAPI, client: TestClient) -> None:
    for path, described in client.get("/api/v1/openapi.json").json()["paths"].items():
        methods = {method for method in METHODS if method in allowed_methods(served.routes, path)}

        # `/comparisons/{comparison_id}` is also the address of `/comparisons/next`, and so on.
        assert methods >= {method.upper() for method in described}, path
