"""Research exports: the list of those made, and the consented verdicts they are made from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.domain.conversation import Context, context_from_json
from app.domain.export.record import ExportedVerdict
from app.domain.preference import Comparison, Completion, Verdict
from app.storage import consents
from app.storage.contexts import Whole
from app.storage.tables import ComparisonRow, CompletionRow, ConversationRow, ExportRow, VerdictRow, now

NEEDED = ("choices", "texts")
"""A row holds choices and texts, so both switches must be on."""


def begin(session: Session, file_format: str, requested_by: str | None) -> str:
    """Puts an export on the list before its first byte leaves, and gives its id. Unfinished ones keep no row count."""
    row = ExportRow(file_format=file_format, requested_by=requested_by)
    session.add(row)
    session.flush()
    return row.export_id


def finish(session: Session, export_id: str, rows: int, sha256: str) -> None:
    """Notes what the finished file holds."""
    row = session.get(ExportRow, export_id)
    if row is not None:
        row.rows, row.sha256, row.finished_at = rows, sha256, now()
        session.add(row)


def newest_first(session: Session, limit: int = 50) -> Sequence[ExportRow]:
    """The exports made, newest first."""
    return session.exec(select(ExportRow).order_by(col(ExportRow.created_at).desc()).limit(limit)).all()


class Decided(NamedTuple):
    """A verdict of an account's own: on which comparison, when, and its place among them in time, from 0."""

    account_id: str
    comparison_id: str
    given_at: datetime
    seq: int
    is_long: bool
    """Whether turns of its context are kept apart, so that it may be large."""


def decided(session: Session, account_ids: Sequence[str]) -> list[Decided]:
    """The verdicts of accounts that have both switches on, each account's in the order of time. Verdicts that came with a
    sample history are nobody's here; those on ready-made pairs are the person's own."""
    granted = consents.granted_versions(session, account_ids, NEEDED)
    rows = (
        sa.select(
            col(VerdictRow.account_id),
            col(VerdictRow.comparison_id),
            col(VerdictRow.given_at),
            col(ComparisonRow.earlier),
        )
        .join(ComparisonRow, col(ComparisonRow.comparison_id) == col(VerdictRow.comparison_id))
        .join(ConversationRow, col(ConversationRow.conversation_id) == col(ComparisonRow.conversation_id))
        .where(col(VerdictRow.account_id).in_(list(granted)), _IS_THEIR_OWN)
        .order_by(col(VerdictRow.account_id), col(VerdictRow.given_at), col(ComparisonRow.seq))
    )
    found: list[Decided] = []
    for account_id, comparison_id, given_at, earlier in session.connection().execute(rows).all():
        seq = found[-1].seq + 1 if found and found[-1].account_id == account_id else 0
        found.append(Decided(account_id, comparison_id, given_at, seq, earlier > 0))
    return found


def consented_verdicts(session: Session, wanted: Sequence[Decided]) -> list[ExportedVerdict]:
    """These verdicts as they stand at this moment, in that order; those left out whose account has not both switches on."""
    granted = consents.granted_versions(session, list({each.account_id for each in wanted}), NEEDED)
    asked = {each.comparison_id: each.seq for each in wanted if each.account_id in granted}
    whole = Whole(session)
    found = {
        row.comparison_id: _exported(row, whole.of(row), granted[row.account_id], asked[row.comparison_id])
        for row in session.connection().execute(_ROWS, {"asked": list(asked)}).all()
    }
    return [found[each.comparison_id] for each in wanted if each.comparison_id in found]


_IS_THEIR_OWN = sa.or_(col(ComparisonRow.is_sample).is_(False), col(ConversationRow.import_id).is_(None))
_First, _Second = aliased(CompletionRow), aliased(CompletionRow)
# Columns, not objects, and lead-ins as text, since nearly all are empty: a row costs a third of the time.
_ROWS = (
    sa.select(
        col(ComparisonRow.comparison_id),
        col(ComparisonRow.account_id),
        col(ComparisonRow.conversation_id),
        col(ComparisonRow.context),
        col(ComparisonRow.branch),
        col(ComparisonRow.earlier),
        col(ComparisonRow.source),
        col(ComparisonRow.pair_sha256),
        col(_First.text).label("first_text"),
        sa.cast(col(_First.lead_in), sa.Text).label("first_lead_in"),
        col(_First.model).label("first_model"),
        col(_First.style).label("first_style"),
        col(_Second.text).label("second_text"),
        sa.cast(col(_Second.lead_in), sa.Text).label("second_lead_in"),
        col(_Second.model).label("second_model"),
        col(_Second.style).label("second_style"),
        col(VerdictRow.value),
        col(VerdictRow.milliseconds),
        col(VerdictRow.imported),
        col(VerdictRow.changed_after_reveal),
        col(VerdictRow.quick),
        col(VerdictRow.given_at),
    )
    .join(VerdictRow, col(VerdictRow.comparison_id) == col(ComparisonRow.comparison_id))
    .join(ConversationRow, col(ConversationRow.conversation_id) == col(ComparisonRow.conversation_id))
    .join(_First, col(_First.completion_id) == col(ComparisonRow.first_id))
    .join(_Second, col(_Second.completion_id) == col(ComparisonRow.second_id))
    .where(
        col(ComparisonRow.comparison_id).in_(sa.bindparam("asked", expanding=True)),
        col(_First.state) == "ready",
        col(_Second.state) == "ready",
        _IS_THEIR_OWN,
    )
)


def _exported(row: sa.Row[Any], context: Context, versions: Mapping[str, str], seq: int) -> ExportedVerdict:
    return ExportedVerdict(
        account_id=row.account_id,
        comparison=Comparison(
            comparison_id=row.comparison_id,
            context=context,
            first=_completion(row.first_text, row.first_lead_in),
            second=_completion(row.second_text, row.second_lead_in),
            conversation_id=row.conversation_id,
        ),
        verdict=Verdict(row.value),
        first_model=row.first_model,
        second_model=row.second_model,
        first_style=row.first_style,
        second_style=row.second_style,
        milliseconds=row.milliseconds,
        given_at=row.given_at,
        source=row.source,
        imported_verdict=row.imported,
        consent_versions=versions,
        seq=seq,
        pair_sha256=row.pair_sha256,
        changed_after_reveal=row.changed_after_reveal,
        quick=row.quick,
    )


def _completion(text: str, lead_in: str) -> Completion:
    return Completion(text) if lead_in == "[]" else Completion(text, context_from_json(json.loads(lead_in)))
