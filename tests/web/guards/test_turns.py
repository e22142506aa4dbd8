"""Costly requests go one at a time for each sign-in, so that one person's many keep nobody else waiting."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.web.guards import turns
from app.web.guards.turns import Turns
from app.web.refusals import Busy
from tests.web.clients import application, program

IN_TURN = {
    "GET /choices/{comparison_id}",
    "GET /choices/{comparison_id}/earlier",
    "GET /choose",
    "GET /api/v1/comparisons",
    "GET /api/v1/comparisons/next",
    "GET /api/v1/comparisons/{comparison_id}",
    "GET /api/v1/comparisons/{comparison_id}/growing",
    "GET /api/v1/comparisons/{comparison_id}/turns",
    "GET /api/v1/archives",
    "GET /api/v1/archives/{archive_id}",
    "GET /api/v1/archives/{archive_id}/conversations",
    "POST /api/v1/archives/{archive_id}/keep",
    "GET /import/archive/{archive_id}",
    "GET /import/archive/{archive_id}/keep",
    "GET /import/archive/{archive_id}/{position}",
    "POST /import/archive/{archive_id}/keep",
    "POST /import/archive/{archive_id}/ticks",
    "GET /import/doubtful",
    "POST /import/doubtful/undo",
    "POST /import/doubtful/{comparison_id}",
    "POST /import/conversation",
    "POST /import/preview",
    "POST /sample",
    "POST /api/v1/imports/conversation",
    "POST /api/v1/imports/conversation/cost",
    "POST /api/v1/samples/{name}",
}


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> FastAPI:
    return application(sqlite_url, tmp_path)


def test_ones_second_and_third_costly_request_wait_while_anothers_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_PAUSE_SECONDS", 0.0)
    begun: list[str] = []

    async def lived_through() -> None:
        all_turns, may_end = Turns(), asyncio.Event()

        async def costly(whose: str, name: str) -> None:
            async with all_turns.queue(whose).passed():
                begun.append(name)
                if whose == "one":
                    await may_end.wait()

        async with asyncio.TaskGroup() as group:
            for name in ("first", "second", "third"):
                group.create_task(costly("one", name))
            await group.create_task(costly("another", "another's"))
            assert begun == ["first", "another's"]
            may_end.set()

    asyncio.run(lived_through())

    assert begun == ["first", "another's", "second", "third"]


def test_who_waits_too_long_for_ones_own_requests_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_QUEUE_SECONDS", 0.0)

    async def lived_through() -> None:
        queue = Turns().queue("one")
        async with queue.passed():
            with pytest.raises(Busy, match="You asked for very much at once"):
                async with queue.passed():
                    raise AssertionError("it had no turn")

    asyncio.run(lived_through())


def test_while_more_of_one_wait_everybody_else_is_left_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def lived_through() -> None:
        loop, queue = asyncio.get_running_loop(), Turns().queue("one")

        def release_now(pause: float, release: Any) -> None:
            pauses.append(pause)
            release()

        monkeypatch.setattr(loop, "call_later", release_now, raising=False)

        async def costly() -> None:
            async with queue.passed():
                await asyncio.sleep(0)

        async with asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(costly())

    asyncio.run(lived_through())

    assert pauses[0] > 0
    assert pauses[1] == 0


def test_what_shows_a_conversation_or_takes_one_in_goes_in_turn(app: FastAPI) -> None:
    def goes_in_turn(dependant: Dependant) -> bool:
        return dependant.call is turns.InTurn.dependency or any(map(goes_in_turn, dependant.dependencies))

    found = {
        f"{method} {context.path}"
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute) and goes_in_turn(context.original_route.dependant)
        for method in context.original_route.methods or ()
    }

    assert found == IN_TURN


def test_a_verdict_passes_to_a_thread_for_nothing_but_work(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """To begin and look up who asks, to count, to store, to write the reply, to commit: each pass waits for whoever computes."""
    client = program(app)
    made = client.post("/api/v1/starters").json()[0]["comparison_id"]
    passes: list[Any] = []
    run_sync = anyio.to_thread.run_sync

    async def noted(function: Any, *of: Any, **how: Any) -> Any:
        passes.append(function)
        return await run_sync(function, *of, **how)

    monkeypatch.setattr(anyio.to_thread, "run_sync", noted)
    reply = client.put(f"/api/v1/comparisons/{made}/verdict", json={"value": "first"})

    assert reply.status_code == 200
    assert len(passes) == 5
