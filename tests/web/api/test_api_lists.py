"""Lists a part at a time: totals, next links, and nothing shifted by what happens meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.services.people import accounts
from app.storage.database import Database
from app.storage.tables import ImportBatch, InductionRun
from tests.builders import a_comparison
from tests.web.clients import application, program

LISTS = ("choices", "personas", "runs", "imports", "me/tokens")
NEXT = re.compile(r'<([^>]+)>; rel="next"')


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    return application(database_url, tmp_path)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return program(app)


@pytest.fixture
def own_id(client: TestClient, database: Database) -> str:
    with database.reading() as session:
        own = accounts.account_for_token(session, client.headers["Authorization"].removeprefix("Bearer "))
    assert own
    return own.account_id


def parts(client: TestClient, address: str) -> Iterator[tuple[list[dict[str, Any]], str]]:
    """Every part of a list by its next links, with the total told."""
    while address:
        reply = client.get(address)
        assert reply.status_code == 200, reply.text
        yield reply.json(), reply.headers["x-total-count"]
        found = NEXT.search(reply.headers.get("link", ""))
        address = found.group(1) if found else ""


@pytest.mark.parametrize("name", LISTS)
def test_every_list_tells_its_total_and_says_so(client: TestClient, name: str) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"][f"/api/v1/{name}"]["get"]["responses"]["200"]

    reply = client.get(f"/api/v1/{name}")

    assert reply.headers["x-total-count"] == str(len(reply.json()))
    assert "link" not in reply.headers
    assert {"X-Total-Count", "Link"} <= set(described["headers"])
    assert client.get(f"/api/v1/{name}?limit=0").status_code == 422
    assert client.get(f"/api/v1/{name}?offset=1000").json() == []


def test_runs_and_imports_are_listed_by_their_next_links(client: TestClient, database: Database, own_id: str) -> None:
    asked: dict[str, Any] = {
        "recipe": "quick",
        "model": "m",
        "seed": 1,
        "budget_calls": 1,
        "budget_tokens": 1,
        "state": "done",
    }
    with database.writing() as session:
        for number in range(5):
            session.add(InductionRun(account_id=own_id, failure=str(number), **asked))
            batch: dict[str, Any] = {"kind": "pairs", "state": "done", "content_sha256": "", "source_name": str(number)}
            session.add(ImportBatch(account_id=own_id, report={"found": 2, "added": 1, "doubled": 1}, **batch))
            session.flush()

    runs = list(parts(client, "/api/v1/runs?limit=2"))
    imports = list(parts(client, "/api/v1/imports?limit=2"))

    assert [[line["failure"] for line in part] for part, _ in runs] == [["4", "3"], ["2", "1"], ["0"]]
    assert [[line["name"] for line in part] for part, _ in imports] == [["4", "3"], ["2", "1"], ["0"]]
    assert {total for _, total in runs + imports} == {"5"}
    assert imports[0][0][0]["added"] == 1


def test_verdicts_given_while_one_reads_shift_nothing(client: TestClient, database: Database, own_id: str) -> None:
    with database.writing() as session:
        ids = [a_comparison(session, own_id, f"Question {number}") for number in range(7)]
    for comparison_id in ids[:5]:
        client.put(f"/api/v1/comparisons/{comparison_id}/verdict", json={"value": "first"})
    reading = parts(client, "/api/v1/choices?limit=2")

    seen = [line["comparison_id"] for line in next(reading)[0]]
    for comparison_id in ids[5:]:
        client.put(f"/api/v1/comparisons/{comparison_id}/verdict", json={"value": "second"})
    rest = list(reading)

    assert seen + [line["comparison_id"] for part, _ in rest for line in part] == list(reversed(ids[:5]))
    assert rest[-1][1] == "7"


@pytest.mark.parametrize(
    "place", ["nonsense", "~", "2026-11-27T10:00:00~0", "0001-01-01T00:00:00+14:00~1", "2026-11-27~" + "9" * 30, "~1"]
)
def test_a_place_that_is_none_is_refused(client: TestClient, place: str) -> None:
    reply = client.get("/api/v1/choices", params={"before": place})

    assert reply.status_code == 400
    assert reply.json()["type"] == "/problems/bad-input"


def test_what_another_person_brought_in_reads_as_missing(app: FastAPI, client: TestClient) -> None:
    client.post(f"/api/v1/samples/{client.get('/api/v1/samples').json()[0]['name']}")
    made = client.get("/api/v1/imports").json()[0]["import_id"]

    assert client.get(f"/api/v1/imports/{made}").json()["kind"] == "sample"
    assert program(app).get(f"/api/v1/imports/{made}").status_code == 404
    assert program(app).get("/api/v1/imports").json() == []


def test_what_was_made_says_where_it_is(client: TestClient) -> None:
    pairs = "\n".join(f'{{"context": "How {n}?", "chosen": "So.", "rejected": "Thus."}}' for n in range(5)).encode()
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day."}]

    made = [
        client.post(f"/api/v1/samples/{client.get('/api/v1/samples').json()[0]['name']}"),
        client.post("/api/v1/imports/pairs", content=pairs),
        client.post("/api/v1/imports/conversation", json={"turns": turns, "answers": 1}),
        client.post("/api/v1/prompts", json={"text": "Hello"}),
        client.post("/api/v1/runs", json={}),
        client.post("/api/v1/starters"),
        client.post("/api/v1/me/tokens"),
        client.post("/api/v1/accounts"),
    ]

    assert {reply.status_code for reply in made} == {201, 202}
    assert [client.get(reply.headers["location"]).status_code for reply in made] == [200] * len(made)
