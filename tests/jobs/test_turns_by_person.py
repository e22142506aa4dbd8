"""Nobody's work holds up another's: two pieces a person over all workers, and whoever sits and waits goes first."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from app.domain.texts.conversation import Turn
from app.services.choosing import answering, asking, comparing
from app.services.importing import conversations, past
from app.storage.database import Database
from app.storage.tables import JobRequest, LedgerEntry
from app.storage.working import job_requests
from tests.jobs import given
from tests.jobs.processes import Model, model_server, wait_until, worker

MODEL = "openai/stand-in"
PASTES, ANSWERS = 4, 60
JUST_LET_IN = 2 * given.PARALLEL
"""Calls that may have been on their way to the model at the moment of a look."""


def paste(database: Database, account_id: str, number: int, answers: int = ANSWERS) -> str:
    """A pasted conversation with so many answers ordered; gives the import's id."""
    turns = []
    for turn in range(answers):
        turns += [Turn("user", f"Paste {number}: {turn}?"), Turn("assistant", f"So {turn}.")]
    with database.writing() as session:
        return conversations.import_conversation(
            session,
            account_id,
            conversations.identified(turns),
            model=MODEL,
            style="warm",
            seed=1,
            answers=answers,
            most=answers,
        ).import_id


def ask(database: Database, account_id: str) -> str:
    with database.writing() as session:
        return asking.ask(session, account_id, "Rain?", models=(MODEL, MODEL), styles=("brief", "warm"), seed=3)


def is_taken(database: Database, subject_id: str) -> bool:
    with database.reading() as session:
        return bool(session.exec(select(JobRequest.holder).where(JobRequest.subject_id == subject_id)).one())


def all_done(database: Database, imports: list[str]) -> bool:
    return {given.import_state(database, import_id) for import_id in imports} == {"done"}


def in_flight(database: Database) -> set[str]:
    """The pieces of work with a call under way at this moment."""
    with database.reading() as session:
        rows = select(LedgerEntry.scope_id).where(col(LedgerEntry.state) == "reserved")
        return set(session.exec(rows))


def places(model: Model, database: Database, subject_id: str) -> list[int]:
    """Which of all calls at the model, in order, were this work's."""
    mine = {entry.digest for entry in given.ledger(database, subject_id)}
    return [number for number, call in enumerate(model.calls()) if call["user"] in mine]


def test_the_next_persons_own_answers_are_among_the_next_calls_after_four_pastes_of_a_guest(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    guest, next_one = (given.account_with_choices(database, 1) for _ in range(2))
    for number in range(PASTES):
        paste(database, guest, number)

    with model_server(2_000) as model, worker(tmp_path, database_url, model.url):
        wait_until(lambda: len(model.calls()) >= given.PARALLEL, 60, "the pastes are being written")
        asked = ask(database, next_one)
        wait_until(lambda: is_taken(database, asked), 60, "a worker has the prompt")
        before = len(model.calls())
        wait_until(lambda: given.pending_answers(database, next_one) == 0, 60, "both answers")

    own = places(model, database, asked)
    print(f"{before} calls were sent when the prompt was taken; its answers were calls {own}")
    assert len(own) == 2
    assert max(own) < before + JUST_LET_IN < PASTES * ANSWERS


@pytest.mark.slow
def test_a_person_has_two_pieces_under_way_over_two_workers_and_their_own_prompt_passes_the_waiting_pastes(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database, 1)
    pastes = [paste(database, account_id, number, 40) for number in range(PASTES)]
    seen: list[set[str]] = []

    def watched(done: bool) -> bool:
        seen.append(in_flight(database))
        return done

    with (
        model_server(150) as model,
        worker(tmp_path, database_url, model.url),
        worker(tmp_path, database_url, model.url),
    ):
        wait_until(lambda: watched(len(model.calls()) >= 12), 60, "the pastes are being written")
        asked = ask(database, account_id)
        wait_until(lambda: watched(len(places(model, database, asked)) == 2), 60, "the prompt is answered")
        written = len(model.calls())
        wait_until(lambda: watched(all_done(database, pastes)), 120, "all is written")

    assert max(map(len, seen)) == job_requests.MOST_UNDER_WAY
    # A part of a paste at most, of each of the two under way, comes before it.
    assert written <= 12 + 2 * answering.A_TURN + JUST_LET_IN < PASTES * 40
    assert len(model.calls()) == PASTES * 40 + 2


def test_an_import_that_is_stopped_while_it_is_written_sends_no_further_call_and_keeps_what_was_written(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database, 1)
    import_id = paste(database, account_id, 1)

    with model_server(300) as model, worker(tmp_path, database_url, model.url):
        wait_until(lambda: len(model.calls()) >= 2 * given.PARALLEL, 60, "some are written")
        with database.writing() as session:
            told = past.stop_import(session, account_id, import_id)
        sent = len(model.calls())
        wait_until(lambda: given.import_state(database, import_id) == "done", 60, "the import ends")
        at_the_end = len(model.calls())
        other = ask(database, account_id)
        wait_until(lambda: given.pending_answers(database, account_id) == 0, 60, "the worker goes on with other work")

    with database.reading() as session:
        view = past.one_import(session, account_id, import_id)
        kept = comparing.progress(session, account_id).waiting
    assert told.stopped
    assert view.stopped
    assert at_the_end <= sent + given.PARALLEL  # those reserved already at the moment of the stop
    assert len(places(model, database, other)) == 2
    assert len(model.calls()) == at_the_end + 2
    assert view.added == len(given.replies(database, import_id)) == at_the_end
    assert kept == view.added + 1
    assert given.failed_answers(database, account_id) == []


def test_work_waits_in_turns_by_person_and_awaited_answers_come_first(database: Database) -> None:
    one, other = (given.account_with_choices(database, 1) for _ in range(2))
    first, second, third = (paste(database, one, number, 2) for number in range(3))
    others = paste(database, other, 9, 2)

    with database.writing() as session:
        before = [each.subject_id for each in job_requests.waiting(session)]
        for each in job_requests.waiting(session):
            job_requests.mark_handed_over(session, each)
        full = job_requests.waiting(session)
    asked = ask(database, one)
    others_prompt = ask(database, other)
    with database.writing() as session:
        next_ones = [each.subject_id for each in job_requests.waiting(session)]
        hold = job_requests.take(session, "alternatives", first)
    assert hold
    with database.writing() as session:
        job_requests.finish(session, hold)
        after = [each.subject_id for each in job_requests.waiting(session)]

    assert before == [first, others, second]
    assert full == []
    assert next_ones == [others_prompt]
    assert after == [asked, others_prompt]
    assert third not in after


def test_a_long_import_is_put_up_again_after_a_part_and_an_older_execution_takes_nothing(database: Database) -> None:
    account_id = given.account_with_choices(database, 1)
    import_id = paste(database, account_id, 1, 2)

    with database.writing() as session:
        (request,) = job_requests.waiting(session)
        hold = job_requests.take(session, "alternatives", import_id, request.workflow_id)
        assert hold
        job_requests.mark_handed_over(session, request)
        job_requests.put_up_again(session, hold)
        (again,) = job_requests.waiting(session)

        assert again.workflow_id == f"{request.workflow_id}-2"
        assert job_requests.take(session, "alternatives", import_id, request.workflow_id) is None
        assert job_requests.take(session, "alternatives", import_id, again.workflow_id)


def test_work_of_an_erased_or_stopped_person_takes_up_no_place(database: Database) -> None:
    account_id = given.account_with_choices(database, 1)
    for number in range(2):
        paste(database, account_id, number, 2)
    with database.writing() as session:
        for each in job_requests.waiting(session):
            job_requests.mark_handed_over(session, each)
        for batch in past.working(session, account_id):
            assert past.stop_import(session, account_id, batch.import_id).state == "done"
    asked = ask(database, account_id)

    with database.reading() as session:
        assert [each.subject_id for each in job_requests.waiting(session)] == [asked]
        live = sa.select(sa.func.count()).select_from(JobRequest).where(col(JobRequest.ended).is_(False))
        assert session.connection().execute(live).scalar_one() == 1
