"""A worker learns the model before a run asks it, and a run that is carried on asks as it began."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from app.induction.model.language_model import ModelProfile
from app.services.calling.habits_rows import HabitsRows
from app.services.calling.model_calls import MeteredModel
from app.services.inducing import executing
from app.storage.database import Database
from app.storage.spending.ledger import DatabaseLedger
from app.storage.tables import InductionRun, ModelHabits
from app.storage.working import job_requests
from tests.fakes import FakeCompleter
from tests.jobs import given
from tests.jobs.processes import wait_until, worker
from tests.odd_provider import OddProvider, odd_provider

FIRST = ModelProfile("fake", slot_tokens=16_384, parallel=2)


@pytest.fixture
def provider() -> Iterator[OddProvider]:
    with odd_provider() as running:
        yield running


def carried_out(database: Database, run_id: str, completer: FakeCompleter) -> list[ModelProfile | None]:
    """The profiles that were on the run's row when it was carried out."""
    asked: list[ModelProfile | None] = []

    async def model_for(_name: str, ledger: DatabaseLedger, profile: ModelProfile | None) -> MeteredModel:
        asked.append(profile)
        return MeteredModel(replace(completer, profile=profile or completer.profile), ledger)

    with database.writing() as session:
        hold = job_requests.take(session, "induce", run_id)
    assert hold is not None
    asyncio.run(executing.execute(database, hold, model_for))
    return asked


def test_a_run_puts_down_how_it_asks_its_model_and_is_carried_on_in_the_same_way(database: Database) -> None:
    account_id = given.account_with_choices(database)
    run_id = given.start(database, account_id)
    with database.writing() as session:
        run = session.get(InductionRun, run_id)
        assert run is not None
        assert run.profile == {}

    assert carried_out(database, run_id, FakeCompleter(profile=FIRST)) == [None]

    put_down = given.run_of(database, run_id)
    assert put_down.profile["parallel"] == 2
    with database.writing() as session:
        put_down.state = "running"
        session.add(put_down)
    learned_anew = FakeCompleter(profile=replace(FIRST, slot_tokens=4_096, judging="stacked"))
    assert carried_out(database, run_id, learned_anew) == [FIRST]


def test_a_worker_learns_the_model_and_the_run_ends_with_a_persona(
    sqlite_url: str, tmp_path: Path, provider: OddProvider
) -> None:
    database = Database(sqlite_url)
    run_id = given.start(database, given.account_with_choices(database))
    asked = {"CLIENT": "litellm", "MODEL": "openai/new-hosted", "MODEL_API_KEY": "key", "MODEL_HABITS": ""}
    with database.writing() as session:
        run = session.get(InductionRun, run_id)
        assert run is not None
        run.model = asked["MODEL"]

    with worker(tmp_path, sqlite_url, provider.url, **asked):
        wait_until(lambda: given.is_over(database, run_id), 90, "the run ends")

    run = given.run_of(database, run_id)
    assert (run.state, run.failure) == ("done", "")
    assert (run.profile["judging"], run.profile["thought_tokens"]) == ("stacked", 400)
    learning = [entry for entry in provider.log if "litre" in entry["messages"][-1]["content"]]
    refused = [entry for entry in provider.log if entry["refused"]]
    assert len(learning) == 5, "Learned once, by the worker's start and the run together."
    assert len(refused) == 3, "No call of the run was refused."
    habits = HabitsRows(database).find("openai/new-hosted", provider.url)
    assert habits is not None
    assert (habits.temperature, habits.limit) == (False, "max_completion_tokens")
    database.close()


@pytest.mark.slow
def test_where_the_model_cannot_be_learned_the_run_says_why_and_nothing_is_kept(
    sqlite_url: str, tmp_path: Path, provider: OddProvider
) -> None:
    database = Database(sqlite_url)
    run_id = given.start(database, given.account_with_choices(database))
    asked = {"CLIENT": "litellm", "MODEL": "openai/wrong-key", "MODEL_API_KEY": "key", "MODEL_HABITS": ""}
    with database.writing() as session:
        run = session.get(InductionRun, run_id)
        assert run is not None
        run.model = asked["MODEL"]

    with worker(tmp_path, sqlite_url, provider.url, **asked):
        wait_until(lambda: given.is_over(database, run_id), 90, "the run ends")

    run = given.run_of(database, run_id)
    assert run.state == "failed"
    assert "refused the key" in run.failure
    with database.reading() as session:
        assert [row.learned_at for row in session.exec(select(ModelHabits))] == [None]
    database.close()
