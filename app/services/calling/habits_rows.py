"""The habits of models as the product keeps them: a row of the database each, shared by all processes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.adapters.learning import MOST_ANSWERED, MOST_SECONDS
from app.domain.errors import ModelUnavailable, SpendingRefused
from app.domain.spending import Caps, day_of
from app.induction.model.habits import Habits, habits_from_json
from app.services.calling.knowing import LEARNED_AGAIN_AFTER
from app.storage.database import Database, Session
from app.storage.spending import spending
from app.storage.tables import now
from app.storage.working import model_habits

log = logging.getLogger(__name__)
TOKENS_OF_A_LESSON = 7_000
"""The most of one call that learns, thoughts included."""
LONGEST_LEARNING = timedelta(seconds=MOST_SECONDS + 10)
"""After which a process that began to learn is taken to have died."""


class HabitsRows:
    """A short transaction a question; two processes that begin at once are told apart by the database."""

    def __init__(self, database: Database, caps: Caps | None = None) -> None:
        """With `caps`, learning counts in the site's as the most that it may cost; what it cost in truth is not told."""
        self._database = database
        self._caps = caps

    def find(self, model: str, address: str) -> Habits | None:
        with self._database.reading() as session:
            stored = model_habits.find(session, model, address, LEARNED_AGAIN_AFTER)
        return None if stored is None else habits_from_json(stored)

    def begin(self, model: str, address: str) -> bool:
        try:
            with self._database.writing() as session:
                is_ours = model_habits.begin(session, model, address, LONGEST_LEARNING)
                lines = _pay(session, model, self._caps) if is_ours and self._caps else []
        except spending.CapReached as reached:
            spending.tell_reached(self._database, reached.counted)
            raise ModelUnavailable(reached.counted.refusal) from reached
        except SpendingRefused as refused:
            raise ModelUnavailable(str(refused)) from refused
        for line in lines:
            log.warning("%s", line)
        return is_ours

    def keep(self, model: str, address: str, habits: Habits) -> None:
        with self._database.writing() as session:
            model_habits.keep(session, model, address, habits.as_json())

    def give_up(self, model: str, address: str) -> None:
        with self._database.writing() as session:
            model_habits.give_up(session, model, address)

    def change(self, model: str, address: str, changed: Mapping[str, Any]) -> None:
        with self._database.writing() as session:
            model_habits.change(session, model, address, changed)


def _pay(session: Session, model: str, caps: Caps) -> list[str]:
    """Adds the most that learning may cost; gives what the log is to say. Raises CapReached or SpendingRefused."""
    at, tokens = now(), MOST_ANSWERED * TOKENS_OF_A_LESSON
    amount = spending.Amount(MOST_ANSWERED, tokens, caps.price_of(model).micros(0, tokens))
    spending.check_switch(session)
    spending.note_use(session, day_of(at), model, "learn", amount)
    return spending.add(session, caps.counted(at, "", "", ""), amount)
