"""Every refusal has a kind that a program can tell from others, and a page that explains it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import app.web.errors  # noqa: F401 (defines nothing new, but loads all that can be told)
from app.domain.errors import ProblemError
from app.web.problem_kinds import KINDS, OF_ERROR, OF_STATUS
from tests.web.clients import application, browser, program

CAUSES_OF_400 = {
    "empty-body": b"  ",
    "malformed-json": b"{",
    "malformed-text": b'{"text": "\xff"}',
    "bad-input": b'{"text": "   "}',
}


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> FastAPI:
    return application(sqlite_url, tmp_path)


@pytest.fixture
def client(served: FastAPI) -> TestClient:
    return program(served)


def every_error() -> set[type[ProblemError]]:
    found, open_ = set(), [ProblemError]
    while open_:
        kind = open_.pop()
        if kind.__module__.startswith(("app.domain.", "app.services.", "app.storage.", "app.web.")):
            found.add(kind)
        open_ += kind.__subclasses__()
    return found


def test_every_error_that_may_be_told_has_a_kind_of_its_own_line() -> None:
    assert set(OF_ERROR) == every_error()
    assert set(OF_ERROR.values()) | set(OF_STATUS.values()) <= set(KINDS)


def test_a_kind_that_stands_for_a_status_has_that_status() -> None:
    assert {status: KINDS[name].status for status, name in OF_STATUS.items()} == {
        status: status for status in OF_STATUS
    }


def test_the_causes_of_one_status_have_types_of_their_own(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}

    found = {
        name: client.post("/api/v1/prompts", content=body, headers=headers).json()
        for name, body in CAUSES_OF_400.items()
    }

    assert {name: problem["status"] for name, problem in found.items()} == dict.fromkeys(CAUSES_OF_400, 400)
    assert {name: problem["type"] for name, problem in found.items()} == {
        name: f"/problems/{name}" for name in CAUSES_OF_400
    }


def test_other_refusals_are_told_apart_by_type_alone(served: FastAPI, client: TestClient) -> None:
    comparison_id = client.post("/api/v1/prompts", json={"text": "Hello"}).json()["comparison_id"]
    answers = f"/api/v1/comparisons/{comparison_id}/verdict"
    evil = {"Origin": "https://evil.example"}

    types = [
        client.post("/api/v1/runs", json={}),
        client.put(answers, json={"value": "first"}),
        client.post("/api/v1/runs", json={"seed": -1}),
        client.post("/api/v1/runs", content=b"{}"),
        client.post("/api/v1/exports/trl"),
        client.get("/api/v1/runs/none"),
        client.get("/api/v1/nothing"),
        client.put("/api/v1/me"),
        browser(served).get("/api/v1/me"),
        browser(served).get("/api/v1/me", headers={"Authorization": "Bearer none"}),
        browser(served).post("/api/v1/accounts", headers=evil),
        client.post("/api/v1/imports/pairs", content=b"x" * 30_000_000),
    ]

    assert [reply.json()["type"].removeprefix("/problems/") for reply in types] == [
        "too-few-choices",
        "answers-missing",
        "invalid-fields",
        "unsupported-content",
        "role-needed",
        "not-found",
        "no-such-address",
        "method-not-allowed",
        "sign-in-needed",
        "invalid-token",
        "cross-site",
        "too-large",
    ]
    assert [reply.json()["status"] for reply in types] == [reply.status_code for reply in types]


def test_every_type_is_described_and_has_a_page(client: TestClient) -> None:
    shape = client.get("/api/v1/openapi.json").json()["components"]["schemas"]["ProblemReply"]
    types = shape["properties"]["type"]["anyOf"][0]["enum"]

    assert types == [kind.uri for kind in KINDS.values()]
    assert {address: client.get(address).status_code for address in types} == dict.fromkeys(types, 200)
    everything = client.get("/problems").text
    assert [address for address in types if address not in everything] == []
    assert client.get("/problems/none").status_code == 404


def test_a_401_says_how_to_sign_in(served: FastAPI) -> None:
    stranger = browser(served)

    unsigned = stranger.get("/api/v1/me")
    invalid = stranger.get("/api/v1/me", headers={"Authorization": "Bearer none"})

    assert unsigned.headers["www-authenticate"] == 'Bearer realm="synthesize-me"'
    assert 'error="invalid_token"' in invalid.headers["www-authenticate"]


UNUSABLE_FILES = {
    "nothing": b"",
    "blanks": b" \n ",
    "a picture": b"\x89PNG\r\n\x1a\n",
    "no rows": b"[]",
    "cut off": b'[{"context": "a", "cho',
    "other rows": b'{"a": 1}',
    "not text": b"\x00\x01\x02",
    "a broken gzip": b"\x1f\x8b\x08\x00",
}


@pytest.mark.parametrize("data", UNUSABLE_FILES.values(), ids=UNUSABLE_FILES.keys())
def test_a_file_of_which_nothing_can_be_used_is_one_kind(client: TestClient, data: bytes) -> None:
    reply = client.post("/api/v1/imports/pairs", content=data)

    assert (reply.status_code, reply.json()["type"]) == (400, "/problems/nothing-usable")


def test_a_conversation_without_an_answer_is_of_that_kind_too(client: TestClient) -> None:
    turns = [{"role": "user", "content": "Hello"}, {"role": "user", "content": "Anybody?"}]

    reply = client.post("/api/v1/imports/conversation", json={"turns": turns})

    assert (reply.status_code, reply.json()["type"]) == (400, "/problems/nothing-usable")
