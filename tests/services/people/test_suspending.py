"""Suspension: work ends at once, exports leave the account out, lifting gives everything back."""

from __future__ import annotations

import pytest

from app.domain.errors import NotFound
from app.services.choosing import asking
from app.services.inducing import inducing
from app.services.people import accounts, consenting
from app.storage.choosing import answers
from app.storage.database import Database
from app.storage.people import consents
from app.storage.tables import Account
from app.storage.working import job_requests
from app.storage.working.job_requests import TakenOver
from tests import builders

BOTH = ["choices", "texts"]


def test_runs_and_answers_end_and_whoever_worked_on_them_loses_the_hold(database: Database) -> None:
    with database.writing() as session:
        account_id, other = builders.an_account(session), builders.an_account(session)
        code = session.get_one(Account, account_id).code
        run_id = builders.a_run(session, account_id, state="running").run_id
        others_run = builders.a_run(session, other, state="running").run_id
        asked = asking.ask(session, account_id, "Q?", models=("a", "b"), styles=("", ""), seed=1)
        job_requests.ask_for(session, "induce", run_id, account_id)
        hold = job_requests.take(session, "answers", asked)
        assert hold is not None

    with database.writing() as session:
        assert accounts.suspend(session, code.lower()).is_suspended

    with database.writing() as session:
        assert inducing.run(session, account_id, run_id).state == "cancelled"
        assert inducing.run(session, other, others_run).state == "running"
        assert answers.pending_ids(session, "answers", asked) == []
        assert job_requests.waiting(session) == []
        with pytest.raises(TakenOver):
            job_requests.check_held(session, hold)


def test_exports_leave_the_account_out_until_it_is_lifted(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        code = session.get_one(Account, account_id).code
        for scope in BOTH:
            consenting.set_consent(session, account_id, scope, True)

    for change, is_in in ((accounts.suspend, False), (accounts.lift, True)):
        with database.writing() as session:
            change(session, code)
        with database.reading() as session:
            assert (consents.versions_granted(session, account_id, BOTH) is not None) is is_in


def test_a_code_that_nobody_has_is_said(database: Database) -> None:
    with database.writing() as session, pytest.raises(NotFound):
        accounts.suspend(session, "2222-2222")
