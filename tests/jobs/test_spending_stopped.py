"""What is under way when all spending is stopped, or when a cap is met: it ends with a sentence, and what was answered is
not paid again once calls are sent again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app.domain.texts.conversation import Turn
from app.services.importing import conversations
from app.services.operating import spending
from app.storage.database import Database
from tests.jobs import given
from tests.jobs.processes import Model, model_server, wait_until, worker

MODEL = "openai/stand-in"


def an_import(database: Database, account_id: str) -> str:
    """Alternatives to twenty answers of a conversation, asked for; gives the import's id."""
    turns = [
        turn
        for number in range(20)
        for turn in (Turn("user", f"And number {number}?"), Turn("assistant", f"It is {number}."))
    ]
    with database.writing() as session:
        return conversations.import_conversation(
            session, account_id, conversations.identified(turns), model=MODEL, style="warm", seed=1, answers=20, most=20
        ).import_id


def in_flight(database: Database, scope_id: str) -> int:
    return sum(entry.state == "reserved" for entry in given.ledger(database, scope_id))


def sent(model: Model) -> Counter[str]:
    """How often each call has arrived."""
    return Counter(call["user"] for call in model.calls())


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_once_stopping_has_returned_only_calls_in_flight_still_arrive_whatever_process_works_on_what(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    person, other = given.account_with_choices(database), given.account_with_choices(database, 1)
    run_id, import_id = given.start(database, person), an_import(database, other)

    with (
        model_server(300) as model,
        worker(tmp_path, database_url, model.url),
        worker(tmp_path, database_url, model.url),
    ):
        wait_until(
            lambda: all(in_flight(database, scope) for scope in (run_id, import_id)), 90, "both have calls in flight"
        )
        with database.writing() as session:
            spending.stop(session)
        reserved = {scope: {entry.entry_id for entry in given.ledger(database, scope)} for scope in (run_id, import_id)}
        wait_until(lambda: given.is_over(database, run_id), 60, "the run ends")
        wait_until(lambda: given.import_state(database, import_id) == "done", 60, "the import ends")

    for scope, entries in reserved.items():
        assert {entry.entry_id for entry in given.ledger(database, scope)} == entries
    assert len(model.calls()) <= sum(map(len, reserved.values()))
    assert "stopped all calls" in given.run_of(database, run_id).failure
    assert all("stopped all calls" in reason for reason in given.failed_answers(database, other))
    assert given.failed_answers(database, other)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_run_that_met_a_cap_and_is_started_again_pays_for_no_answered_call_twice(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database)
    capped = given.start(database, account_id)

    with model_server(20) as model:
        with worker(tmp_path, database_url, model.url, SPEND_PERSON_TOKENS="3000") as first:
            wait_until(lambda: given.is_over(database, capped), 60, "the run meets the cap")
            assert first.stop() == 0
        answered = sent(model)
        again = given.start(database, account_id)
        with worker(tmp_path, database_url, model.url):
            wait_until(lambda: given.is_over(database, again), 90, "the second run ends")

    assert "one person in a day" in given.run_of(database, capped).failure
    assert given.run_of(database, again).state == "done"
    assert len(given.personas(database, again)) == 1
    assert answered
    assert set(given.replies(database, capped)) == set(answered)
    assert {digest: sent(model)[digest] for digest in answered} == dict.fromkeys(answered, 1)
    assert max(sent(model).values()) == 1
