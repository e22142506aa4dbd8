"""Nobody spends more than a cap admits, on both databases and from however many processes; and one switch stops all of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.domain.errors import SpendingRefused
from app.domain.spending import Cap, Caps, Price, day_of
from app.induction.model.language_model import Reply, Usage
from app.services.operating import spending
from app.services.people import accounts
from app.storage.database import Database
from app.storage.spending import spending as rows
from app.storage.spending.address_keys import digest_of
from app.storage.spending.ledger import DatabaseLedger
from app.storage.tables import Account, now
from tests.jobs.test_ledger import held_run

WORST = 200
"""Tokens that each try of these tests reserves."""


def ledger(database: Database, caps: Caps) -> DatabaseLedger:
    account_id, _, hold = held_run(database)
    return DatabaseLedger(database, hold, account_id, budget_calls=1_000, budget_tokens=10_000_000, caps=caps)


def reserve(book: DatabaseLedger, number: int) -> bool:
    try:
        book.reserve(f"{number:064d}", 1, "judge", "m", WORST - 50, 50)
    except SpendingRefused:
        return False
    return True


def tokens_of_today(database: Database) -> int:
    with database.reading() as session:
        return rows.counter(session, day_of(now()), "site").tokens


def test_of_a_hundred_parallel_reservations_of_two_people_exactly_fifty_fit_a_cap_of_fifty(database: Database) -> None:
    caps = Caps(site_day=Cap(tokens=50 * WORST))
    books = [ledger(database, caps), ledger(database, caps)]

    with ThreadPoolExecutor(16) as pool:
        sent = sum(pool.map(lambda number: reserve(books[number % 2], number), range(100)))

    assert sent == 50
    assert tokens_of_today(database) == 50 * WORST


_ONE_PROCESS = """
import sys
from app.domain.errors import SpendingRefused
from app.domain.spending import Cap, Caps
from app.storage.database import Database
from app.storage.working.job_requests import Hold
from app.storage.spending.ledger import DatabaseLedger

url, account, run, holder, first = sys.argv[1:]
book = DatabaseLedger(Database(url), Hold("induce", run, holder, 1), account, budget_calls=1000, budget_tokens=10**7,
                      caps=Caps(site_day=Cap(tokens=50 * 200)))
for number in range(int(first), int(first) + 25):
    try:
        book.reserve(f"{number:064d}", 1, "judge", "m", 150, 50)
    except SpendingRefused:
        continue
    print(number, flush=True)
"""


def test_four_processes_of_which_one_is_killed_send_exactly_as_many_as_the_cap_admits(
    database: Database, database_url: str
) -> None:
    account_id, run_id, hold = held_run(database)

    def begin(first: int) -> subprocess.Popen[str]:
        words = (database_url, account_id, run_id, hold.holder, str(first))
        return subprocess.Popen([sys.executable, "-c", _ONE_PROCESS, *words], stdout=subprocess.PIPE, text=True)

    working = [begin(25 * each) for each in range(4)]
    assert working[0].stdout
    working[0].stdout.readline()
    working[0].kill()
    for process in working:
        process.communicate()
    again = begin(200)  # the one that came in its place, with work of its own
    again.communicate()
    third = begin(300)
    third.communicate()

    with database.reading() as session:
        counter = rows.counter(session, day_of(now()), "site")
    assert (counter.calls, counter.tokens) == (50, 50 * WORST)


CAPS_OF: list[tuple[str, Callable[[Cap], Caps]]] = [
    ("one person", lambda cap: Caps(person=cap)),
    ("this site in a day", lambda cap: Caps(site_day=cap)),
    ("this site in a month", lambda cap: Caps(site_month=cap)),
]


@pytest.mark.parametrize(("whose", "caps"), CAPS_OF)
@pytest.mark.parametrize("cap", [Cap(tokens=3 * WORST), Cap(micros=3 * WORST)])
def test_each_cap_holds_in_tokens_and_in_money_and_says_when_it_returns(
    database: Database, whose: str, caps: Callable[[Cap], Caps], cap: Cap
) -> None:
    book = ledger(database, replace(caps(cap), price_of=lambda _: Price(1.0, 1.0)))

    assert [reserve(book, number) for number in range(4)] == [True, True, True, False]
    with pytest.raises(SpendingRefused, match=whose) as refused:
        book.reserve("f" * 64, 1, "judge", "m", WORST - 50, 50)
    assert "00:00 UTC" in str(refused.value)
    assert "Choosing, importing and downloads go on." in str(refused.value)


def test_what_one_person_has_used_up_is_not_anothers(database: Database) -> None:
    caps = Caps(person=Cap(tokens=WORST))
    first, second = ledger(database, caps), ledger(database, caps)

    assert [reserve(first, 1), reserve(first, 2)] == [True, False]
    assert reserve(second, 1)


def test_guests_of_one_address_share_its_cap_and_a_deleted_account_gives_nothing_back(database: Database) -> None:
    caps = Caps(address=Cap(tokens=2 * WORST))
    books = [ledger(database, caps) for _ in range(3)]
    with database.writing() as session:
        for book in books:
            account = session.get_one(Account, book.account_id)
            account.came_from = digest_of(session, "192.0.2.7")
            session.add(account)

    assert [reserve(books[0], 1), reserve(books[1], 1)] == [True, True]
    with database.writing() as session:
        accounts.delete_everything(session, books[0].account_id)
    assert not reserve(books[2], 1)


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        (Usage(90, 10), 100),
        (Usage(150, 50), WORST),
        (Usage(0, 0), WORST),
        (Usage(0, 10), WORST),
        (Usage(-90, 10), WORST),
        (Usage(90, -10), WORST),
        (Usage(90, 51), WORST),
        (Usage(10**12, 10), WORST),
    ],
)
def test_a_settled_call_counts_what_it_used_and_a_count_that_cannot_be_true_its_reservation(
    database: Database, usage: Usage, counted: int
) -> None:
    book = ledger(database, Caps())
    reserve(book, 1)

    book.settle(f"{1:064d}", 1, "judge", Reply("yes", usage))
    book.settle(f"{1:064d}", 1, "judge", Reply("yes", usage))  # said twice, counted once

    assert tokens_of_today(database) == counted


@pytest.mark.parametrize(("is_charged", "counted"), [(True, WORST), (False, 0)])
def test_a_failed_try_counts_what_may_have_been_charged(database: Database, is_charged: bool, counted: int) -> None:
    book = ledger(database, Caps())
    reserve(book, 1)

    book.fail(f"{1:064d}", 1, "no answer", is_charged=is_charged)

    assert tokens_of_today(database) == counted


def test_the_switch_stops_the_next_call_of_everybody_and_lets_them_go_on_after(database: Database) -> None:
    books = [ledger(database, Caps()), ledger(database, Caps())]
    with database.writing() as session:
        spending.stop(session)

    assert not any(reserve(book, 1) for book in books)
    with pytest.raises(SpendingRefused, match="stopped all calls.*returns when they switch it on"):
        books[0].reserve("f" * 64, 1, "judge", "m", 1, 1)
    assert tokens_of_today(database) == 0

    with database.writing() as session:
        spending.start(session)
    assert all(reserve(book, 1) for book in books)


def test_a_model_of_this_machine_is_shown_and_neither_capped_nor_stopped(database: Database) -> None:
    book = ledger(database, Caps(site_day=Cap(tokens=1), price_of=lambda _: Price(is_own=True)))
    with database.writing() as session:
        spending.stop(session)

    assert reserve(book, 1)
    with database.reading() as session:
        shown = spending.show(session, Caps())
    assert [(line.model, line.purpose, line.calls, line.tokens) for line in shown.lines] == [("m", "judge", 1, WORST)]


def test_the_log_tells_of_half_of_four_fifths_and_of_all_of_a_cap_once_each(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    book = ledger(database, Caps(site_day=Cap(tokens=10 * WORST + 1)))

    for number in range(13):
        reserve(book, number)

    said = [record.message for record in caplog.records if record.message.startswith("spending:")]
    assert [line.split("%")[0] for line in said] == ["spending: 50 ", "spending: 80 ", "spending: 100 "]


def test_who_is_erased_while_calls_of_theirs_end_is_erased_and_none_of_them_fails(database: Database) -> None:
    for _ in range(5):
        book = ledger(database, Caps())
        for number in range(12):
            assert reserve(book, number)

        def settle(number: int, book: DatabaseLedger = book) -> None:
            book.settle(f"{number:064d}", 1, "judge", Reply("A", Usage(10, 1)))

        def erase(account_id: str = book.account_id) -> None:
            with database.writing() as session:
                accounts.delete_everything(session, account_id)

        with ThreadPoolExecutor(8) as pool:
            ends = [pool.submit(settle, number) for number in range(6)]
            ends.append(pool.submit(erase))
            ends += [pool.submit(settle, number) for number in range(6, 12)]
            told = [end.exception() for end in ends]

        assert told[6] is None
        assert not [each for each in told if "deadlock" in str(each)]
        with database.reading() as session:
            assert session.get(Account, book.account_id) is None
