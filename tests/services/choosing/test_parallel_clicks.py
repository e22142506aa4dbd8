"""Many requests of one person at the same moment: one verdict, revisions in a row, a number for each comparison."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from sqlmodel import col, select

from app.domain.choices.preference import Verdict
from app.domain.errors import NotFound
from app.services.choosing import asking, comparing
from app.services.people import accounts
from app.storage.database import Database
from app.storage.tables import Account, ComparisonRow, JobRequest, VerdictRow
from tests.builders import a_comparison, an_account, revisions


def test_fifty_clicks_at_once_make_one_verdict(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparison_id = a_comparison(session, account_id)

    def click(_: int) -> str:
        with database.writing() as session:
            return comparing.give_verdict(session, account_id, comparison_id, Verdict.SECOND, 700, revision=0).value

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(click, range(50)))

    assert answers == ["second"] * 50
    assert revisions(database, comparison_id) == [(1, "second")]


def test_fifty_clicks_that_disagree_leave_one_verdict_and_revisions_in_a_row(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparison_id = a_comparison(session, account_id)
    values = list(Verdict)

    def click(number: int) -> None:
        with database.writing() as session:
            comparing.give_verdict(session, account_id, comparison_id, values[number % 5], None)

    with ThreadPoolExecutor(25) as pool:
        list(pool.map(click, range(50)))

    kept = revisions(database, comparison_id)
    assert [number for number, _ in kept] == list(range(1, len(kept) + 1))
    with database.reading() as session:
        verdict = session.exec(select(VerdictRow)).one()
    assert (verdict.revision, verdict.value) == kept[-1]


def test_prompts_typed_at_once_get_numbers_of_their_own(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)

    def ask(number: int) -> str:
        with database.writing() as session:
            return asking.ask(
                session, account_id, f"Question {number}?", models=("m", "m"), styles=("brief", "warm"), seed=number
            )

    with ThreadPoolExecutor(10) as pool:
        asked = list(pool.map(ask, range(20)))

    with database.reading() as session:
        numbers = session.exec(select(ComparisonRow.seq).order_by(col(ComparisonRow.seq))).all()
    assert len(set(asked)) == 20
    assert list(numbers) == list(range(1, 21))


def test_an_erasure_amid_clicks_and_prompts_leaves_nothing_and_breaks_nothing(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparison_id = a_comparison(session, account_id)

    def act(number: int) -> None:
        with suppress(NotFound), database.writing() as session:
            if number == 12:
                accounts.delete_everything(session, account_id)
            elif number % 2:
                comparing.give_verdict(session, account_id, comparison_id, list(Verdict)[number % 5], None)
            else:
                asking.ask(session, account_id, "Sky?", models=("m", "m"), styles=("", ""), seed=number)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(act, range(30)))

    with database.reading() as session:
        for table in (Account, ComparisonRow, VerdictRow, JobRequest):
            assert session.exec(select(table)).all() == []
