"""Several workers on one database: they share the work, take over from the dead, and ignore one that wakes up late."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from app.storage import migrations
from app.storage.database import Database
from tests.jobs import given
from tests.jobs.processes import Worker, model_server, wait_until, worker

PARALLEL_RUNS = 10
CUTS = 12


@pytest.mark.slow
def test_workers_that_start_at_one_moment_on_a_new_database_all_come_up(
    empty_postgres_url: str, tmp_path: Path
) -> None:
    """The first of them makes the engine's tables."""
    migrations.upgrade(empty_postgres_url)

    with ExitStack() as started:
        workers = [
            started.enter_context(worker(tmp_path, empty_postgres_url, "http://127.0.0.1:9/v1")) for _ in range(3)
        ]
        wait_until(
            lambda: given.workers_log(tmp_path).count("is ready") == 3 or not all(each.is_running for each in workers),
            60,
            "three workers are ready",
        )
        assert [each.is_running for each in workers] == [True] * 3, given.workers_log(tmp_path)[-3000:]
        assert [each.stop() for each in workers] == [0] * 3


@pytest.mark.slow
def test_two_workers_share_ten_runs_and_the_other_finishes_those_of_the_killed_one(
    postgres_url: str, tmp_path: Path
) -> None:
    database = Database(postgres_url)
    runs = [given.start(database, given.account_with_choices(database)) for _ in range(PARALLEL_RUNS)]

    with (
        model_server(300) as model,
        worker(tmp_path, postgres_url, model.url) as first,
        worker(tmp_path, postgres_url, model.url),
    ):
        wait_until(lambda: given.fewest_runs(database) >= 2, 60, "both workers have work")
        wait_until(lambda: len(model.calls()) >= 40, 60, "calls of many runs")
        shared = given.executors(database)
        first.kill()
        wait_until(lambda: all(given.is_over(database, run_id) for run_id in runs), 120, "all runs end")

    assert [given.run_of(database, run_id).state for run_id in runs] == ["done"] * PARALLEL_RUNS
    assert [len(given.personas(database, run_id)) for run_id in runs] == [1] * PARALLEL_RUNS
    assert "adopted induce-" in given.workers_log(tmp_path)
    committed = [given.replies(database, run_id) for run_id in runs]
    arrived = model.calls()
    # Runs over equal texts ask equal calls, so each digest may arrive once a run; repeats are those of one death.
    assert len(arrived) <= sum(map(len, committed)) + given.PARALLEL * max(shared.values())
    assert sum(len(given.ledger(database, run_id)) for run_id in runs) >= len(arrived)
    print(f"shared {shared}; {len(arrived)} calls for {sum(map(len, committed))} replies")
    database.close()


@pytest.mark.slow
def test_a_worker_that_wakes_up_after_its_run_was_adopted_changes_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database)
    run_id = given.start(database, account_id)

    with model_server(200) as model, worker(tmp_path, database_url, model.url, STALE="1.5") as sleeper:
        wait_until(lambda: len(model.calls()) >= 5, 60, "the first calls")
        pause_between_transactions(sleeper, database)
        with worker(tmp_path, database_url, model.url, STALE="1.5"):
            wait_until(lambda: len(model.calls()) >= 12, 100, "the other worker goes on")
            sleeper.process.send_signal(signal.SIGCONT)
            wait_until(lambda: given.is_over(database, run_id), 60, "the run ends")
            assert sleeper.stop() == 0

    assert given.run_of(database, run_id).state == "done"
    assert len(given.personas(database, run_id)) == 1
    shown = [event.seq for event in given.events(database, run_id)]
    assert shown == list(range(1, len(shown) + 1))
    given.check_paid_once(database, run_id, model, deaths=1, paused=True)


def test_a_run_survives_the_loss_of_every_connection_to_the_database(postgres_url: str, tmp_path: Path) -> None:
    database = Database(postgres_url)
    account_id = given.account_with_choices(database)
    run_id = given.start(database, account_id)

    with model_server(150) as model, worker(tmp_path, postgres_url, model.url):
        wait_until(lambda: len(model.calls()) >= 4, 60, "the first calls")
        for _ in range(CUTS):
            given.cut_connections(database)
            time.sleep(0.15)
        wait_until(lambda: given.is_over(database, run_id), 60, "the run ends")

    run = given.run_of(database, run_id)
    assert (run.state, run.failure) == ("done", "")
    assert len(given.personas(database, run_id)) == 1
    given.check_paid_once(database, run_id, model, deaths=CUTS)
    database.close()


def pause_between_transactions(sleeper: Worker, database: Database) -> None:
    """SIGSTOP. On SQLite a process paused in the middle of a write keeps the whole file locked, whatever we do; there
    the pause is tried again until it falls between two writes."""
    while True:
        sleeper.process.send_signal(signal.SIGSTOP)
        if not database.is_sqlite or all(is_writable(tmp) for tmp in sqlite_files(database)):
            return
        sleeper.process.send_signal(signal.SIGCONT)
        time.sleep(0.05)


def sqlite_files(database: Database) -> list[Path]:
    folder = Path(database.url.removeprefix("sqlite:///")).parent
    return [folder / "app.sqlite", folder / "jobs.sqlite"]


def is_writable(path: Path) -> bool:
    with closing(sqlite3.connect(path, timeout=0.1)) as connection:
        try:
            connection.execute("begin immediate")
        except sqlite3.OperationalError:
            return False
        connection.rollback()
        return True
