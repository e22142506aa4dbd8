"""Times that a clock wrote which was two days ahead strand nothing once the clock is mended."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.domain.choices.preference import Verdict
from app.domain.model_trouble import Trouble, told_of
from app.domain.moments import following, is_within
from app.induction.model.habits import Habits
from app.induction.model.language_model import TransientModelError
from app.services import repeating
from app.services.calling.habits_file import HabitsFile
from app.services.calling.model_gate import Gate
from app.services.calling.provider_rest import MOST_FAILED_IN_A_ROW, REST_SECONDS, NotNow, Rest
from app.services.calling.told_failures import Tally
from app.services.choosing import comparing
from app.services.inducing import inducing
from app.services.repeating import KeptReply
from app.storage.database import Database
from app.storage.tables import ExecutorHeartbeat, InductionRun, ModelHabits, RequestKey, VerdictRow
from app.storage.working import heartbeats, model_habits
from tests import builders

AHEAD = timedelta(hours=48)
NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "is_so"),
    [(timedelta(0), True), (timedelta(minutes=59), True), (timedelta(hours=1), False), (AHEAD, False), (-AHEAD, False)],
)
def test_what_lies_in_the_future_was_not_a_short_while_ago(ago: timedelta, is_so: bool) -> None:
    assert is_within(NOW - ago, NOW, timedelta(hours=1)) is is_so


def test_what_follows_is_written_later_than_what_it_follows() -> None:
    assert following(NOW, None) == NOW
    assert following(NOW, NOW - AHEAD) == NOW
    assert following(NOW, NOW + AHEAD) > NOW + AHEAD


def test_a_worker_whose_heartbeat_lies_in_the_future_is_not_alive(database: Database) -> None:
    with database.writing() as session:
        at = heartbeats.database_now(session)
        session.add(ExecutorHeartbeat(executor_id="dead", seen_at=at + AHEAD))
        session.add(ExecutorHeartbeat(executor_id="alive", seen_at=at))

    with database.reading() as session:
        assert heartbeats.living(session, 30) == {"alive"}


def test_a_run_that_such_a_worker_held_ends_with_cancel(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        run_id = builders.a_run(session, account_id, state="running").run_id
        at = heartbeats.database_now(session)
        session.add(ExecutorHeartbeat(executor_id="dead", seen_at=at + AHEAD))

        inducing.cancel_run(session, account_id, run_id)

        assert inducing.run(session, account_id, run_id).state == "cancelled"


def test_habits_that_somebody_began_to_learn_in_the_future_are_learned_now(database: Database) -> None:
    with database.writing() as session:
        at = heartbeats.database_now(session)
        session.add(
            ModelHabits(model="m", address="", habits={"a": 1}, learned_at=at + AHEAD, learning_since=at + AHEAD)
        )

    with database.writing() as session:
        assert model_habits.find(session, "m", "", timedelta(days=30)) is None
        assert model_habits.begin(session, "m", "", timedelta(seconds=60))


def test_a_new_run_is_the_newest_though_the_one_before_lies_in_the_future(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        builders.choices(session, account_id, 6)
        builders.a_run(session, account_id, state="done")
        session.connection().execute(sa.update(InductionRun).values(created_at=datetime.now(UTC) + AHEAD))

        run_id = inducing.start_run(
            session, account_id, model="m", recipe="quick", seed=1, budget_calls=9, budget_tokens=9
        )

        newest = inducing.latest_run(session, account_id)
    assert newest is not None
    assert newest.run_id == run_id


def test_undo_is_about_the_last_verdict_though_an_earlier_one_lies_in_the_future(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        builders.a_choice(session, account_id)
        session.connection().execute(sa.update(VerdictRow).values(given_at=datetime.now(UTC) + AHEAD))
        last = builders.a_comparison(session, account_id)
        comparing.give_verdict(session, account_id, last, Verdict.SECOND, 4_000)

        assert comparing.last_verdict(session, account_id) == last


@pytest.mark.parametrize("of", ["the same", "another"])
def test_a_key_used_in_the_future_answers_its_request_and_holds_no_other_up(database: Database, of: str) -> None:
    reply = KeptReply(201, "/here", {"n": 1})
    with database.writing() as session:
        account_id = builders.an_account(session)
        repeating.keep_reply(session, account_id, "key", "the same", reply)
        session.connection().execute(sa.update(RequestKey).values(created_at=datetime.now(UTC) + AHEAD))

    with database.writing() as session:
        found = repeating.earlier_reply(session, account_id, "key", of)
        assert found == (reply if of == "the same" else None)
        if found is None:
            repeating.keep_reply(session, account_id, "key", of, reply)

    with database.writing() as session:
        assert repeating.earlier_reply(session, account_id, "key", of) == reply


def test_habits_in_a_folder_that_were_learned_in_the_future_are_learned_again(tmp_path: Path) -> None:
    kept = HabitsFile(tmp_path)
    kept.keep("m", "", Habits())
    assert kept.find("m", "") is not None
    (file,) = tmp_path.iterdir()
    year = str(datetime.now(UTC).year)
    file.write_text(file.read_text(encoding="utf-8").replace(year, str(int(year) + 1), 1), encoding="utf-8")

    assert kept.find("m", "") is None


def test_the_banner_promises_no_call_in_two_days() -> None:
    trouble = Trouble("It is down.", "down", 5, again_at=NOW + timedelta(seconds=20))

    assert "tried again at" in told_of(trouble, NOW)
    assert "tried again with the next call" in told_of(trouble, NOW - AHEAD)


def test_failures_are_told_again_when_the_clock_is_put_back(caplog: pytest.LogCaptureFixture) -> None:
    clock = [NOW + AHEAD]
    tally = Tally(now=lambda: clock[0])
    tally.failed("m", TransientModelError("It is down."))
    clock[0] = NOW

    tally.failed("m", TransientModelError("It is down."))

    assert len(caplog.messages) == 2
    assert "times" not in caplog.messages[1]


def test_a_caller_told_to_wait_waits_no_longer_than_told_when_the_clock_is_put_back() -> None:
    clock = [NOW + AHEAD]
    gate = Gate(rest=Rest(now=lambda: clock[0]))

    async def calls() -> None:
        async with gate.turn(gate.place()) as turn:
            gate.told_to_wait(turn, 600, "The provider asked for ten minutes.")
        with pytest.raises(NotNow):
            async with gate.turn(gate.place()):
                pass
        clock[0] = NOW
        async with gate.turn(gate.place()):
            pass

    asyncio.run(calls())


def test_a_rest_is_no_longer_than_a_rest_when_the_clock_is_put_back() -> None:
    clock = [NOW + AHEAD]
    rest = Rest(now=lambda: clock[0])
    for _ in range(MOST_FAILED_IN_A_ROW):
        rest.failed(TransientModelError("It is down."))
    assert rest.seconds_left == REST_SECONDS

    clock[0] = NOW

    assert rest.seconds_left == 0
