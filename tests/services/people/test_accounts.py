"""Guests, tokens, roles, and that erasure leaves nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import SQLModel, select

from app.domain.errors import BadInput, NotFound
from app.domain.people.signing import Identity
from app.services.importing import files
from app.services.people import accounts
from app.storage.database import Database, Session
from app.storage.tables import ExportRow, SignIn, now
from tests.builders import an_account
from tests.services.people.filled import fill


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
            fill(session, account_id, Identity("https://idp.university.example", account_id))
    with database.reading() as session:
        before = sizes(session)

    with database.writing() as session:
        accounts.delete_everything(session, goes)

    with database.reading() as session:
        after = sizes(session)
        exports = session.exec(select(ExportRow.requested_by)).all()
    assert before["export"] == after["export"] == 2
    assert set(exports) == {stays, None}
    unfilled = {
        "executor_heartbeat",
        "model_trouble",
        "model_habits",
        "spend_use",
        "spending_switch",
        "audit_entry",
    } | {"model_standing"}
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


def sizes(session: Session) -> dict[str, int]:
    connection = session.connection()
    return {name: len(connection.execute(table.select()).all()) for name, table in SQLModel.metadata.tables.items()}
