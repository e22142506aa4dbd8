"""An answer that could not be written on the first turn is written by another model instead, once; no page tells which side it was.

Only where one alone would write in vain: it is swapped for a model that did not fail here, by weight; where there is none but the other
side's, for that one in another manner; and where both sides failed and nobody else is there, neither is.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.choices.answer_styles import STYLES
from app.domain.choices.drawing import Candidate, drawn
from app.domain.model_standing import Standing
from app.storage.choosing import answers
from app.storage.choosing.answers import PendingAnswer
from app.storage.database import Database, Session
from app.storage.tables import now
from app.storage.working import job_requests, model_standings
from app.storage.working.job_requests import Hold

log = logging.getLogger(__name__)

TRIES = 2
"""At a call whose answer another model may write."""

Others = Callable[[], Sequence[Candidate]]
"""Gives the models that may write now, resting or not."""


def nobody() -> Sequence[Candidate]:
    """Where no model is known but those that were drawn."""
    return ()


def drawable(session: Session, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates but for those that rest; all of them where all do, for somebody has to write."""
    return _awake(candidates, model_standings.find(session), now())


def share_of_draws(
    candidates: Sequence[Candidate], standings: Mapping[str, Standing], moment: datetime
) -> dict[str, float]:
    """How often each model that may be drawn is drawn first, from 0 to 1."""
    awake = _awake(candidates, standings, moment)
    return {one.model: one.weight / sum(each.weight for each in awake) for one in awake}


def _awake(candidates: Sequence[Candidate], standings: Mapping[str, Standing], moment: datetime) -> Sequence[Candidate]:
    left = [one for one in candidates if one.model not in standings or not standings[one.model].is_resting(moment)]
    return left or candidates


@dataclass(slots=True)
class Swapping:
    """What failed of one comparison while both its answers were being written."""

    others: Others
    chance: random.Random = field(default_factory=random.SystemRandom)
    failed: list[tuple[PendingAnswer, str]] = field(default_factory=list)

    def takes(self, pending: PendingAnswer) -> bool:
        """Whether the answer may be swapped."""
        return pending.is_first_turn and not pending.is_swapped

    def settle(self, database: Database, hold: Hold) -> None:
        """Swaps what failed, or marks it as failed where nobody else is there. Raises TakenOver."""
        if not self.failed:
            return
        with database.writing() as session:
            job_requests.check_held(session, hold)
            candidates = drawable(session, self.others())
            failed = {pending.model for pending, _ in self.failed}
            for pending, reason in self.failed:
                new = self._another(session, pending, failed, candidates)
                if new is None:
                    answers.mark_failed(session, pending.completion_id, reason)
                else:
                    log.warning("an answer of %s failed on the first turn; %s writes it now", pending.model, new[0])
                    answers.swap(session, pending, *new)
        self.failed.clear()

    def _another(
        self, session: Session, pending: PendingAnswer, failed: set[str], candidates: Sequence[Candidate]
    ) -> tuple[str, str] | None:
        """Model and style."""
        other = answers.beside(session, pending.completion_id)
        name = drawn(candidates, self.chance, {*failed, other.model})
        if name is not None:
            return name, pending.style
        if other.state != "ready":
            return None
        return other.model, self.chance.choice([one for one in STYLES if one not in (pending.style, other.style)])
