"""How each model's last calls for answers ended, and which rest, for every process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Session, select

from app.domain.model_standing import Standing
from app.storage.tables import ModelStandingRow, now


def note(session: Session, ends: Iterable[tuple[str, str]]) -> list[str]:
    """Puts down how calls of models ended, each (model, "+" or "-"); gives those that rest from now on."""
    resting, moment = [], now()
    for model, end in sorted(ends):  # in one order, so that no two transactions wait for each other
        row = session.exec(select(ModelStandingRow).where(ModelStandingRow.model == model).with_for_update()).first()
        before = Standing(row.ends, row.rests_until) if row else Standing()
        after = before.after(end, moment)
        if after == before:
            continue
        if row is None:
            # Of two processes that note its first call at once one gives way: what it has to say of it is little.
            with contextlib.suppress(sa.exc.IntegrityError), session.begin_nested():
                session.add(ModelStandingRow(model=model, ends=after.ends, rests_until=after.rests_until))
        else:
            row.ends, row.rests_until = after.ends, after.rests_until
            session.add(row)
        session.flush()
        if after.rests_until != before.rests_until:
            resting.append(model)
    return resting


def find(session: Session) -> dict[str, Standing]:
    """The standing of every model that was called, by its name."""
    return {row.model: Standing(row.ends, row.rests_until) for row in session.exec(select(ModelStandingRow))}
