"""The OpenAPI document and its page: what programs and people read before they call."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.web.clients import browser, program


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return program(app)


def test_every_endpoint_that_needs_a_token_says_so_and_refuses_without(app: FastAPI) -> None:
    stranger = browser(app)
    paths = stranger.get("/api/v1/openapi.json").json()["paths"]

    for path, methods in paths.items():
        for method, operation in methods.items():
            needs = "401" in operation["responses"]
            assert needs == bool(operation["security"]), path
            if needs:
                reply = stranger.request(method.upper(), path.replace("{", "").replace("}", ""), json={})
                assert reply.status_code in (401, 422), path


def test_the_reference_page_shows_every_endpoint_and_every_shape(app: FastAPI) -> None:
    page = browser(app).get("/reference").text
    document = browser(app).get("/api/v1/openapi.json").json()

    for path, methods in document["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page
    for shape in document["components"]["schemas"]:
        assert f'id="shape-{shape}"' in page
    assert "HTTPValidationError" not in page
    refusals = document["paths"]["/api/v1/prompts"]["post"]["responses"]["422"]["content"]
    assert refusals["application/problem+json"]["schema"]["$ref"].endswith("/ProblemReply")
    assert "curl -X POST" in page
    assert "<script>" not in page


def test_the_description_calls_an_estimate_an_estimate(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()

    told = document["paths"]["/api/v1/runs/estimate"]["get"]["description"]
    told += document["components"]["schemas"]["Estimate"]["description"]

    assert "about" in told
    assert "at most" not in told


def test_operation_ids_are_the_names_of_what_they_do(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()

    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]

    assert len(names) == len(set(names)) > 40
    assert {"give_verdict", "start_run", "create_token"} <= set(names)
    assert [name for name in names if "api_v1" in name] == []


def test_the_document_says_where_it_is_served_who_answers_what_may_change_and_how_much_is_allowed(
    client: TestClient,
) -> None:
    document = client.get("/api/v1/openapi.json").json()
    limited = document["paths"]["/api/v1/prompts"]["post"]["responses"]

    assert document["servers"][0]["url"] == "/"
    assert document["info"]["contact"]["name"]
    assert document["info"]["license"]["identifier"] == "MIT"
    used = {
        tag for methods in document["paths"].values() for operation in methods.values() for tag in operation["tags"]
    }
    assert {tag["name"] for tag in document["tags"]} == used
    assert "What may change" in document["info"]["description"]
    assert "120 in an hour for one account" in limited["429"]["description"]
    assert {"RateLimit", "RateLimit-Policy", "Location"} <= set(limited["201"]["headers"])
    assert "WWW-Authenticate" in limited["401"]["headers"]


def test_what_is_json_is_described_as_what_it_is(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    kinds = {
        path.rsplit("/", 1)[1]: {
            media: content["schema"]["type"] for media, content in methods["get"]["responses"]["200"]["content"].items()
        }
        for path, methods in paths.items()
        if "/files/" in path
    }

    assert kinds == {
        "prompt.txt": {"text/plain": "string"},
        "persona.md": {"text/markdown": "string"},
        "persona.json": {"application/json": "object"},
        "messages.json": {"application/json": "array"},
        "judge.txt": {"text/plain": "string"},
        "judge.json": {"application/json": "object"},
    }
