"""Research exports: the list of those made, and the consented verdicts they are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple, cast

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.domain.choices.preference import Verdict
from app.domain.export.order import Decided, Wanted
from app.domain.export.record import READY_MADE, ExportedVerdict, Facts
from app.domain.export.shared import HALFWAY, TIMES, UNKNOWN_TIME
from app.domain.texts.conversation import context_as_json
from app.storage.choosing import noted
from app.storage.choosing.contexts import Whole
from app.storage.people import audit, consents
from app.storage.tables import Account, ComparisonRow, CompletionRow, ConversationRow, ExportRow, VerdictRow, now

CORRECTION = "E"
"""The grade of pairs that were made of a person's correction: they are asked about, and in no export (0042)."""
NEEDED = ("choices", "texts")
"""A row holds choices and texts, so both switches must be on."""


def begin(session: Session, file_format: str, requested_by: str | None) -> str:
    """Puts an export on the list before its first byte leaves, and gives its id. Unfinished ones keep no row count."""
    row = ExportRow(file_format=file_format, requested_by=requested_by)
    session.add(row)
    asker = session.get(Account, requested_by) if requested_by else None
    audit.note(session, "export", by=asker.code if asker else "command", detail=file_format)
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


def decided(session: Session, account_ids: Sequence[str]) -> list[Decided]:
    """The verdicts of those of the accounts that have both switches on, in the given order. Verdicts that came with a sample history
    are nobody's here; those on ready-made pairs are the person's own."""
    granted = consents.granted_versions(session, account_ids, NEEDED)
    rows = (
        _own(sa.select(col(VerdictRow.account_id), col(VerdictRow.comparison_id), col(ComparisonRow.earlier)))
        .where(col(VerdictRow.account_id).in_(list(granted)))
        .order_by(col(VerdictRow.account_id), col(VerdictRow.given_at), col(ComparisonRow.seq))
    )
    theirs: dict[str, Decided] = {each: Decided(each, [], set()) for each in account_ids}
    for account_id, comparison_id, earlier in _as_driven(session, rows):
        theirs[account_id].comparison_ids.append(comparison_id)
        if earlier:
            theirs[account_id].long.add(comparison_id)
    return list(theirs.values())


def days_and_times(session: Session, account_ids: Sequence[str]) -> list[tuple[str, str, int]]:
    """Who has a verdict of these accounts' own on which day with which coarse time (domain/export/shared), each once."""
    granted = consents.granted_versions(session, account_ids, NEEDED)
    rows = _own(sa.select(col(VerdictRow.account_id), _day(_dialect(session)), _TIME).distinct())
    asked = rows.where(col(VerdictRow.account_id).in_(list(granted)))
    return [(account_id, day, time) for account_id, day, time in session.connection().execute(asked).all()]


def consented_verdicts(session: Session, wanted: Sequence[Wanted]) -> Iterator[ExportedVerdict]:
    """These verdicts as they stand at this moment, in that order; those left out whose account has not both switches on.

    To be taken within the transaction. One is made at a time: what is dropped before the next is made never comes to the garbage
    collector, which took a tenth of an export.
    """
    granted = consents.granted_versions(session, list({each.account_id for each in wanted}), NEEDED)
    asked = [each.comparison_id for each in wanted if each.account_id in granted]
    found = {row[0]: row for row in _as_driven(session, _rows(_dialect(session)), {"asked": asked})}
    versions = {account_id: tuple(of_scope.items()) for account_id, of_scope in granted.items()}
    whole, facts = Whole(session), cache(_facts)
    for each in wanted:
        row = found.pop(each.comparison_id, None)
        if row is not None:
            yield _exported(each, row, whole, facts(row[-1], versions[each.account_id]))


def _own(rows: Any) -> Any:
    """The query of verdicts narrowed to those that a person gave, samples of others and corrections left out. Few are samples, so that their
    conversation is looked up for those alone."""
    is_ready_made = (
        sa.select(col(ConversationRow.conversation_id))
        .where(
            col(ConversationRow.conversation_id) == col(ComparisonRow.conversation_id),
            col(ConversationRow.import_id).is_(None),
        )
        .correlate(ComparisonRow)
        .exists()
    )
    return rows.join(ComparisonRow, col(ComparisonRow.comparison_id) == col(VerdictRow.comparison_id)).where(
        ComparisonRow.grade != CORRECTION, sa.or_(col(ComparisonRow.is_sample).is_(False), is_ready_made)
    )


def _as_driven(session: Session, rows: Any, asked: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
    """The rows as the database's driver has them: in SQLite yes and no are 1 and 0. It spares an export an object a row, and a list
    of all rows, which the garbage collector would go through."""
    return iter(cast("Iterator[tuple[Any, ...]]", session.connection().execute(rows, asked).cursor))


def _dialect(session: Session) -> str:
    return session.connection().dialect.name


def _day(dialect: str) -> sa.ColumnElement[str]:
    """The day of a verdict in UTC as text, made by the database: times are dear to decode."""
    given_at = col(VerdictRow.given_at)
    if dialect == "sqlite":
        return sa.func.substr(_as_text(dialect, given_at), 1, 10)
    return sa.func.to_char(sa.func.timezone("UTC", given_at), "YYYY-MM-DD")


def _as_text(dialect: str, column: Any) -> sa.ColumnElement[str]:
    """What a column of JSON or time is stored as: text in SQLite, where to make it text once more costs as much as to read it."""
    return sa.type_coerce(column, sa.Text) if dialect == "sqlite" else sa.cast(column, sa.Text)


_TIME = sa.case(
    (col(VerdictRow.milliseconds).is_(None), UNKNOWN_TIME),
    *((col(VerdictRow.milliseconds) < limit, time) for limit, time in zip(HALFWAY, TIMES, strict=False)),
    else_=TIMES[-1],
)
"""The nearest of `TIMES` to a verdict's milliseconds, on a scale of ratios; -1 where they are not known."""
_First, _Second = aliased(CompletionRow), aliased(CompletionRow)
_CUT = sa.case(
    (sa.and_(col(_First.stops_short), col(_Second.stops_short)), "both"),
    (col(_First.stops_short), "first"),
    (col(_Second.stops_short), "second"),
    else_="",
)
"""Which answers are cut."""


@lru_cache(maxsize=2)
def _rows(dialect: str) -> Any:
    """What `_exported` takes, in its order, of the comparisons `asked`: no objects, and JSON as text, for a row costs a third of the
    time. What `_facts` takes is one JSON array: as columns of their own they cost two fifths of what finding the row does, and most arrays
    of a batch are the same."""
    asked = _asked(dialect)
    as_array = sa.func.json_array if dialect == "sqlite" else sa.func.json_build_array
    facts = as_array(
        col(VerdictRow.value),
        col(_First.flaws),
        col(_Second.flaws),
        col(VerdictRow.imported),
        col(VerdictRow.changed_after_reveal),
        col(VerdictRow.quick),
        sa.or_(col(_First.names_model), col(_Second.names_model)),
        col(ComparisonRow.equal_answers),
        col(_First.model),
        col(_Second.model),
        col(_First.style),
        col(_Second.style),
        _TIME,
        _day(dialect),
        col(ComparisonRow.source),
        sa.case((col(ComparisonRow.source) == READY_MADE, col(ComparisonRow.pair_sha256)), else_=""),
        col(ComparisonRow.language),
        _CUT,
        col(ComparisonRow.stopped),
        col(VerdictRow.strength),
        col(VerdictRow.reasons),
    )
    return (
        sa.select(
            col(ComparisonRow.comparison_id),
            col(ComparisonRow.conversation_id),
            _as_text(dialect, col(ComparisonRow.context)),
            col(ComparisonRow.branch),
            col(ComparisonRow.earlier),
            col(_First.text),
            _as_text(dialect, col(_First.lead_in)),
            col(_Second.text),
            _as_text(dialect, col(_Second.lead_in)),
            _as_text(dialect, facts),
        )
        .select_from(asked)
        .join(ComparisonRow, col(ComparisonRow.comparison_id) == asked.c.value)
        .join(VerdictRow, col(VerdictRow.comparison_id) == col(ComparisonRow.comparison_id))
        .join(_First, col(_First.completion_id) == col(ComparisonRow.first_id))
        .join(_Second, col(_Second.completion_id) == col(ComparisonRow.second_id))
        .where(col(_First.state) == "ready", col(_Second.state) == "ready")
    )


def _asked(dialect: str) -> Any:
    """The ids `asked` as a table of one column, `value`. They are one parameter: a statement with hundreds is put together anew for every
    batch."""
    if dialect == "sqlite":
        return sa.func.json_each(sa.bindparam("asked", type_=sa.JSON)).table_valued("value")
    return sa.func.unnest(sa.bindparam("asked", type_=sa.ARRAY(sa.Text))).table_valued("value").render_derived()


class _Stored(NamedTuple):
    conversation_id: str
    context: Any
    branch: int
    earlier: int


def _exported(wanted: Wanted, row: Any, whole: Whole, facts: Facts) -> ExportedVerdict:
    comparison_id, conversation_id, context, branch, earlier, text, lead_in, other_text, other_lead_in, _ = row
    turns = orjson.loads(context)
    if earlier:
        turns = context_as_json(whole.of(_Stored(conversation_id, turns, branch, earlier)))
    first, second = _turns(text, lead_in), _turns(other_text, other_lead_in)
    return ExportedVerdict(wanted.account_id, comparison_id, conversation_id, turns, first, second, facts, wanted.seq)


def _facts(written: str, versions: tuple[tuple[str, str], ...]) -> Facts:
    value, flaws, other_flaws, imported, changed, quick, names_model, equal_answers, *rest = orjson.loads(written)
    model, other_model, style, other_style, time, day, source, pair_sha256, language, cut, stopped, *why = rest
    return Facts(
        _VERDICTS[value],
        versions,
        model,
        other_model,
        style,
        other_style,
        time,
        day,
        source,
        bool(imported),
        pair_sha256,
        bool(changed),
        bool(quick),
        bool(names_model),
        bool(equal_answers),
        language,
        cut,
        noted.left_out(value, flaws, other_flaws) if flaws or other_flaws else "",
        bool(stopped),
        *why,
    )


_VERDICTS = {verdict.value: verdict for verdict in Verdict}


def _turns(text: str, lead_in: str) -> list[dict[str, str]]:
    answer = {"role": "assistant", "content": text}
    return [answer] if lead_in == "[]" else [*orjson.loads(lead_in), answer]
