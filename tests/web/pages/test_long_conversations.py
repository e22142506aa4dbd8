"""A conversation of very many turns is shown a page at a time, and only so much of a page is read as Markdown."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event

from app.services.choosing import comparing
from app.web.guards import transactions
from tests.web.clients import application, browser, program
from tests.web.serving import serving

TURNS = 399


def _long_pair() -> dict[str, object]:
    words = "**word** " * 300
    context = [{"role": "assistant" if n % 2 else "user", "content": f"turn-{n}-here {words}"} for n in range(TURNS)]
    return {"context": context, "chosen": "Yes.", "rejected": "No."}


def test_a_page_shows_no_more_than_twenty_of_the_earlier_turns(database_url: str, tmp_path: Path) -> None:
    client = program(application(database_url, tmp_path))
    assert client.post("/api/v1/imports/pairs", json=[_long_pair()]).status_code == 201
    address = f"/choices/{client.get('/api/v1/choices').json()[0]['comparison_id']}"

    page = client.get(address).text
    first = client.get(f"{address}/earlier").text
    last = client.get(f"{address}/earlier?offset=380").text
    beyond = client.get(f"{address}/earlier?offset=100000")

    assert [page.count(f"turn-{n}-here") for n in (0, 377, 378, 398)] == [0, 0, 1, 1]
    assert (first.count("-here"), last.count("-here")) == (20, 19)
    assert f"{address}/earlier?offset=20" in first
    assert beyond.status_code == 200
    assert 0 < first.count("<strong>") <= 40_000 / len("**word** ")
    assert first.count('class="plain-text"') == 6


def test_the_turns_of_a_conversation_are_their_owners_alone(database_url: str, tmp_path: Path) -> None:
    app = application(database_url, tmp_path)
    client = program(app)
    client.post("/api/v1/imports/pairs", json=[_long_pair()])
    address = f"/choices/{client.get('/api/v1/choices').json()[0]['comparison_id']}/earlier"

    assert program(app).get(address).status_code == 404
    assert browser(app).get(address).status_code == 303


@contextmanager
def counted_bytes(app: FastAPI) -> Iterator[list[int]]:
    """How many bytes the database hands over for each look-up in the block: each is asked once more at the end and measured."""
    engine = app.state.database.engine
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.lstrip().lower().startswith("select"):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    sizes: list[int] = []
    try:
        yield sizes
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        for statement, parameters in asked:
            rows = connection.exec_driver_sql(statement, parameters).all()
            sizes.append(sum(len(str(value)) for row in rows for value in row))


@pytest.mark.parametrize(
    "address",
    [
        "/choices/{}",
        "/choices/{}/earlier?offset=1000",
        "/api/v1/comparisons/{}",
        "/api/v1/comparisons/{}/turns?offset=1000&limit=20",
        "/api/v1/comparisons/next",
        "/choices",
        "/choose",
        "/api/v1/choices",
        "/persona",
    ],
)
def test_nothing_that_is_shown_reads_more_of_a_conversation_than_it_shows(
    database_url: str, tmp_path: Path, address: str
) -> None:
    app = application(database_url, tmp_path)
    client = program(app)
    turn = "word " * 200
    context = [{"role": "assistant" if n % 2 else "user", "content": f"{n}-here {turn}"} for n in range(1_999)]
    client.post("/api/v1/imports/pairs", json=[{"context": context, "chosen": "Yes.", "rejected": "No."}])
    comparison_id = client.get("/api/v1/choices").json()[0]["comparison_id"]
    if address in ("/api/v1/comparisons/next", "/choose"):
        client.delete(f"/api/v1/comparisons/{comparison_id}/verdict")

    with counted_bytes(app) as sizes:
        reply = client.get(address.format(comparison_id))

    assert reply.status_code == 200
    shown = reply.text.count("-here")
    assert shown <= 21
    # Turns are stored twenty together, so that those shown may lie in two parts; the rest is the row and who asks.
    assert sum(sizes) < 41 * (len(turn) + 60) + 5_000


def test_a_verdict_on_a_long_conversation_reads_its_question_alone(database_url: str, tmp_path: Path) -> None:
    app = application(database_url, tmp_path)
    client = program(app)
    client.post("/api/v1/imports/pairs", json=[_long_pair()])
    comparison_id = client.get("/api/v1/choices").json()[0]["comparison_id"]

    with counted_bytes(app) as sizes:
        reply = client.put(f"/api/v1/comparisons/{comparison_id}/verdict", json={"value": "same"})

    assert reply.status_code == 200
    assert sum(sizes) < 2 * len(json.dumps(_long_pair())) / TURNS + 3_000


def test_the_api_tells_how_many_turns_came_before_and_lists_them_all(database_url: str, tmp_path: Path) -> None:
    client = program(application(database_url, tmp_path))
    pair = _long_pair()
    client.post("/api/v1/imports/pairs", json=[pair])
    address = f"/api/v1/comparisons/{client.get('/api/v1/choices').json()[0]['comparison_id']}"

    comparison = client.get(address).json()
    parts = [client.get(f"{address}/turns?offset={start}&limit=150") for start in (0, 150, 300, 450)]

    assert comparison["context"] == pair["context"][-21:]  # type: ignore[index]
    assert comparison["earlier"] == TURNS - 21
    assert [turn for part in parts for turn in part.json()] == pair["context"]
    assert {part.headers["X-Total-Count"] for part in parts} == {str(TURNS)}
    assert ['rel="next"' in part.headers.get("Link", "") for part in parts] == [True, True, False, False]
    assert client.get(f"{address[:-1]}x/turns").status_code == 404


def test_one_person_is_shown_one_conversation_at_a_time_and_nobody_else_waits_for_that(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = application(database_url, tmp_path)
    busy, other = program(app), program(app)
    addresses = []
    for client in (busy, other):
        client.post("/api/v1/imports/pairs", json=[_long_pair()])
        addresses.append(f"/choices/{client.get('/api/v1/choices').json()[0]['comparison_id']}/earlier")
    real, now, most = comparing.turns, set[int](), [0]
    other_was_shown = threading.Event()

    def counted(session: Any, account_id: str, comparison_id: str, offset: int) -> comparing.TurnsView:
        if comparison_id in addresses[1]:
            return real(session, account_id, comparison_id, offset)
        now.add(offset)
        most[0] = max(most[0], len(now))
        assert other_was_shown.wait(600)
        now.remove(offset)
        return real(session, account_id, comparison_id, offset)

    monkeypatch.setattr(comparing, "turns", counted)
    monkeypatch.setattr(transactions, "LONGEST_WAIT_SECONDS", 600)
    monkeypatch.setattr(transactions, "LONGEST_QUEUE_SECONDS", 600)

    def ask(base: str, client: TestClient, address: str) -> int:
        headers = {"Authorization": client.headers["Authorization"], "Host": "testserver"}
        return int(httpx2.get(base + address, headers=headers, timeout=600).status_code)

    with serving(app) as base, ThreadPoolExecutor(5) as pool:
        readers = [pool.submit(ask, base, busy, f"{addresses[0]}?offset={20 * n}") for n in range(5)]
        assert ask(base, other, addresses[1]) == 200
        other_was_shown.set()
        shown = [each.result() for each in readers]

    assert shown == [200] * 5
    assert most == [1]
