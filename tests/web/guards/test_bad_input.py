"""Malformed, oversized and hostile bodies: a clear sentence with status 4xx, and nothing half-stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.storage.database import Database
from tests.web.clients import application, browser, program, row_counts

PAIR = {"context": "How do I keep basil alive?", "chosen": "Water it from below.", "rejected": "Basil is a herb."}
LINE = json.dumps(PAIR).encode()
MEGABYTE = 1_000_000

BAD_FILES: dict[str, bytes] = {
    "empty": b"",
    "only spaces": b" \n \n",
    "cut off in the middle": LINE[:40],
    "not UTF-8": b'{"context": "caf\xe9", "chosen": "a", "rejected": "b"}\n',
    "half of UTF-16": json.dumps(PAIR).encode("utf-16")[:-1],
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
    "a ZIP": b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(100),
    "a table": b"name,age\nana,3\n",
    "HTML": b"<!doctype html><title>Not found</title>",
    "JSON of something else": b'{"users": [1, 2, 3]}',
    "a number": b"42",
    "null": b"null",
    "deeply nested": b"[" * 100_000,
    "deeply nested and closed": b"[" * 100_000 + b"]" * 100_000,
    "objects nested": b'{"a":' * 100_000,
    "a huge number": b'{"context": ' + b"9" * 200_000 + b"}",
    "not a number": b'{"context": NaN, "chosen": Infinity, "rejected": 1e999}',
    "columns that are not text": b'{"context": 1, "chosen": {}, "rejected": []}',
    "chosen and rejected alike": b'{"context": "Hello", "chosen": "a", "rejected": "a"}',
}

BAD_JSON: dict[str, bytes] = {
    "empty": b"",
    "cut off": b'{"text": "Hel',
    "not UTF-8": b'{"text": "caf\xe9"}',
    "UTF-16": json.dumps({"text": "Hello"}).encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"text": "Hello"}',
    "NUL escaped": b'{"text": "Hel\\u0000lo"}',
    "NUL bare": b'{"text": "Hel\x00lo"}',
    "lone surrogate": b'{"text": "Hel\\ud83dlo"}',
    "NaN": b'{"text": NaN}',
    "NaN in a field nobody asked for": b'{"text": "Hello", "more": [NaN]}',
    "Infinity in a field nobody asked for": b'{"text": "Hello", "more": Infinity}',
    "nested in a field nobody asked for": b'{"text": "Hello", "more": ' + b"[" * 100 + b"]" * 100 + b"}",
    "Infinity": b'{"text": -Infinity}',
    "1e999": b'{"text": 1e999}',
    "many digits": b'{"text": ' + b"9" * 200_000 + b"}",
    "many decimals": b'{"text": 0.' + b"9" * 200_000 + b"}",
    "nested arrays": b"[" * 100_000,
    "nested and closed": b'{"text": ' + b"[" * 900 + b"]" * 900 + b"}",
    "a name twice": b'{"text": "one", "text": "two"}',
    "single quotes": b"{'text': 'Hello'}",
    "a list": b"[]",
    "a string": b'"Hello"',
    "null": b"null",
    "the wrong type": b'{"text": 5}',
    "the field missing": b"{}",
    "too long": json.dumps({"text": "x" * 12_001}).encode(),
    "nothing but spaces": b'{"text": "   "}',
}

BAD_FORMS: dict[str, bytes] = {
    "NUL": b"text=Hel%00lo",
    "not UTF-8": b"text=caf%E9",
    "a field twice": b"text=one&text=two",
    "empty": b"",
    "the field missing": b"other=1",
    "nothing but spaces": b"text=+++",
}


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    return application(database_url, tmp_path, limit_prompts="9999/hour", limit_imports="9999/hour")


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return program(app)


@pytest.fixture
def on_sqlite(sqlite_url: str, tmp_path: Path) -> TestClient:
    return program(application(sqlite_url, tmp_path, limit_prompts="9999/hour", limit_imports="9999/hour"))


def is_refusal(status: int, sentence: str) -> bool:
    """Status 4xx, with at least four words that end as a sentence does."""
    return 400 <= status < 500 and len(sentence.split()) >= 4 and sentence.rstrip().endswith((".", "?"))


def test_files_that_cannot_be_used_are_refused_with_a_sentence_and_leave_nothing(
    client: TestClient, database: Database
) -> None:
    before = row_counts(database)

    replies = {name: client.post("/api/v1/imports/pairs", content=data) for name, data in BAD_FILES.items()}

    assert [name for name, reply in replies.items() if not is_refusal(reply.status_code, reply.json()["detail"])] == []
    assert row_counts(database) == before


def test_files_uploaded_on_the_page_are_refused_alike_and_make_no_guest(app: FastAPI, database: Database) -> None:
    before = row_counts(database)

    replies = {
        name: browser(app).post("/import/pairs", files={"file": ("choices.jsonl", data)})
        for name, data in BAD_FILES.items()
    }

    assert [name for name, reply in replies.items() if not 400 <= reply.status_code < 500] == []
    assert row_counts(database) == before


def test_malformed_json_is_refused_with_a_sentence_and_leaves_nothing(client: TestClient, database: Database) -> None:
    before = row_counts(database)

    replies = {
        name: client.post("/api/v1/prompts", content=data, headers={"Content-Type": "application/json"})
        for name, data in BAD_JSON.items()
    }

    assert [name for name, reply in replies.items() if not is_refusal(reply.status_code, reply.json()["detail"])] == []
    assert row_counts(database) == before


def test_malformed_forms_are_refused_and_make_no_guest(app: FastAPI, database: Database) -> None:
    before = row_counts(database)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    replies = {
        name: browser(app).post("/choose/ask", content=form, headers=headers) for name, form in BAD_FORMS.items()
    }

    assert [name for name, reply in replies.items() if not 400 <= reply.status_code < 500] == []
    assert row_counts(database) == before


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_fifty_megabytes_are_refused_with_the_limit_and_leave_nothing(
    client: TestClient, database: Database, chunked: bool
) -> None:
    before = row_counts(database)

    def chunks() -> Iterator[bytes]:
        for _ in range(50):
            yield b"x" * MEGABYTE

    for path in ("/api/v1/imports/pairs", "/api/v1/prompts", "/api/v1/imports/conversation/preview"):
        content = chunks() if chunked else b"x" * (50 * MEGABYTE)
        reply = client.post(path, content=content, headers={"Content-Type": "application/json"})
        assert reply.status_code == 413
        assert "20 MB" in reply.json()["detail"]

    assert row_counts(database) == before


def test_fifty_megabytes_on_the_page_are_refused_with_a_page(app: FastAPI, database: Database) -> None:
    before = row_counts(database)

    reply = browser(app).post("/import/pairs", files={"file": ("big.jsonl", b"x" * (50 * MEGABYTE))})

    assert reply.status_code == 413
    assert "20 MB" in reply.text
    assert row_counts(database) == before


@pytest.mark.slow
def test_a_file_at_the_limit_is_read(on_sqlite: TestClient) -> None:
    padding = "x" * 90_000
    rows = [PAIR | {"chosen": f"{number} {padding}"} for number in range(200)]
    content = "\n".join(map(json.dumps, rows)).encode()
    assert 18 * MEGABYTE < len(content) < 20 * MEGABYTE

    reply = on_sqlite.post("/api/v1/imports/pairs", content=content)

    assert reply.status_code == 201
    assert reply.json()["added"] == 200


def test_good_rows_among_bad_ones_are_kept_and_the_bad_ones_named(client: TestClient) -> None:
    content = LINE + b"\nnot JSON\n" + json.dumps({"context": "Hello"}).encode() + b"\n"

    report = client.post("/api/v1/imports/pairs", content=content).json()

    assert report["added"] == 1
    assert len(report["skipped"]) == 2
    assert all(row["where"] and row["why"] for row in report["skipped"])


def test_fields_nobody_asked_for_give_no_privilege(client: TestClient) -> None:
    extra = {"role": "operator", "account_id": "somebody", "consent": True, "granted": True, "is_sample": False}

    client.post("/api/v1/prompts", json={"text": "Hello", **extra})
    client.post("/api/v1/accounts", json=extra)
    client.post("/api/v1/runs", json=extra)

    assert client.get("/api/v1/me").json()["role"] == "person"
    assert not any(consent["granted"] for consent in client.get("/api/v1/consents").json())
    assert client.post("/api/v1/exports/trl", json=extra).status_code == 403


HOSTILE_ADDRESSES = [
    "/api/v1/comparisons/%00",
    "/api/v1/comparisons/' or 1=1 --",
    "/api/v1/comparisons/%ED%A0%80",
    "/api/v1/comparisons/..%2f..%2fetc%2fpasswd",
    "/api/v1/comparisons/" + "x" * 5_000,
    "/api/v1/comparisons/next?after=%00",
    "/api/v1/choices?offset=99999999999999999999",
    "/api/v1/choices?limit=-1",
    "/api/v1/choices?limit=ten",
    "/api/v1/runs/none/events?after=NaN",
    "/api/v1/personas/none/files/..%2fsecret",
    "/choices?page=-1",
    "/choices?page=99999999999999999999999",
    "/import?report=%00",
    "/persona/%00",
    "/prompt/none/none",
]


def test_hostile_addresses_are_refused_and_break_nothing(client: TestClient) -> None:
    statuses = {path: client.get(path).status_code for path in HOSTILE_ADDRESSES}

    assert [path for path, status in statuses.items() if status >= 500] == []
