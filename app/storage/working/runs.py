"""Induction runs: their rows, their pairs as they were when the run was asked for, their events and judgements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from app.domain.choices.preference import Completion, PreferencePair, Verdict
from app.domain.errors import RunUnderWay
from app.domain.moments import following
from app.domain.texts.conversation import context_from_json
from app.domain.texts.storable_text import storable
from app.storage.choosing import samples
from app.storage.choosing.contexts import Whole
from app.storage.tables import (
    ComparisonRow,
    CompletionRow,
    InductionRun,
    JudgementRow,
    PersonaRow,
    RunEvent,
    VerdictRow,
    new_id,
    now,
)

LIVE = ("queued", "running")


def add_run(session: Session, run: InductionRun) -> None:
    """Writes a new run. Raises RunUnderWay where the account has one that is queued or running."""
    newest = newest_run(session, run.account_id)
    run.created_at = following(run.created_at, newest.created_at if newest else None)
    try:
        with session.begin_nested():
            session.add(run)
            session.flush()
    except IntegrityError as problem:
        raise RunUnderWay(
            "Your persona is already being written. Wait until it is there, or cancel it, before you start again."
        ) from problem


def snapshot(session: Session, account_id: str) -> list[dict[str, Any]]:
    """Every choice of the account that counts (verdicts for first or second) by id, side and verdict revision, in the order of `seq`:
    what `InductionRun.pairs` holds. Reads no texts."""
    rows = (
        select(VerdictRow.comparison_id, VerdictRow.value, VerdictRow.revision)
        .join(ComparisonRow, col(ComparisonRow.comparison_id) == col(VerdictRow.comparison_id))
        .where(
            ComparisonRow.account_id == account_id,
            col(VerdictRow.value).in_(samples.CHOICES),
            samples.counts_now(account_id),
        )
        .order_by(col(ComparisonRow.seq))
    )
    return [
        {"pair_id": comparison_id, "chosen_first": value == Verdict.FIRST, "verdict_revision": revision}
        for comparison_id, value, revision in session.exec(rows)
    ]


def are_the_same(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two snapshots hold the same choices with the same sides, however often these were changed and changed back."""
    return {(each["pair_id"], each["chosen_first"]) for each in one} == {
        (each["pair_id"], each["chosen_first"]) for each in other
    }


def snapshot_pairs(session: Session, run: InductionRun) -> list[PreferencePair]:
    """The run's pairs with their texts, in the order of the snapshot. A choice changed since is used as it was."""
    ids = [entry["pair_id"] for entry in run.pairs]
    first, second = sa.orm.aliased(CompletionRow), sa.orm.aliased(CompletionRow)
    rows = session.exec(
        select(ComparisonRow, first, second)
        .join(first, col(ComparisonRow.first_id) == first.completion_id)
        .join(second, col(ComparisonRow.second_id) == second.completion_id)
        .where(col(ComparisonRow.comparison_id).in_(ids))
    )
    found = {row.comparison_id: (row, one, two) for row, one, two in rows}
    whole = Whole(session)
    pairs = []
    for entry in run.pairs:
        row, one, two = found[entry["pair_id"]]
        chosen, rejected = (one, two) if entry["chosen_first"] else (two, one)
        pairs.append(
            PreferencePair(
                pair_id=row.comparison_id,
                context=whole.of(row),
                chosen=_completion(chosen),
                rejected=_completion(rejected),
                conversation_id=row.conversation_id,
                chosen_first=entry["chosen_first"],
                seq=row.seq,
            )
        )
    return pairs


def find_run(
    session: Session, run_id: str, account_id: str | None = None, *, lock: bool = False
) -> InductionRun | None:
    """The run, or None where there is none or it is another account's."""
    query = select(InductionRun).where(col(InductionRun.run_id) == run_id)
    if account_id is not None:
        query = query.where(col(InductionRun.account_id) == account_id)
    if lock:
        query = query.with_for_update()
    return session.exec(query).first()


def newest_run(session: Session, account_id: str) -> InductionRun | None:
    """The account's newest run, whatever became of it."""
    return session.exec(
        select(InductionRun)
        .where(col(InductionRun.account_id) == account_id)
        .order_by(col(InductionRun.created_at).desc(), col(InductionRun.run_id))
        .limit(1)
    ).first()


def newest_first(
    session: Session, account_id: str, offset: int, limit: int
) -> Sequence[tuple[InductionRun, str | None]]:
    """The account's runs, newest first, each with the id of its persona, a part of them."""
    rows = (
        select(InductionRun, col(PersonaRow.persona_id))
        .outerjoin(PersonaRow, col(PersonaRow.run_id) == col(InductionRun.run_id))
        .where(col(InductionRun.account_id) == account_id)
        .order_by(col(InductionRun.created_at).desc(), col(InductionRun.run_id))
    )
    return session.exec(rows.offset(offset).limit(limit)).all()


def count(session: Session, account_id: str) -> int:
    """How many runs the account has."""
    return session.exec(select(sa.func.count()).where(col(InductionRun.account_id) == account_id)).one()


def persona_of(session: Session, run_id: str) -> str | None:
    """The id of the persona this run has written so far."""
    return session.exec(select(PersonaRow.persona_id).where(col(PersonaRow.run_id) == run_id)).first()


def add_event(
    session: Session, run_id: str, seq: int, stage: str, done: int, total: int, payload: Mapping[str, object]
) -> None:
    """Writes one step of progress; a step with this number that is there already stays as it is."""
    _insert_new(
        session,
        RunEvent,
        [
            {
                "event_id": new_id(),
                "run_id": run_id,
                "seq": seq,
                "stage": stage,
                "done": done,
                "total": total,
                "payload": dict(payload),
                "at": now(),
            }
        ],
        ["run_id", "seq"],
    )


def events_after(session: Session, run_id: str, seq: int) -> list[RunEvent]:
    """The events with a number above `seq`, in order."""
    return list(
        session.exec(
            select(RunEvent).where(col(RunEvent.run_id) == run_id, col(RunEvent.seq) > seq).order_by(col(RunEvent.seq))
        )
    )


def add_judgements(session: Session, run_id: str, judgements: Iterable[Mapping[str, Any]]) -> None:
    """Writes judgements given as the columns of `judgement`; one already there for its pair and condition stays."""
    rows = [
        {**row, "judgement_id": new_id(), "run_id": run_id, "reasoning": storable(row["reasoning"])}
        for row in judgements
    ]
    _insert_new(session, JudgementRow, rows, ["run_id", "pair_id", "condition"])


def finish(
    session: Session,
    run: InductionRun,
    state: str,
    *,
    at: datetime,
    failure: str = "",
    report: Mapping[str, Any] | None = None,
    prompt_digests: Mapping[str, str] | None = None,
) -> None:
    """Closes a run that is live; one that is closed already keeps its end."""
    if run.state not in LIVE:
        return
    run.state, run.finished_at, run.failure = state, at, failure[:500]
    if report is not None:
        run.report = dict(report)
    if prompt_digests is not None:
        run.prompt_digests = dict(prompt_digests)
    session.add(run)


def _insert_new(session: Session, table: type[SQLModel], rows: list[dict[str, Any]], unique: list[str]) -> None:
    if not rows:
        return
    insert = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    session.connection().execute(insert(table).on_conflict_do_nothing(index_elements=unique), rows)


def _completion(row: CompletionRow) -> Completion:
    return Completion(text=row.text, lead_in=context_from_json(row.lead_in))
