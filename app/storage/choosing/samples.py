"""Sample histories beside a person's own choices: which verdicts count, and taking a sample away and back.

A sample counts alone or not at all: as soon as its account has a choice of its own, only own choices count (decision 0029).
What is set aside is neither listed nor counted, and every row stays, for a persona written from it names them.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from sqlmodel import Session, col, select

from app.domain.choices.preference import Verdict
from app.storage.tables import ComparisonRow, ConversationRow, ImportBatch, VerdictRow, now

CHOICES = (Verdict.FIRST.value, Verdict.SECOND.value)


Id = str | sa.BindParameter[str]
ACCOUNT: sa.BindParameter[str] = sa.bindparam("account_id")
"""The place of an account's id in statements that are made once: what is asked with every request is not put together each time."""


def counts_now(account_id: Id) -> sa.ColumnElement[bool]:
    """That a comparison's verdict counts for the account: of a sample only while it is there and alone."""
    return col(ComparisonRow.conversation_id).not_in(
        _conversations(account_id).where(sa.or_(col(ImportBatch.set_aside_at).is_not(None), _has_own(account_id)))
    )


def is_here(account_id: Id) -> sa.ColumnElement[bool]:
    """That a comparison of the account is of no sample that was set aside."""
    return col(ComparisonRow.conversation_id).not_in(
        _conversations(account_id).where(col(ImportBatch.set_aside_at).is_not(None))
    )


def has_own_choices(session: Session, account_id: str) -> bool:
    """Whether the account has a choice that is of no sample history; ready-made pairs are one's own."""
    return bool(session.connection().execute(_HAS_OWN, {"account_id": account_id}).scalar_one())


def ids(session: Session, account_id: str) -> frozenset[str]:
    """The ids of the account's comparisons that are of sample histories, those set aside included."""
    rows = select(ComparisonRow.comparison_id).where(
        ComparisonRow.account_id == account_id, col(ComparisonRow.conversation_id).in_(_conversations(account_id))
    )
    return frozenset(session.exec(rows))


def places(session: Session, account_id: str) -> tuple[int, int]:
    """How many sample imports with choices of the account are here, and how many are set aside."""
    rows = session.connection().execute(_PLACES, {"account_id": account_id})
    aside = [moment is not None for moment in rows.scalars()]
    return aside.count(False), aside.count(True)


def set_aside(session: Session, account_id: str, *, aside: bool) -> None:
    """Sets all sample histories of the account aside, or brings them back; twice is like once."""
    rows = sa.update(ImportBatch).where(col(ImportBatch.account_id) == account_id, col(ImportBatch.kind) == "sample")
    session.execute(rows.values(set_aside_at=now() if aside else None))


def _conversations(account_id: Id) -> Any:
    return (
        sa.select(col(ConversationRow.conversation_id))
        .join(ImportBatch, col(ImportBatch.import_id) == col(ConversationRow.import_id))
        .where(col(ImportBatch.account_id) == account_id, col(ImportBatch.kind) == "sample")
    )


def _has_own(account_id: Id) -> sa.ColumnElement[bool]:
    own, verdict = sa.orm.aliased(ComparisonRow), sa.orm.aliased(VerdictRow)
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(verdict)
        .join(own, col(own.comparison_id) == col(verdict.comparison_id))
        .where(
            col(verdict.account_id) == account_id,
            col(verdict.value).in_(CHOICES),
            col(own.conversation_id).not_in(_conversations(account_id)),
        )
    )


_PLACES = sa.select(col(ImportBatch.set_aside_at)).where(
    col(ImportBatch.account_id) == ACCOUNT,
    col(ImportBatch.kind) == "sample",
    sa.exists().where(col(ConversationRow.import_id) == col(ImportBatch.import_id)),
)
_HAS_OWN = sa.select(_has_own(ACCOUNT))
