"""Two answers while they are being written, shown so that nothing tells which model is behind which side.

Of each as many characters are shown as have come of the one that is behind, so that at any moment both are shown to the same length,
whichever is faster and whichever ended first; all of both stands there once both are whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.texts.conversation import Context
from app.domain.texts.long_contexts import TURNS_A_PART
from app.storage.choosing import comparisons, contexts
from app.storage.choosing.comparisons import Found
from app.storage.choosing.stopped import ENOUGH, shown
from app.storage.database import Session
from app.storage.working import job_requests


@dataclass(frozen=True)
class GrowingAnswer:
    """One side so far; the turns that led to it are none, since its prompt was typed."""

    text: str
    lead_in: Context = ()


@dataclass(frozen=True)
class GrowingView:
    """`earlier` turns came before `context`. `has_begun_anew`: a beginning broke off, and its answer is written anew. `is_live` until
    both are whole or one has failed. `ahead`: so many prompts, anybody's, are to be begun before this one; None once it is begun."""

    comparison_id: str
    context: Context
    earlier: int
    first: GrowingAnswer
    second: GrowingAnswer
    has_begun_anew: bool
    asked_at: datetime
    is_live: bool
    ahead: int | None = None

    @property
    def has_words(self) -> bool:
        """Whether anything of both is there."""
        return bool(self.first.text)

    @property
    def length(self) -> int:
        """Characters of both that are shown."""
        return len(self.first.text)

    @property
    def can_be_chosen(self) -> bool:
        """Whether there is enough of both, and a difference, to choose before they are whole."""
        return self.is_live and self.length >= ENOUGH and self.first.text != self.second.text

    @property
    def waited(self) -> float:
        """Seconds since they were asked for."""
        return max(0.0, (datetime.now(UTC) - self.asked_at).total_seconds())


def growing(session: Session, account_id: str) -> GrowingView | None:
    """The oldest typed prompt of the account whose answers are being written; None where there is none."""
    found = comparisons.being_written(session, account_id)
    return _view(session, found) if found else None


def growing_pair(session: Session, account_id: str, comparison_id: str) -> GrowingView:
    """One comparison of the account, as far as its answers have come. Raises NotFound."""
    return _view(session, comparisons.find(session, account_id, comparison_id))


def _view(session: Session, found: Found) -> GrowingView:
    total = contexts.length(found.row)
    before = max(0, total - 1 - TURNS_A_PART)
    first, second = shown(found.first, found.second)
    return GrowingView(
        comparison_id=found.row.comparison_id,
        context=contexts.some(session, found.row, before, total),
        earlier=before,
        first=GrowingAnswer(first),
        second=GrowingAnswer(second),
        has_begun_anew=bool(found.first.begun_anew or found.second.begun_anew),
        asked_at=found.row.created_at,
        is_live=found.state == "pending",
        ahead=None if first else job_requests.ahead(session, job_requests.AWAITED, found.row.comparison_id),
    )
