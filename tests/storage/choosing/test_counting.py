"""How far an account is, counted without reading all that it has; and the mark by which what waits is found, which never drifts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from app.domain.choices.preference import Verdict
from app.services.choosing import comparing, starters
from app.services.importing import beside_own, files
from app.storage import migrations
from app.storage.choosing import comparisons, counting, decided, samples, teaching, verdicts
from app.storage.database import Database, Session
from app.storage.tables import ComparisonRow, CompletionRow, VerdictRow
from tests.builders import a_choice, a_comparison, an_account


def _drifted(session: Session) -> list[ComparisonRow]:
    has_verdict = select(VerdictRow).where(VerdictRow.comparison_id == ComparisonRow.comparison_id).exists()
    return list(session.exec(select(ComparisonRow).where(ComparisonRow.decided != has_verdict)))


def _counted_one_by_one(session: Session, account_id: str) -> tuple[int, ...]:
    """The same counts from every row, by the words of decision 0031."""
    rows = session.exec(select(ComparisonRow).where(ComparisonRow.account_id == account_id)).all()
    of_samples = samples.ids(session, account_id)
    _, aside = samples.places(session, account_id)
    shown = [row for row in rows if not (aside and row.comparison_id in of_samples)]
    found = [(row.comparison_id, comparisons.find(session, account_id, row.comparison_id)) for row in shown]
    chosen = [id_ for id_, one in found if one.verdict and Verdict(one.verdict.value).is_choice]
    own = [id_ for id_ in chosen if id_ not in of_samples]
    states = [one.state for _, one in found if one.verdict is None]
    given = sum(one.verdict is not None for _, one in found)
    return len(own or chosen), given, states.count("ready"), states.count("pending"), states.count("failed")


def test_whatever_is_given_changed_and_taken_back_the_mark_and_the_counts_stay_true(database: Database) -> None:
    rng = random.Random(7)
    with database.writing() as session:
        account_id, other = an_account(session), an_account(session)
        a_choice(session, other)
        a_comparison(session, account_id, state="pending")
        files.load_sample(session, account_id, "tulu-evaluator")
        ids = [*samples.ids(session, account_id), *(a_comparison(session, account_id) for _ in range(6))]
        ids += starters.add_starters(session, account_id).values()
        for step in range(60):
            one = rng.choice(ids)
            if rng.random() < 0.4:
                comparing.undo_verdict(session, account_id, one)
            else:
                comparing.give_verdict(session, account_id, one, rng.choice(list(Verdict)), 2_000)
            if step in (20, 45):
                beside_own.take_away(session, account_id)
            if step == 30:
                beside_own.bring_back(session, account_id)
            if step % 5 == 0:
                session.expire_all()
                assert astuple(counting.counts(session, account_id)) == _counted_one_by_one(session, account_id)

        session.expire_all()
        assert not _drifted(session)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_comparisons_from_before_the_mark_have_it_too(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url: str = f"sqlite:///{tmp_path / 'app.sqlite'}"
    if kind == "postgres":
        url = request.getfixturevalue("empty_postgres_url")
    migrations.upgrade(url)
    database = Database(url)
    with database.writing() as session:
        account_id = an_account(session)
        a_choice(session, account_id)
        waiting = a_comparison(session, account_id)
    database.close()

    migrations.downgrade(url, "0024")
    migrations.upgrade(url)

    database = Database(url)
    with database.reading() as session:
        assert not _drifted(session)
        found = comparisons.next_waiting(session, account_id)
        assert found
        assert found.row.comparison_id == waiting
    database.close()


def test_what_a_page_asks_reads_little_more_where_much_was_decided(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    few, many = 10, 210
    with database.writing() as session:
        accounts = {}
        for choices in (few, many):
            accounts[choices] = account_id = an_account(session)
            ids = [a_choice(session, account_id) for _ in range(choices)]
            session.connection().execute(sa.update(CompletionRow).values(flaws=""))
            comparing.undo_verdict(session, account_id, ids[-1])
    asked: dict[str, tuple[Callable[[Session, str], object], int]] = {
        "next": (comparisons.next_waiting, 0),
        "last": (verdicts.last_given, 0),
        "left out": (teaching.left_out, 0),
        "own": (samples.has_own_choices, 0),
        "list": (lambda session, mine: decided.newest_first(session, mine, 0, 5), 0),
        # Of each verdict its place in the index: a dozen steps of SQLite's machine.
        "counts": (counting.counts, 20),
    }
    for name, (ask, for_each) in asked.items():
        steps = {choices: _steps(database, ask, account_id) for choices, account_id in accounts.items()}
        assert steps[many] <= 1.1 * steps[few] + for_each * (many - few), (name, steps)
    database.close()


def _steps(database: Database, ask: Callable[[Session, str], object], account_id: str) -> int:
    """How many instructions SQLite carries out for it."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    with database.reading() as session:
        ask(session, account_id)  # statements are prepared
        driver = session.connection().connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(step, 1)
        try:
            ask(session, account_id)
        finally:
            driver.set_progress_handler(None, 0)
    return count
