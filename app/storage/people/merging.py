"""Two accounts of one person become one: every row of a guest's account moves into theirs, and nothing there is overwritten.

What is in both (the same request with the same two answers) stays the account's own, with its verdict; where only the guest had
given one, it moves. Personas and comparisons come after those that are there. What opened the guest's account, tokens too, ends with
it: it must not open more than it did. A switch of research is on afterwards only where it was on in both.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from app.storage.people import accounts, consents
from app.storage.tables import (
    Account,
    Archive,
    ComparisonRow,
    CompletionRow,
    Consent,
    ConversationRow,
    ExportRow,
    ImportBatch,
    InductionRun,
    JobRequest,
    LedgerEntry,
    ModelCall,
    OwnWords,
    PersonaRow,
    SpendCounter,
    VerdictRevision,
    VerdictRow,
)

STOPPED = "You signed in while this was being made. Nothing else was lost; start it again."
MOVED: tuple[type[SQLModel], ...] = (
    Archive,
    ImportBatch,
    OwnWords,
    ConversationRow,
    CompletionRow,
    VerdictRow,
    VerdictRevision,
    InductionRun,
    ModelCall,
    LedgerEntry,
    JobRequest,
    Consent,
)
"""Whose rows only change their account; comparisons, personas and counters need more, and the others end with the guest's."""


def merge(session: Session, guest_id: str, account_id: str) -> None:
    """Moves all of the guest's account into the other and deletes it. Raises NotFound where one of them is gone."""
    accounts.stop_work(session, guest_id, STOPPED)
    accounts.lock(session, account_id)
    accounts.lock(session, guest_id, for_erasure=True)
    kept, guest = (session.get_one(Account, each, populate_existing=True) for each in (account_id, guest_id))
    accounts.stop_work(session, guest_id, STOPPED)
    agreed = _granted(session, account_id) & _granted(session, guest_id)
    kept.came_from = kept.came_from or guest.came_from
    kept.stored_bytes += guest.stored_bytes
    kept.stored_conversations += guest.stored_conversations
    session.add(kept)
    session.flush()
    _unite_same_pairs(session, guest_id, account_id)
    _move_after(session, ComparisonRow, "seq", guest_id, account_id)
    _move_after(session, PersonaRow, "version", guest_id, account_id)
    here = sa.select(col(OwnWords.text_sha256)).where(_of(OwnWords, account_id))
    _run(session, sa.delete(OwnWords).where(_of(OwnWords, guest_id), col(OwnWords.text_sha256).in_(here)))
    for table in MOVED:
        _run(session, sa.update(table).where(_of(table, guest_id)).values(account_id=account_id))
    asked = col(ExportRow.requested_by)
    _run(session, sa.update(ExportRow).where(asked == guest_id).values(requested_by=account_id))
    _add_counters(session, guest_id, account_id)
    _withdraw_all_but(session, account_id, agreed)
    _run(session, sa.delete(Account).where(col(Account.account_id) == guest_id))
    session.expire_all()


def _run(session: Session, statement: Any) -> None:
    session.connection().execute(statement)


def _of(table: type[SQLModel], account_id: str) -> sa.ColumnElement[bool]:
    column: sa.ColumnElement[str] = SQLModel.metadata.tables[str(table.__tablename__)].c.account_id
    return column == account_id


def _move_after(session: Session, table: type[SQLModel], number: str, guest_id: str, account_id: str) -> None:
    """Moves rows that are numbered an account, behind those that are there."""
    column = SQLModel.metadata.tables[str(table.__tablename__)].c[number]
    last = session.connection().execute(sa.select(sa.func.max(column)).where(_of(table, account_id))).scalar() or 0
    moved = {number: column + last + 1 if number == "seq" else column + last, "account_id": account_id}
    _run(session, sa.update(table).where(_of(table, guest_id)).values(moved))


def _granted(session: Session, account_id: str) -> set[str]:
    return {scope for scope, turn in consents.newest(session, account_id).items() if turn.granted}


def _withdraw_all_but(session: Session, account_id: str, agreed: set[str]) -> None:
    for scope, turn in consents.newest(session, account_id).items():
        if turn.granted and scope not in agreed:
            consents.add(
                session,
                Consent(
                    account_id=account_id,
                    scope=scope,
                    granted=False,
                    text_version=turn.text_version,
                    text_sha256=turn.text_sha256,
                ),
            )


def _add_counters(session: Session, guest_id: str, account_id: str) -> None:
    """What the guest used of the day's caps counts on; how often they did what is limited by the hour does not."""
    rows = session.exec(select(SpendCounter).where(SpendCounter.subject == f"account:{guest_id}")).all()
    for row in rows:
        own = session.get(SpendCounter, (row.period, f"account:{account_id}"), with_for_update=True)
        if own is None:
            own = SpendCounter(period=row.period, subject=f"account:{account_id}")
        own.calls, own.tokens, own.micros = own.calls + row.calls, own.tokens + row.tokens, own.micros + row.micros
        session.add(own)
    session.flush()
    _run(session, sa.delete(SpendCounter).where(col(SpendCounter.subject).startswith(f"account:{guest_id}")))
    session.expire_all()


def _unite_same_pairs(session: Session, guest_id: str, account_id: str) -> None:
    table = SQLModel.metadata.tables["comparison"]
    theirs, own = table.alias(), table.alias()
    rows = sa.select(theirs.c.comparison_id, own.c.comparison_id, theirs.c.first_id, own.c.first_id)
    same = rows.join(own, theirs.c.pair_sha256 == own.c.pair_sha256)
    replaced = {}
    for theirs_id, own_id, their_first, own_first in session.connection().execute(
        same.where(theirs.c.account_id == guest_id, own.c.account_id == account_id)
    ):
        if _text(session, their_first) == _text(session, own_first):
            replaced[theirs_id] = own_id
        else:
            # The same two answers, kept the other way round: a choice of "the first" would mean another one there.
            other = hashlib.sha256(f"again:{theirs_id}".encode()).hexdigest()
            _run(session, sa.update(table).where(table.c.comparison_id == theirs_id).values(pair_sha256=other))
    if replaced:
        _name_anew(session, guest_id, replaced)
        for theirs_id, own_id in replaced.items():
            _unite(session, theirs_id, own_id, account_id)


def _text(session: Session, completion_id: str) -> str:
    return session.exec(select(CompletionRow.text).where(CompletionRow.completion_id == completion_id)).one()


def _unite(session: Session, theirs_id: str, own_id: str, account_id: str) -> None:
    """The guest's comparison goes, its verdict moves where the account's has none."""
    for table, name in (("trait", "lead_comparison_id"), ("trait_evidence", "comparison_id"), ("judgement", "pair_id")):
        named = SQLModel.metadata.tables[table]
        _run(session, sa.update(named).where(named.c[name] == theirs_id).values({name: own_id}))
    if session.get(VerdictRow, own_id) is None:
        last = sa.select(sa.func.coalesce(sa.func.max(VerdictRevision.revision), 0))
        before = session.connection().execute(last.where(col(VerdictRevision.comparison_id) == own_id)).scalar_one()
        for moved in (VerdictRow, VerdictRevision):
            values = {"comparison_id": own_id, "account_id": account_id, "revision": col(moved.revision) + before}
            _run(session, sa.update(moved).where(col(moved.comparison_id) == theirs_id).values(values))
        has_verdict = sa.exists().where(col(VerdictRow.comparison_id) == own_id)
        mine = sa.update(ComparisonRow).where(col(ComparisonRow.comparison_id) == own_id)
        _run(session, mine.values(decided=has_verdict))
    row = session.exec(select(ComparisonRow).where(ComparisonRow.comparison_id == theirs_id)).one()
    _run(session, sa.delete(JobRequest).where(col(JobRequest.subject_id) == theirs_id))
    _run(session, sa.delete(ComparisonRow).where(col(ComparisonRow.comparison_id) == theirs_id))
    _run(session, sa.delete(CompletionRow).where(col(CompletionRow.completion_id).in_((row.first_id, row.second_id))))
    is_empty = ~sa.exists().where(col(ComparisonRow.conversation_id) == row.conversation_id)
    empty = col(ConversationRow.conversation_id) == row.conversation_id, is_empty
    _run(session, sa.delete(ConversationRow).where(*empty))
    session.expire_all()


def _name_anew(session: Session, guest_id: str, replaced: dict[str, str]) -> None:
    """Has the guest's runs and personas name the comparisons that stay. Ids are random, so no text can hold one by chance."""
    for run in session.exec(select(InductionRun).where(InductionRun.account_id == guest_id)):
        run.pairs, run.report = _renamed(run.pairs, replaced), _renamed(run.report, replaced)
        session.add(run)
    for persona in session.exec(select(PersonaRow).where(PersonaRow.account_id == guest_id)):
        persona.document = _renamed(persona.document, replaced)
        session.add(persona)
    session.flush()


def _renamed(value: Any, replaced: dict[str, str]) -> Any:
    text = json.dumps(value)
    for before, after in replaced.items():
        text = text.replace(f'"{before}"', f'"{after}"')
    return json.loads(text)
