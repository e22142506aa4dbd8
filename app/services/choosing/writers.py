"""Whose answers a person chooses, model by model."""

from __future__ import annotations

from app.induction.counting.model_table import Standing, model_table
from app.storage.choosing import by_model
from app.storage.database import Session


def standings(session: Session, account_id: str) -> list[Standing]:
    """The models of the account's blind verdicts, the most often chosen first; empty before 20 verdicts between two models."""
    return model_table(by_model.counted(session, account_id))
