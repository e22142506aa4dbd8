"""A model that refuses, fails and talks nonsense, under workers that are stopped and killed: the run still ends, once."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from app.storage.database import Database
from tests.jobs import given
from tests.jobs.processes import model_server, wait_until, worker

KILLS = 4


def test_a_worker_stops_at_once_while_a_rate_limit_lasts_and_the_next_one_goes_on(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database)
    run_id = given.start(database, account_id)

    with model_server(10) as model:
        model.spoil("429", 1000)
        with worker(tmp_path, database_url, model.url, STALE="600") as first:
            wait_until(lambda: states(database, run_id).count("failed") >= 4, 60, "the rate limit is met")
            began = time.monotonic()
            status = first.stop()
            seconds = time.monotonic() - began
        left = states(database, run_id)
        model.spoil("none", 1)
        with worker(tmp_path, database_url, model.url, STALE="600"):
            wait_until(lambda: given.is_over(database, run_id), 60, "the run ends")

    assert status == 0
    assert seconds < 10
    assert set(left) == {"failed"}
    assert given.run_of(database, run_id).state == "done"
    assert len(given.personas(database, run_id)) == 1
    refused = [entry for entry in given.ledger(database, run_id) if entry.state == "failed"]
    assert sum(entry.prompt_tokens + entry.completion_tokens for entry in refused) == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kills_in_the_middle_of_faults_leave_one_persona(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    account_id = given.account_with_choices(database)
    run_id = given.start(database, account_id)
    seed = time.time_ns() % 100_000
    print("KILL_SEED", seed)
    moments = random.Random(seed)

    with model_server(30) as model:
        model.behave(fail_rate=0.2, malformed_rate=0.05)
        for _ in range(KILLS):
            answered = len(given.replies(database, run_id))
            with worker(tmp_path, sqlite_url, model.url, STALE="1.2") as running:
                wait_for_replies(database, run_id, answered + 3)
                time.sleep(moments.uniform(0, 0.3))
                running.kill()
        with worker(tmp_path, sqlite_url, model.url, STALE="1.2"):
            wait_until(lambda: given.is_over(database, run_id), 120, "the run ends")

    run = given.run_of(database, run_id)
    assert (run.state, run.failure) == ("done", "")
    assert len(given.personas(database, run_id)) == 1
    committed = given.replies(database, run_id)
    late = [call for call in model.calls() if call["user"] in committed]
    assert not [call for call in late if call["arrived_at"] > committed[call["user"]].at.timestamp()]
    database.close()


def wait_for_replies(database: Database, run_id: str, count: int) -> None:
    wait_until(
        lambda: len(given.replies(database, run_id)) >= count or given.is_over(database, run_id), 60, "some replies"
    )


def states(database: Database, run_id: str) -> list[str]:
    return [entry.state for entry in given.ledger(database, run_id)]
