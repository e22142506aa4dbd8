"""Cancelling a run, stopping a worker in good order, and giving up work that kills its worker."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import select

from app.services.choosing import asking
from app.services.inducing import executing, inducing
from app.services.people import accounts
from app.storage.database import Database
from app.storage.tables import Account, InductionRun
from tests.jobs import given
from tests.jobs.processes import Worker, model_server, wait_until, worker


def test_a_cancelled_run_sends_nothing_more_and_keeps_its_events(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database)
    run_id = given.start(database, account_id)

    with model_server(200) as model, worker(tmp_path, database_url, model.url):
        wait_until(lambda: len(model.calls()) >= 6, 60, "the first calls")
        with database.writing() as session:
            inducing.cancel_run(session, account_id, run_id)
        sent = len(model.calls())
        wait_until(lambda: given.is_over(database, run_id), 30, "the run is cancelled")

    with database.reading() as session:
        view = inducing.run(session, account_id, run_id)
    assert view.state == "cancelled"
    assert view.style
    assert "stopped" in [stage.state for stage in view.stages]
    assert len(model.calls()) <= sent + 4
    assert len(given.replies(database, run_id)) == len(model.calls())
    assert given.start(database, account_id) != run_id


@pytest.mark.slow
def test_a_run_whose_account_is_deleted_sends_nothing_more_and_leaves_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database)
    run_id = given.start(database, account_id)

    with model_server(200) as model, worker(tmp_path, database_url, model.url):
        wait_until(lambda: len(model.calls()) >= 6, 60, "the first calls")
        with database.writing() as session:
            accounts.delete_everything(session, account_id)
        sent = len(model.calls())
        another = given.account_with_choices(database)
        its_run = given.start(database, another)
        wait_until(lambda: given.is_over(database, its_run), 60, "the run of another ends")

    assert given.run_of(database, its_run).state == "done"
    assert len(model.calls()) <= sent + 4 + len(given.replies(database, its_run))
    assert not given.replies(database, run_id)
    assert not given.personas(database, run_id)
    with database.reading() as session:
        assert [row.account_id for row in session.exec(select(Account))] == [another]
        assert {row.account_id for row in session.exec(select(InductionRun))} == {another}


def test_sigterm_lets_calls_in_flight_finish_and_the_next_worker_goes_on_at_once(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database, 8)
    run_id = given.start(database, account_id)

    with model_server(300) as model, worker(tmp_path, database_url, model.url, STALE="600") as first:
        wait_until(lambda: len(model.calls()) >= 5, 60, "the first calls")
        status = first.stop()
        sent = len(model.calls())
        settled = len(given.replies(database, run_id))
        with worker(tmp_path, database_url, model.url, STALE="600"):
            wait_until(lambda: given.is_over(database, run_id), 60, "the run ends")

    assert status == 0
    assert settled == sent
    assert given.run_of(database, run_id).state == "done"
    assert len(model.calls()) == len(given.replies(database, run_id))
    assert {entry.state for entry in given.ledger(database, run_id)} == {"answered"}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_call_that_kills_its_worker_each_time_is_given_up_after_five_and_others_go_on(
    sqlite_url: str, tmp_path: Path
) -> None:
    database, database_url = Database(sqlite_url), sqlite_url
    poisoned = given.account_with_choices(database, 8)
    run_id = given.start(database, poisoned)
    innocent = given.account_with_choices(database, 5, subject="harmless")
    deaths = 0

    with model_server(20) as model:
        while not given.is_over(database, run_id):
            with worker(tmp_path, database_url, model.url, STALE="1.0", DEADLY="tea number 8") as doomed:
                wait_for_either_end(database, run_id, doomed)
                deaths += not doomed.is_running
        other = given.start(database, innocent)
        with worker(tmp_path, database_url, model.url, STALE="1.0", DEADLY="tea number 8"):
            wait_until(lambda: given.is_over(database, other), 60, "the other run ends")

    run = given.run_of(database, run_id)
    assert run.state == "failed"
    assert run.failure.startswith("The worker stopped")
    assert deaths == 5
    assert given.run_of(database, other).state == "done"
    database.close()


def test_the_engine_keeps_no_text_of_a_person(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    account_id = given.account_with_choices(database, 5)
    run_id = given.start(database, account_id)
    with database.writing() as session:
        asking.ask(
            session,
            account_id,
            "Tell me about my secret tea garden.",
            models=("openai/stand-in", "openai/stand-in"),
            styles=("brief", "warm"),
            seed=1,
        )

    with model_server(10) as model, worker(tmp_path, sqlite_url, model.url):
        wait_until(lambda: given.is_over(database, run_id), 60, "the run ends")
        wait_until(lambda: given.pending_answers(database, account_id) == 0, 60, "the answers are written")

    with closing(sqlite3.connect(tmp_path / "jobs.sqlite")) as engine:
        kept = "\n".join(engine.iterdump())
    assert run_id in kept
    for text in ("secret tea", "In short", "prefers", "comes down to", "rain"):
        assert text not in kept
    database.close()


def test_a_run_out_of_budget_before_it_wrote_anything_says_so(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database, 8)
    run_id = given.start(database, account_id, calls=6)

    with model_server(20) as model, worker(tmp_path, database_url, model.url):
        wait_until(lambda: given.is_over(database, run_id), 60, "the run ends")

    run = given.run_of(database, run_id)
    assert run.state == "failed"
    assert "limit" in run.failure
    assert len(model.calls()) == len(given.ledger(database, run_id)) == 6
    assert executing.BROKEN not in run.failure


def wait_for_either_end(database: Database, run_id: str, doomed: Worker) -> None:
    wait_until(lambda: given.is_over(database, run_id) or not doomed.is_running, 60, "the run or its worker ends")
