"""Cancel ends a run that nobody holds; one that a living worker holds is asked to stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.services.inducing import inducing
from app.storage.database import Database
from app.storage.tables import ExecutorHeartbeat
from app.storage.working import heartbeats
from tests import builders


@pytest.mark.parametrize(
    ("heard", "state"), [(None, "cancelled"), (timedelta(minutes=5), "cancelled"), (timedelta(0), "running")]
)
def test_a_run_is_ended_at_once_where_no_worker_lives(database: Database, heard: timedelta | None, state: str) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        run_id = builders.a_run(session, account_id, state="running").run_id
        if heard is not None:
            seen_at = heartbeats.database_now(session) - heard
            session.add(ExecutorHeartbeat(executor_id="a worker", seen_at=seen_at))

    with database.writing() as session:
        inducing.cancel_run(session, account_id, run_id)

    with database.reading() as session:
        run = inducing.run(session, account_id, run_id)
    assert (run.state, run.cancel_asked) == (state, True)
    assert (run.finished_at is not None and run.finished_at <= datetime.now(UTC)) is (state == "cancelled")
