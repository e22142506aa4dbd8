"""What operators see and do about spending: the rows by day, model and purpose, and the switch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.spending import Cap, Caps, Counted, day_of
from app.storage.database import Session
from app.storage.spending import spending as rows
from app.storage.tables import now

SHOWN_DAYS = 31


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of one cap. Of the caps that each person, address or import has of its own: the most that any one
    used, and how many have reached it."""

    period: str
    whose: str
    tokens: int
    dollars: float
    cap: Cap
    returns: str
    reached: int

    @property
    def share(self) -> float:
        """The larger share of the cap, in tokens or in money; 0 where there is no cap."""
        shares = ((self.tokens, self.cap.tokens), (self.dollars * 1_000_000, self.cap.micros))
        return max((used / most for used, most in shares if most), default=0.0)

    def as_json(self) -> Mapping[str, Any]:
        """0 for a cap means none."""
        return {
            "period": self.period,
            "whose": self.whose,
            "reached": self.reached,
            "tokens": self.tokens,
            "most_tokens": self.cap.tokens,
            "dollars": self.dollars,
            "most_dollars": self.cap.micros / 1_000_000,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One day, model and purpose."""

    day: str
    model: str
    purpose: str
    calls: int
    tokens: int
    dollars: float


@dataclass(frozen=True, slots=True)
class Spending:
    """Whether all is stopped and since when, all caps, and the lines of the last 31 days, the newest first."""

    is_stopped: bool
    stopped_at: datetime | None
    used: tuple[Used, ...]
    lines: tuple[Line, ...]


def show(session: Session, caps: Caps) -> Spending:
    """What was spent; reservations of calls under way included. Calls no model."""
    today = now()
    counted = caps.counted(today, "any", "any", "any")
    used = tuple(_used(session, each) for each in reversed(counted))
    lines = tuple(
        Line(row.day, row.model, row.purpose, row.calls, row.tokens, row.micros / 1_000_000)
        for row in rows.uses(session, day_of(today - timedelta(days=SHOWN_DAYS - 1)))
    )
    stopped_at = rows.stopped_at(session)
    return Spending(stopped_at is not None, stopped_at, used, lines)


def used_by(session: Session, caps: Caps, account_id: str) -> Used:
    """What one account has used of its cap today."""
    today = day_of(now())
    counted = Counted(today, f"account:{account_id}", caps.person)
    amount = rows.counter(session, today, counted.subject)
    return Used(today, counted.whose, amount.tokens, amount.micros / 1_000_000, counted.cap, counted.returns, 0)


def _used(session: Session, counted: Counted) -> Used:
    most = rows.highest(session, counted.period, counted.subject.partition(":")[0])
    return Used(
        counted.period,
        counted.whose,
        most.tokens,
        most.micros / 1_000_000,
        counted.cap,
        counted.returns,
        most.reached,
    )


def stop(session: Session) -> None:
    """No process sends a call from its next one on; those in flight are kept."""
    rows.switch(session, stopped=True)


def start(session: Session) -> None:
    """Calls are sent again, as far as caps allow."""
    rows.switch(session, stopped=False)
