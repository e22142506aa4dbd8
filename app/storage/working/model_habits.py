"""The habits of models by name and address, learned once for all processes: the first that begins is the one to learn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.domain.moments import is_within
from app.storage.tables import ModelHabits
from app.storage.working.heartbeats import database_now


def find(session: Session, model: str, address: str, younger_than: timedelta) -> dict[str, Any] | None:
    """What is kept and was learned within `younger_than`; None for nothing."""
    row = _row(session, model, address)
    if row is None or row.learned_at is None or not is_within(row.learned_at, database_now(session), younger_than):
        return None
    return dict(row.habits)


def begin(session: Session, model: str, address: str, longest: timedelta) -> bool:
    """Whether the caller is to learn; False where another began within `longest` and has not ended."""
    at = database_now(session)
    row = _row(session, model, address, lock=True)
    if row is None:
        try:
            with session.begin_nested():
                session.add(ModelHabits(model=model, address=address, learning_since=at))
                session.flush()
        except IntegrityError:
            return False
        return True
    if row.learning_since is not None and is_within(row.learning_since, at, longest):
        return False
    row.learning_since = at
    session.add(row)
    return True


def keep(session: Session, model: str, address: str, habits: Mapping[str, Any]) -> None:
    """Puts down what was learned; nobody is learning any more."""
    row = _row(session, model, address, lock=True) or ModelHabits(model=model, address=address)
    row.habits, row.learned_at, row.learning_since = dict(habits), database_now(session), None
    session.add(row)


def give_up(session: Session, model: str, address: str) -> None:
    """Nobody is learning any more; what was kept before stays."""
    row = _row(session, model, address, lock=True)
    if row is not None:
        row.learning_since = None
        session.add(row)


def change(session: Session, model: str, address: str, changed: Mapping[str, Any]) -> None:
    """Changes some of the kept habits; when they were learned stays. Nothing where none are kept."""
    row = _row(session, model, address, lock=True)
    if row is not None and row.learned_at is not None:
        row.habits = {**row.habits, **changed}
        session.add(row)


def _row(session: Session, model: str, address: str, *, lock: bool = False) -> ModelHabits | None:
    asked = select(ModelHabits).where(ModelHabits.model == model, ModelHabits.address == address)
    return session.exec(asked.with_for_update() if lock else asked).first()
