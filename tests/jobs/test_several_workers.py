"""Several workers on one database: they share the work, take over from the dead, and ignore one that wakes up late."""

from __future__ import annotations

import signal
from pathlib import Path

from app.storage.database import Database
from tests.jobs import given
from tests.jobs.processes import stand_in, wait_until, worker

PARALLEL_RUNS = 10


def test_two_workers_share_ten_runs_and_the_other_finishes_those_of_the_killed_one(
    postgres_url: str, tmp_path: Path
) -> None:
    database = Database(postgres_url)
    runs = [given.start(database, given.account_with_choices(database, 8)) for _ in range(PARALLEL_RUNS)]

    with (
        stand_in(tmp_path, 0.15) as model,
        worker(tmp_path, postgres_url, model.base) as first,
        worker(tmp_path, postgres_url, model.base),
    ):
        wait_until(lambda: len(given.executors(database)) == 2, 60, "both workers have work")
        shared = given.executors(database)
        first.kill()
        wait_until(lambda: all(given.is_over(database, run_id) for run_id in runs), 120, "all runs end")

    assert [given.run_of(database, run_id).state for run_id in runs] == ["done"] * PARALLEL_RUNS
    assert [len(given.personas(database, run_id)) for run_id in runs] == [1] * PARALLEL_RUNS
    assert "adopted induce-" in given.workers_log(tmp_path)
    committed = [given.replies(database, run_id) for run_id in runs]
    arrived = model.noted()
    # Runs over equal texts ask equal calls, so each digest may arrive once a run; repeats are those of one death.
    assert len(arrived) <= sum(map(len, committed)) + 4 * max(shared.values())
    assert sum(len(given.ledger(database, run_id)) for run_id in runs) >= len(arrived)
    print(f"shared {shared}; {len(arrived)} calls for {sum(map(len, committed))} replies")
    database.close()


def test_a_worker_that_wakes_up_after_its_run_was_adopted_changes_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database, 8)
    run_id = given.start(database, account_id)

    with stand_in(tmp_path, 0.2) as model, worker(tmp_path, database_url, model.base, STALE="1.5") as sleeper:
        wait_until(lambda: len(model.noted()) >= 5, 60, "the first calls")
        sleeper.process.send_signal(signal.SIGSTOP)
        with worker(tmp_path, database_url, model.base, STALE="1.5"):
            wait_until(lambda: len(model.noted()) >= 12, 100, "the other worker goes on")
            sleeper.process.send_signal(signal.SIGCONT)
            wait_until(lambda: given.is_over(database, run_id), 60, "the run ends")
            assert sleeper.stop() == 0

    assert given.run_of(database, run_id).state == "done"
    assert len(given.personas(database, run_id)) == 1
    shown = [event.seq for event in given.events(database, run_id)]
    assert shown == list(range(1, len(shown) + 1))
    given.check_paid_once(database, run_id, model, deaths=1)
