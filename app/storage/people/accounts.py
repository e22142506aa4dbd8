"""Accounts and sign-ins: their rows, the lock that queues one account's writers, and erasure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.errors import NotFound
from app.storage.people import forgotten
from app.storage.tables import (
    Account,
    ComparisonRow,
    CompletionRow,
    ImportBatch,
    InductionRun,
    JobRequest,
    LedgerEntry,
    ModelCall,
    SignIn,
    SpendCounter,
    is_id,
    now,
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What every request asks of the sign-in that it comes with, and of its account."""

    account_id: str
    code: str
    role: str
    created_at: datetime
    suspended_at: datetime | None
    came_from: str
    scopes: str
    provider: str
    signed_in_at: datetime
    last_seen_at: datetime


# Asked with every request: a statement that is made once costs a fifth of one that is put together each time.
_OF_TOKEN = (
    sa.select(
        *(
            col(each)
            for each in (
                *(Account.account_id, Account.code, Account.role, Account.created_at),
                *(Account.suspended_at, Account.came_from),
                *(SignIn.scopes, SignIn.provider, SignIn.created_at, SignIn.last_seen_at),
            )
        )
    )
    .join(SignIn, col(SignIn.account_id) == col(Account.account_id))
    .where(
        col(SignIn.token_sha256) == sa.bindparam("token_sha256"),
        col(SignIn.expires_at) > sa.bindparam("now"),
        col(SignIn.last_seen_at) > sa.bindparam("idle_since"),
    )
)
_MINE = sa.select(col(Account.account_id)).where(col(Account.account_id) == sa.bindparam("account_id"))
# The weaker lock lets others go on inserting rows that merely refer to the account.
_LOCK, _LOCK_FOR_ERASURE = _MINE.with_for_update(key_share=True), _MINE.with_for_update()


def lock(session: Session, account_id: str, *, for_erasure: bool = False) -> None:
    """Locks the account until the transaction ends, so that what counts up per account is counted by one at a time.

    SQLite has one writer anyway. Raises NotFound where the account is gone. To be taken before any other row lock but that of a request
    for work (job_requests.lock), which comes first, as in whoever carries it out.
    """
    asked = _LOCK_FOR_ERASURE if for_erasure else _LOCK
    if not is_id(account_id) or session.connection().execute(asked, {"account_id": account_id}).first() is None:
        raise NotFound("This account does not exist any more.")


def add_account(session: Session, code: str) -> Account:
    """A new account with the role "person"."""
    account = Account(code=code)
    session.add(account)
    session.flush()
    return account


def add_sign_in(session: Session, sign_in: SignIn) -> None:
    """Keeps a sign-in; the row holds only the digest of its token."""
    session.add(sign_in)
    session.flush()


def by_code(session: Session, code: str) -> Account | None:
    """The account with this code, written exactly as it was given out."""
    return session.exec(select(Account).where(Account.code == code)).first()


def by_token(session: Session, token_sha256: str, idle_since: datetime) -> SignedIn | None:
    """What a token signs in to, if the sign-in is known, has not expired and was seen after `idle_since`."""
    asked = {"token_sha256": token_sha256, "now": now(), "idle_since": idle_since}
    found: Any = session.connection().execute(_OF_TOKEN, asked).first()
    return SignedIn(*found) if found else None


def note_address(session: Session, account_id: str, came_from: str) -> None:
    """Keeps the digest of an address with an account that has none."""
    without = sa.update(Account).where(col(Account.account_id) == account_id, col(Account.came_from) == "")
    session.connection().execute(without.values(came_from=came_from))


def note_visit(session: Session, token_sha256: str) -> None:
    """Keeps that a sign-in was used just now."""
    used = sa.update(SignIn).where(col(SignIn.token_sha256) == token_sha256).values(last_seen_at=now())
    session.connection().execute(used)


def drop_sign_in(session: Session, token_sha256: str) -> None:
    """Forgets a sign-in; nothing happens where it is not known."""
    session.connection().execute(sa.delete(SignIn).where(col(SignIn.token_sha256) == token_sha256))


def tokens(session: Session, account_id: str, idle_since: datetime) -> Sequence[SignIn]:
    """The account's living sign-ins of programs, newest first."""
    rows = select(SignIn).where(*_programs(account_id), *_alive(idle_since))
    return session.exec(rows.order_by(col(SignIn.created_at).desc(), col(SignIn.sign_in_id))).all()


def drop_dead_tokens(session: Session, account_id: str, idle_since: datetime) -> None:
    """Forgets the account's sign-ins of programs that are too old or were idle too long."""
    dead = sa.not_(sa.and_(*_alive(idle_since)))
    session.connection().execute(sa.delete(SignIn).where(*_programs(account_id), dead))


def drop_token(session: Session, account_id: str, sign_in_id: str) -> bool:
    """Forgets one sign-in of a program; False where the account has none of that id."""
    one = col(SignIn.sign_in_id) == sign_in_id
    return is_id(sign_in_id) and bool(
        session.connection().execute(sa.delete(SignIn).where(*_programs(account_id), one)).rowcount
    )


def drop_tokens(session: Session, account_id: str) -> None:
    """Forgets every sign-in of a program that the account has."""
    session.connection().execute(sa.delete(SignIn).where(*_programs(account_id)))


def browsers(session: Session, account_id: str, idle_since: datetime) -> Sequence[SignIn]:
    """The account's living sign-ins of browsers, newest first."""
    rows = select(SignIn).where(*_of_kind(account_id, "browser"), *_alive(idle_since))
    return session.exec(rows.order_by(col(SignIn.created_at).desc(), col(SignIn.sign_in_id))).all()


def drop_browser(session: Session, account_id: str, sign_in_id: str) -> bool:
    """Forgets one sign-in of a browser; False where the account has none of that id."""
    one = col(SignIn.sign_in_id) == sign_in_id
    gone = sa.delete(SignIn).where(*_of_kind(account_id, "browser"), one)
    return is_id(sign_in_id) and bool(session.connection().execute(gone).rowcount)


def drop_all_sign_ins(session: Session, account_id: str) -> None:
    """Forgets every sign-in of the account, of browsers and of programs."""
    session.connection().execute(sa.delete(SignIn).where(col(SignIn.account_id) == account_id))


def stop_work(session: Session, account_id: str, reason: str) -> None:
    """Ends the account's runs and pending answers. A worker in the middle of them loses its hold: it sends no further call
    and stores nothing more."""
    held = sa.update(JobRequest).where(col(JobRequest.subject_id).in_(_scopes(account_id)))
    session.connection().execute(held.values(holder="", handed_over=True, ended=True))
    for table, now_is, values in (
        (InductionRun, ("queued", "running"), {"state": "cancelled", "failure": reason, "finished_at": now()}),
        (CompletionRow, ("pending",), {"state": "failed", "failure": reason}),
        (ImportBatch, ("working",), {"state": "done"}),
    ):
        live = sa.update(table).where(col(table.account_id) == account_id, col(table.state).in_(now_is))
        session.connection().execute(live.values(**values))
    session.expire_all()


def erase(session: Session, account_id: str) -> None:
    """Deletes the account and everything that hangs on it; its exports stay on the list without a name."""
    # Running jobs lock their request first, then rows that refer to the account and entries of the ledger, and counters last; the same
    # order here avoids a deadlock.
    _erase_scopes(session, account_id)
    lock(session, account_id, for_erasure=True)
    forgotten.note(session, "erasure", account_id)
    _erase_scopes(session, account_id)
    session.connection().execute(sa.delete(Account).where(col(Account.account_id) == account_id))
    session.expire_all()


def _erase_scopes(session: Session, account_id: str) -> None:
    scopes = _scopes(account_id)
    imports = sa.select(sa.literal("import:") + col(ImportBatch.import_id)).where(
        col(ImportBatch.account_id) == account_id
    )
    for statement, scope in (
        (sa.delete(JobRequest), col(JobRequest.subject_id)),
        (sa.delete(ModelCall), col(ModelCall.scope_id)),
        (sa.delete(LedgerEntry), col(LedgerEntry.scope_id)),
    ):
        session.connection().execute(statement.where(scope.in_(scopes)))
    counters = sa.delete(SpendCounter).where(
        sa.or_(col(SpendCounter.subject).startswith(f"account:{account_id}"), col(SpendCounter.subject).in_(imports))
    )
    session.connection().execute(counters)


def _scopes(account_id: str) -> sa.CompoundSelect[tuple[str]]:
    """Requests for work carry no account; they and the calls paid for are found by what they are about."""
    return sa.union_all(
        sa.select(col(InductionRun.run_id)).where(col(InductionRun.account_id) == account_id),
        sa.select(col(ImportBatch.import_id)).where(col(ImportBatch.account_id) == account_id),
        sa.select(col(ComparisonRow.comparison_id)).where(col(ComparisonRow.account_id) == account_id),
    )


def _alive(idle_since: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return col(SignIn.expires_at) > now(), col(SignIn.last_seen_at) > idle_since


def _of_kind(account_id: str, kind: str) -> tuple[sa.ColumnElement[bool], ...]:
    return col(SignIn.account_id) == account_id, col(SignIn.kind) == kind


def _programs(account_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _of_kind(account_id, "api")
