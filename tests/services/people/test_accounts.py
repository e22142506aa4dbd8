"""Guests, tokens, roles, and that erasure leaves nothing."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import SQLModel, select

from app.domain.errors import BadInput, NotFound
from app.services import repeating
from app.services.choosing import asking
from app.services.importing import files
from app.services.people import accounts, consenting, recovering
from app.services.repeating import KeptReply
from app.storage.database import Database, Session
from app.storage.tables import ExportRow, JudgementRow, LedgerEntry, ModelCall, RunEvent, SignIn, SpendCounter, now
from app.storage.working import job_requests, personas
from tests.builders import a_document, a_run, an_account, choices


def test_a_guest_is_signed_in_by_the_token_alone_and_only_its_digest_is_kept(database: Database) -> None:
    with database.writing() as session:
        guest = accounts.new_guest(session)

    with database.reading() as session:
        found = accounts.account_for_token(session, guest.token)
        kept = session.exec(select(SignIn)).one()
    assert found
    assert (found.account_id, found.code, found.role) == (guest.account_id, guest.code, "person")
    assert guest.token not in repr(kept)


@pytest.mark.parametrize("token", ["", "nonsense", "\0", "\ud800", "x" * 10_000])
def test_an_unknown_token_signs_nobody_in(database: Database, token: str) -> None:
    with database.reading() as session:
        assert accounts.account_for_token(session, token) is None


def test_a_token_is_worthless_after_signing_out_and_after_it_expired(database: Database) -> None:
    with database.writing() as session:
        guest = accounts.new_guest(session)
        other = accounts.new_token(session, guest.account_id)
        for row in session.exec(select(SignIn).where(SignIn.kind == "api")):
            row.expires_at = now() - timedelta(seconds=1)
        accounts.sign_out(session, guest.token)

    with database.reading() as session:
        assert accounts.account_for_token(session, guest.token) is None
        assert accounts.account_for_token(session, other) is None


def test_a_role_is_granted_by_the_code_however_it_is_typed_and_can_be_taken_back(database: Database) -> None:
    with database.writing() as session:
        guest = accounts.new_guest(session)

        granted = accounts.grant(session, f" {guest.code.lower().replace('-', '')} ", "researcher")

        assert granted.role == "researcher"
        assert accounts.grant(session, guest.code, "person").role == "person"


def test_an_unknown_code_or_role_is_refused(database: Database) -> None:
    with database.writing() as session:
        guest = accounts.new_guest(session)

        with pytest.raises(BadInput, match="person, researcher, operator"):
            accounts.grant(session, guest.code, "root")
        for code in ("", "\0", "ZZZZ-ZZZZ"):
            with pytest.raises(NotFound):
                accounts.grant(session, code, "researcher")


def test_erasure_leaves_no_row_of_the_account_in_any_table_and_all_of_anothers(database: Database) -> None:
    with database.writing() as session:
        stays, goes = an_account(session), an_account(session)
        for account_id in (stays, goes):
            fill(session, account_id)
    with database.reading() as session:
        before = sizes(session)

    with database.writing() as session:
        accounts.delete_everything(session, goes)

    with database.reading() as session:
        after = sizes(session)
        exports = session.exec(select(ExportRow.requested_by)).all()
    assert before["export"] == after["export"] == 2
    assert set(exports) == {stays, None}
    unfilled = {"executor_heartbeat", "model_trouble", "model_habits", "spend_use", "spending_switch"}
    for table, n in after.items():
        if table not in {"export", *unfilled}:
            assert before[table] == 2 * n > 0, table


def test_what_an_erased_account_does_next_is_not_found(database: Database) -> None:
    with database.writing() as session:
        guest = accounts.new_guest(session)
        accounts.delete_everything(session, guest.account_id)

    with database.writing() as session:
        assert accounts.account_for_token(session, guest.token) is None
        with pytest.raises(NotFound):
            accounts.new_token(session, guest.account_id)
        with pytest.raises(NotFound):
            files.load_sample(session, guest.account_id, "mt-bench-judge")
        with pytest.raises(NotFound):
            accounts.delete_everything(session, guest.account_id)


def fill(session: Session, account_id: str) -> None:
    """One row at least in every table that an account can have rows in."""
    pairs = choices(session, account_id, 5)
    files.load_sample(session, account_id, "mt-bench-judge")
    turns = [{"role": "assistant" if number % 2 else "user", "content": f"Turn {number}."} for number in range(31)]
    long = json.dumps({"context": turns, "chosen": "Yes.", "rejected": "No."}).encode()
    files.import_pairs(session, account_id, "long.jsonl", files.read_pairs(long))
    asking.ask(session, account_id, "Sky?", models=("a", "b"), styles=("", ""), seed=1)
    repeating.keep_reply(session, account_id, "key", "0" * 64, KeptReply(201, "/", {}))
    consenting.set_consent(session, account_id, "choices", True)
    recovering.make_words(session, account_id)
    run = a_run(session, account_id)
    job_requests.ask_for(session, "induce", run.run_id, account_id)
    personas.save_persona(session, run, a_document(pairs), "prompt")
    session.add(RunEvent(run_id=run.run_id, seq=1, stage="reading", done=1, total=1))
    session.add(ModelCall(scope_id=run.run_id, account_id=account_id, digest="d", purpose="judge"))
    session.add(
        LedgerEntry(
            scope_id=run.run_id,
            account_id=account_id,
            digest="d",
            attempt=1,
            model="m",
            purpose="judge",
            prompt_tokens=1,
            completion_tokens=1,
        )
    )
    session.add(SpendCounter(period="2026-11-27", subject=f"account:{account_id}"))
    session.add(ExportRow(file_format="trl", requested_by=account_id))
    session.add(JudgementRow(run_id=run.run_id, pair_id=pairs[0], condition="plain"))
    session.flush()


def sizes(session: Session) -> dict[str, int]:
    connection = session.connection()
    return {name: len(connection.execute(table.select()).all()) for name, table in SQLModel.metadata.tables.items()}
