"""A backup holds all of one moment; restored, it brings back neither who was erased since nor what was withdrawn."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from app.domain.errors import BadInput
from app.services.operating import backing_up
from app.services.people import accounts, consenting
from app.storage.database import Database, Session
from app.storage.tables import Account, AuditEntry, JobRequest
from tests.builders import a_choice
from tests.services.people.filled import fill

KEY = "a long random text of letters"
PLANTED = "Xylophone-planted"


def person(session: Session) -> accounts.SignedIn:
    made = accounts.new_guest(session)
    fill(session, made.account_id)
    a_choice(session, made.account_id, question=f"{PLANTED} {made.code}?")
    consenting.set_consent(session, made.account_id, "texts", True)
    return made


def content(session: Session, without: set[str]) -> dict[str, list[str]]:
    """All rows by table, but those of an account and of what is of the moment."""
    found = {}
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in ("sign_in_attempt", "audit_entry", "job_request"):
            rows = session.connection().execute(sa.select(table)).mappings()
            found[table.name] = sorted(str(dict(row)) for row in rows if row.get("account_id") not in without)
    return found


def backed_up(database: Database, key: str = KEY) -> bytes:
    file = io.BytesIO()
    backing_up.backup(database, file, key)
    return file.getvalue()


@pytest.fixture
def logged(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """The database with its log of what was forgotten."""
    opened = Database(database_url, forgotten_log=tmp_path / "apart" / "forgotten.log")
    yield opened
    opened.close()


def restored(database: Database, tmp_path: Path, file: bytes, key: str = KEY) -> backing_up.Restored:
    log = tmp_path / "apart" / "forgotten.log"
    return backing_up.restore(database, io.BytesIO(file), key, log, jobs_url(database, tmp_path), replaces=True)


def jobs_url(database: Database, tmp_path: Path) -> str:
    """Where the job engine keeps its own: a file beside SQLite's, a schema of the same Postgres."""
    return f"sqlite:///{tmp_path / 'jobs.sqlite'}" if database.is_sqlite else database.url


def jobs_known(database: Database, tmp_path: Path) -> bool:
    if database.is_sqlite:
        return (tmp_path / "jobs.sqlite").exists()
    with database.reading() as session:
        return "dbos" in sa.inspect(session.connection()).get_schema_names()


def start_jobs(database: Database, tmp_path: Path) -> None:
    if database.is_sqlite:
        (tmp_path / "jobs.sqlite").write_bytes(b"what the job engine knew")
        return
    with database.writing() as session:
        session.connection().exec_driver_sql("create schema dbos")
        session.connection().exec_driver_sql("create table dbos.workflow_status (workflow_uuid text)")


def test_a_restore_brings_back_all_but_who_was_erased_and_what_was_withdrawn_since(
    logged: Database, tmp_path: Path
) -> None:
    with logged.writing() as session:
        stays, goes, withdraws = person(session), person(session), person(session)
        request = JobRequest(kind="answers", subject_id="0" * 36, account_id=stays.account_id, handed_over=True)
        request_id = request.request_id
        session.add(request)
    with logged.reading() as session:
        before = content(session, {goes.account_id, withdraws.account_id})
    file = backed_up(logged)
    start_jobs(logged, tmp_path)
    with logged.writing() as session:
        accounts.delete_everything(session, goes.account_id)
        consenting.set_consent(session, withdraws.account_id, "texts", False)
        later = accounts.new_guest(session)

    done = restored(logged, tmp_path, file)

    assert (done.erased, done.withdrawn) == (1, 1)
    with logged.reading() as session:
        after = content(session, {withdraws.account_id})
        there = {row.code for row in session.exec(select(Account))}
        assert there == {stays.code, withdraws.code}
        assert accounts.account_for_token(session, goes.token) is None
        assert accounts.account_for_token(session, later.token) is None
        assert accounts.account_for_token(session, stays.token)
        granted = {view.scope: view.granted for view in consenting.consents(session, withdraws.account_id)}
        assert granted == {"choices": True, "texts": False}
        requests = {row.request_id: row for row in session.exec(select(JobRequest))}
        assert (requests[request_id].handed_over, requests[request_id].asked) == (False, 2)
        assert [(act.about, act.by) for act in session.exec(select(AuditEntry))] == [(goes.code, "restore")]
        assert goes.code not in str(content(session, set()))
    for table in before.keys() - {"account", "export", "spend_counter"}:
        missing = [row for row in before[table] if row not in after[table]]
        assert [row for row in missing if goes.account_id not in row and "account_id" in row] == [], table
    assert not jobs_known(logged, tmp_path)
    assert stays.account_id not in (tmp_path / "apart" / "forgotten.log").read_text()
    assert goes.account_id not in (tmp_path / "apart" / "forgotten.log").read_text()


def test_a_backup_that_is_cut_changed_or_opened_with_another_key_changes_nothing(
    logged: Database, tmp_path: Path
) -> None:
    with logged.writing() as session:
        made = person(session)
    sealed, plain = backed_up(logged), backed_up(logged, "")
    changed = bytearray(sealed)
    changed[len(sealed) // 2] ^= 1
    turned = bytearray(plain)
    turned[len(plain) // 2] ^= 1
    with logged.writing() as session:
        accounts.new_guest(session)

    assert PLANTED.encode() not in sealed
    for file, key in (
        (sealed[:-1], KEY),
        (sealed + b"x", KEY),
        (bytes(changed), KEY),
        (sealed, KEY + "."),
        (sealed, ""),
        (sealed, "short"),
        (plain[:-20], ""),
        (plain[:-1], ""),
        (bytes(turned), ""),
        (b"SQLite format 3" * 9, ""),
        (b"", ""),
    ):
        with pytest.raises(BadInput):
            restored(logged, tmp_path, file, key)
        with logged.reading() as session:
            assert len(session.exec(select(Account)).all()) == 2
    assert restored(logged, tmp_path, plain, "").erased == 0
    with logged.reading() as session:
        assert [row.code for row in session.exec(select(Account))] == [made.code]


def test_accounts_that_are_there_are_replaced_only_where_it_was_said(logged: Database, tmp_path: Path) -> None:
    with logged.writing() as session:
        accounts.new_guest(session)
    file = io.BytesIO(backed_up(logged))

    with pytest.raises(BadInput, match="--replace"):
        backing_up.restore(
            logged, io.BytesIO(file.getvalue()), KEY, tmp_path / "none", f"sqlite:///{tmp_path / 'j'}", replaces=False
        )
    (tmp_path / "apart").mkdir()
    (tmp_path / "apart" / "forgotten.log").write_text('{"at": "2026-11-28T00:00:00+00:00", "digest": "0"}\n')
    with pytest.raises(BadInput, match=r"forgotten\.key beside it"):
        restored(logged, tmp_path, file.getvalue())
