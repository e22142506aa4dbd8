"""The habits of models as the product keeps them: a row of the database each, shared by all processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.adapters.learning import MOST_SECONDS
from app.induction.model.habits import Habits, habits_from_json
from app.services.calling.knowing import LEARNED_AGAIN_AFTER
from app.storage import model_habits
from app.storage.database import Database

LONGEST_LEARNING = timedelta(seconds=MOST_SECONDS + 10)
"""After which a process that began to learn is taken to have died."""


class HabitsRows:
    """A short transaction a question; two processes that begin at once are told apart by the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, model: str, address: str) -> Habits | None:
        with self._database.reading() as session:
            stored = model_habits.find(session, model, address, LEARNED_AGAIN_AFTER)
        return None if stored is None else habits_from_json(stored)

    def begin(self, model: str, address: str) -> bool:
        with self._database.writing() as session:
            return model_habits.begin(session, model, address, LONGEST_LEARNING)

    def keep(self, model: str, address: str, habits: Habits) -> None:
        with self._database.writing() as session:
            model_habits.keep(session, model, address, habits.as_json())

    def give_up(self, model: str, address: str) -> None:
        with self._database.writing() as session:
            model_habits.give_up(session, model, address)

    def change(self, model: str, address: str, changed: Mapping[str, Any]) -> None:
        with self._database.writing() as session:
            model_habits.change(session, model, address, changed)
