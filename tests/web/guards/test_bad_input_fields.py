"""What a JSON body may hold besides what is asked for, how it says that it is JSON, and which numbers are taken."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.storage.database import Database
from tests.web.clients import application, program, row_counts


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    return application(database_url, tmp_path, limit_prompts="9999/hour")


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return program(app)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonish", ""])
def test_a_json_body_sent_as_something_else_is_told_the_content_type(
    client: TestClient, database: Database, kind: str
) -> None:
    before = row_counts(database)
    headers = {"Content-Type": kind} if kind else {}

    reply = client.post("/api/v1/prompts", content=b'{"text": "Hello"}', headers=headers)

    assert reply.status_code == 415
    assert reply.headers["accept"] == "application/json"
    assert "application/json" in reply.json()["detail"]
    assert row_counts(database) == before


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/problem+json", "Application/JSON"])
def test_every_way_to_say_json_is_taken(client: TestClient, kind: str) -> None:
    reply = client.post("/api/v1/prompts", content=b'{"text": "Hello"}', headers={"Content-Type": kind})

    assert reply.status_code == 201


IGNORED = {
    "beyond 64 bits": b"9" * 40,
    "many digits": b"9" * 200_000,
    "beyond a float": b"1e999",
    "many decimals": b"0." + b"9" * 200_000,
    "NUL": b'"a\\u0000b"',
    "half of a pair": b'"\\ud800"',
    "half of a pair in a name": b'{"\\udc00": 1}',
    "a name with NUL": b'{"a\\u0000b": 1}',
    "an object": b'{"a": [1, {"b": null}]}',
}


@pytest.mark.parametrize("value", IGNORED.values(), ids=IGNORED.keys())
def test_a_field_nobody_asked_for_refuses_nothing_whatever_it_holds(client: TestClient, value: bytes) -> None:
    body = b'{"text": "Hello", "more": ' + value + b"}"

    reply = client.post("/api/v1/prompts", content=body, headers={"Content-Type": "application/json"})

    assert reply.status_code == 201, reply.text


def test_a_whole_number_with_a_point_is_the_integer_that_json_schema_calls_it(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}

    statuses = {
        number: client.post("/api/v1/runs", content=b'{"seed": %s}' % number, headers=headers).json()["type"]
        for number in (b"7.0", b"7e0", b"7.5", b"true", b'"7"', b"1e300", b"1e999")
    }

    taken, refused = "/problems/too-few-choices", "/problems/invalid-fields"
    assert list(statuses.values()) == [taken, taken, refused, refused, refused, refused, refused]


def test_a_number_that_is_taken_has_bounds_so_that_a_huge_one_is_refused(client: TestClient) -> None:
    shapes = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    taken = [shapes[name] for name in ("RunAsked", "VerdictGiven")]
    numbers = [
        one
        for shape in taken
        for field in shape["properties"].values()
        for one in field.get("anyOf", [field])
        if one.get("type") in ("integer", "number")
    ]

    assert len(numbers) == 4
    assert all("maximum" in number and "minimum" in number for number in numbers)
    assert client.post("/api/v1/runs", json={"seed": 10**400}).status_code == 422


def test_the_files_of_a_refused_form_are_closed(client: TestClient) -> None:
    twice = [("file", ("one.jsonl", b"x")), ("file", ("two.jsonl", b"y"))]

    reply = client.post("/api/v1/imports/pairs/file", files=twice)
    gc.collect()  # an open file would be told now, and warnings are errors

    assert reply.status_code == 400
    assert reply.json()["type"] == "/problems/malformed-form"
