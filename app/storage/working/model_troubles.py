"""Which models' providers are in trouble, as the workers found it, so that the web processes can say so."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col

from app.domain.model_trouble import Trouble
from app.storage.tables import ModelTrouble, now

_ALL = sa.select(
    *(col(each) for each in (ModelTrouble.model, ModelTrouble.reason, ModelTrouble.kind)),
    *(col(each) for each in (ModelTrouble.failed_in_a_row, ModelTrouble.is_permanent, ModelTrouble.again_at)),
)


def note(session: Session, model: str, trouble: Trouble | None) -> None:
    """Puts down what is wrong now in the place of what was, or with None that nothing is any more."""
    session.connection().execute(sa.delete(ModelTrouble).where(col(ModelTrouble.model) == model))
    if trouble is not None:
        session.add(
            ModelTrouble(
                model=model,
                reason=trouble.reason,
                kind=trouble.kind,
                failed_in_a_row=trouble.failed_in_a_row,
                is_permanent=trouble.is_permanent,
                again_at=trouble.again_at,
                at=now(),
            )
        )


def find(session: Session) -> dict[str, Trouble]:
    """What is wrong, by the name of the model."""
    return {model: Trouble(*rest) for model, *rest in session.connection().execute(_ALL)}
