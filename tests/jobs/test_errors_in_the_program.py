"""An error of our own, planted where no service expects one, never leaves work open for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from app.jobs.durable_model import Drain
from app.jobs.workflows import Workflows
from app.services.calling.model_calls import MeteredModel
from app.services.choosing import answering, asking
from app.services.inducing import executing
from app.storage.database import Database
from app.storage.spending.ledger import DatabaseLedger
from app.storage.working import job_requests, runs
from tests.fakes import FakeCompleter
from tests.jobs import given

MODEL = "openai/stand-in"


def broken(*_arguments: Any, **_named: Any) -> Any:
    raise RuntimeError("planted")


@pytest.mark.parametrize("where", ["add_judgements", "finish"])
def test_an_error_while_a_result_is_kept_closes_the_run_and_another_may_start(
    database: Database, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    account_id = given.account_with_choices(database)
    run_id = given.start(database, account_id)
    with database.writing() as session:
        hold = job_requests.take(session, "induce", run_id)
    assert hold is not None
    finish = runs.finish
    monkeypatch.setattr(runs, where, lambda *a, **k: finish(*a, **k) if k.get("failure") else broken())

    async def model_for(_name: str, ledger: DatabaseLedger, _profile: object) -> MeteredModel:
        return MeteredModel(FakeCompleter(), ledger)

    asyncio.run(executing.execute(database, hold, model_for))

    run = given.run_of(database, run_id)
    assert (run.state, run.failure) == ("failed", executing.BROKEN)
    assert "number of the run" not in run.failure, "No page shows such a number."
    given.start(database, account_id)


def test_an_error_outside_the_service_closes_the_run(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    account_id = given.account_with_choices(database)
    run_id = given.start(database, account_id)
    monkeypatch.setattr(executing, "execute", broken)

    carry_out(database, "induce", run_id)

    assert (given.run_of(database, run_id).state, given.run_of(database, run_id).failure) == (
        "failed",
        executing.BROKEN,
    )


def test_an_error_outside_the_service_fails_the_answers(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    account_id = given.account_with_choices(database, 1)
    with database.writing() as session:
        asked = asking.ask(session, account_id, "Rain?", models=(MODEL, MODEL), styles=("brief", "warm"), seed=1)
    monkeypatch.setattr(answering, "write_answers", broken)

    carry_out(database, "answers", asked)

    assert given.failed_answers(database, account_id) == [answering.BROKEN] * 2


def carry_out(database: Database, kind: str, subject_id: str) -> None:
    """Runs a workflow's body as the engine would, and sees it fail there."""

    async def completer_for(_name: str) -> FakeCompleter:
        return FakeCompleter()

    run: Callable[[str, str], Any] = Workflows(database, completer_for, Drain())._run
    with pytest.raises(RuntimeError, match="see the log of the worker"):
        asyncio.run(run(kind, subject_id))
