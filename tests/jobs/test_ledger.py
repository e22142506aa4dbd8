"""The ledger never lets more through than the budget, and keeps one reply a call."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.errors import BudgetReached, RunCancelled
from app.induction.model.language_model import Reply, Usage
from app.services.inducing import inducing
from app.storage.database import Database
from app.storage.spending.ledger import DatabaseLedger, spent
from app.storage.tables import now
from app.storage.working import job_requests, runs
from app.storage.working.job_requests import Hold, TakenOver
from tests.jobs import given


def held_run(database: Database) -> tuple[str, str, Hold]:
    account_id = given.account_with_choices(database, 5)
    run_id = given.start(database, account_id)
    return account_id, run_id, taken(database, run_id)


def taken(database: Database, run_id: str) -> Hold:
    with database.writing() as session:
        hold = job_requests.take(session, "induce", run_id)
    assert hold
    return hold


def ledger(database: Database, hold: Hold, account_id: str, *, calls: int = 10, tokens: int = 10_000) -> DatabaseLedger:
    return DatabaseLedger(database, hold, account_id, budget_calls=calls, budget_tokens=tokens)


@pytest.mark.parametrize(("calls", "tokens", "fit"), [(7, 10_000, 7), (100, 1_000, 5)])
def test_forty_parallel_reservations_never_pass_the_budget(
    database: Database, calls: int, tokens: int, fit: int
) -> None:
    account_id, run_id, hold = held_run(database)
    book = ledger(database, hold, account_id, calls=calls, tokens=tokens)

    def reserve(number: int) -> bool:
        try:
            book.reserve(f"{number:064d}", 1, "judge", "m", 150, 50)
        except BudgetReached:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        granted = sum(pool.map(reserve, range(40)))

    with database.reading() as session:
        used = spent(session, run_id)
    assert granted == used.calls == fit
    assert used.tokens == fit * 200


def test_a_settled_call_frees_what_it_did_not_use(database: Database) -> None:
    account_id, run_id, hold = held_run(database)
    book = ledger(database, hold, account_id, tokens=1_000)
    book.reserve("a" * 64, 1, "judge", "m", 500, 500)

    book.settle("a" * 64, 1, "judge", Reply("yes", Usage(90, 10)))

    book.reserve("b" * 64, 1, "judge", "m", 500, 400)
    with pytest.raises(BudgetReached):
        book.reserve("c" * 64, 1, "judge", "m", 1, 0)
    with database.reading() as session:
        assert spent(session, run_id).tokens == 1_000


def test_a_reply_without_usage_costs_its_reservation(database: Database) -> None:
    account_id, run_id, hold = held_run(database)
    book = ledger(database, hold, account_id)
    book.reserve("a" * 64, 1, "judge", "m", 300, 20)

    book.settle("a" * 64, 1, "judge", Reply("yes"))

    with database.reading() as session:
        assert spent(session, run_id).tokens == 320


def test_the_first_committed_reply_of_a_call_stays(database: Database) -> None:
    account_id, _run_id, hold = held_run(database)
    book = ledger(database, hold, account_id)
    for attempt in (1, 2):
        book.reserve("a" * 64, attempt, "judge", "m", 3, 2)

    book.settle("a" * 64, 2, "judge", Reply("early\x00", Usage(1, 1), {"Yes": -0.5}))
    book.settle("a" * 64, 1, "judge", Reply("late", Usage(1, 1)))

    assert book.committed("a" * 64) == Reply("early\ufffd", Usage(1, 1), {"Yes": -0.5})


def test_a_worker_whose_run_was_adopted_can_reserve_nothing(database: Database) -> None:
    account_id, run_id, asleep = held_run(database)
    awake = taken(database, run_id)

    with pytest.raises(TakenOver):
        ledger(database, asleep, account_id).reserve("a" * 64, 1, "judge", "m", 3, 2)

    ledger(database, awake, account_id).reserve("a" * 64, 1, "judge", "m", 3, 2)


def test_a_cancelled_run_can_reserve_nothing(database: Database) -> None:
    account_id, run_id, hold = held_run(database)
    with database.writing() as session:
        inducing.cancel_run(session, account_id, run_id)

    with pytest.raises(RunCancelled):
        ledger(database, hold, account_id).reserve("a" * 64, 1, "judge", "m", 3, 2)


def test_tries_left_by_a_dead_worker_stay_spent_and_are_told_apart(database: Database) -> None:
    account_id, run_id, hold = held_run(database)
    ledger(database, hold, account_id).reserve("a" * 64, 1, "judge", "m", 30, 20)
    book = ledger(database, taken(database, run_id), account_id)

    book.reserve("a" * 64, 2, "judge", "m", 30, 20)
    book.fail("a" * 64, 2, "the model was away")

    assert (book.attempts("a" * 64), book.left_in_flight("a" * 64)) == (2, 1)
    assert book.last_failure("a" * 64) == "the model was away"
    with database.reading() as session:
        assert spent(session, run_id).tokens == 100


def test_a_try_that_the_rate_limit_refused_counts_as_a_call_without_tokens(database: Database) -> None:
    account_id, run_id, hold = held_run(database)
    book = ledger(database, hold, account_id, calls=2, tokens=50)

    for attempt in (1, 2):
        book.reserve("a" * 64, attempt, "judge", "m", 30, 20)
        book.fail("a" * 64, attempt, "slow down", is_charged=False)

    with database.reading() as session:
        assert (spent(session, run_id).calls, spent(session, run_id).tokens) == (2, 0)
    with pytest.raises(BudgetReached):
        book.reserve("a" * 64, 3, "judge", "m", 3, 2)


def test_starts_without_a_new_reply_are_counted_until_they_are_hopeless(database: Database) -> None:
    account_id, run_id, hold = held_run(database)

    for _ in range(4):
        hold = taken(database, run_id)
    last_permitted, one_too_many = hold, taken(database, run_id)
    book = ledger(database, one_too_many, account_id)
    book.reserve("a" * 64, 1, "judge", "m", 3, 2)
    book.settle("a" * 64, 1, "judge", Reply("yes"))

    assert (last_permitted.starts, last_permitted.is_hopeless) == (5, False)
    assert one_too_many.is_hopeless
    assert taken(database, run_id).starts == 1


def test_a_later_run_of_the_account_reuses_the_replies_of_the_same_model_alone(database: Database) -> None:
    account_id, run_id, hold = held_run(database)
    first = ledger(database, hold, account_id)
    first.reserve("a" * 64, 1, "judge", "model-one", 10, 1)
    first.settle("a" * 64, 1, "judge", Reply("A", Usage(9, 1)))
    stranger, _, strange_hold = held_run(database)
    with database.writing() as session:
        inducing.cancel_run(session, account_id, run_id)
        row = runs.find_run(session, run_id)
        assert row
        runs.finish(session, row, "cancelled", at=now())
    later_hold = taken(database, given.start(database, account_id))

    def later(hold: Hold, owner: str, model: str) -> DatabaseLedger:
        return DatabaseLedger(database, hold, owner, budget_calls=9, budget_tokens=999, reuse_of=model)

    assert later(later_hold, account_id, "model-one").committed("a" * 64) == Reply("A", Usage(9, 1))
    assert later(later_hold, account_id, "model-two").committed("a" * 64) is None
    assert ledger(database, later_hold, account_id).committed("a" * 64) is None
    assert later(strange_hold, stranger, "model-one").committed("a" * 64) is None
