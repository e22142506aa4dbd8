"""A run of which most calls fail ends as failed, with the number, the reason and what to do; choices stay."""

from __future__ import annotations

import asyncio

import pytest

from app.induction.model.language_model import PermanentModelError
from app.services.calling.model_calls import MeteredModel
from app.services.inducing import executing
from app.storage.database import Database
from app.storage.spending.ledger import DatabaseLedger
from app.storage.working import job_requests
from tests.fakes import FakeCompleter
from tests.jobs import given


@pytest.mark.parametrize("answered", [0, 15, 40])
def test_the_run_fails_with_a_sentence_and_can_be_started_again(database: Database, answered: int) -> None:
    account_id = given.account_with_choices(database, 30)
    run_id = given.start(database, account_id)
    faults = {call: PermanentModelError("The account is out of credit.") for call in range(answered + 1, 1_000)}
    completer = FakeCompleter(faults=faults)
    with database.writing() as session:
        hold = job_requests.take(session, "induce", run_id)
    assert hold is not None

    async def model_for(_name: str, ledger: DatabaseLedger, _profile: object) -> MeteredModel:
        return MeteredModel(completer, ledger)

    asyncio.run(executing.execute(database, hold, model_for))

    run = given.run_of(database, run_id)
    assert run.state == "failed"
    assert "The account is out of credit." in run.failure
    assert "Your choices are safe" in run.failure
    assert completer.calls <= max(21, 2 * answered + 1) + completer.profile.parallel
    given.start(database, account_id)
