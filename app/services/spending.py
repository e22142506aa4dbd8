"""What operators see and do about spending: the rows by day, model and purpose, and the switch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.domain.spending import Cap, Caps, day_of
from app.storage import spending as rows
from app.storage.database import Session
from app.storage.tables import now

SHOWN_DAYS = 31


@dataclass(frozen=True, slots=True)
class Used:
    """What the site used of one cap."""

    period: str
    tokens: int
    dollars: float
    cap: Cap

    def as_json(self) -> Mapping[str, Any]:
        """0 for a cap means none."""
        return {
            "period": self.period,
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
    """Whether all is stopped, today's and this month's caps, and the lines of the last 31 days, the newest first."""

    is_stopped: bool
    used: tuple[Used, ...]
    lines: tuple[Line, ...]


def show(session: Session, caps: Caps) -> Spending:
    """What was spent; reservations of calls under way included. Calls no model."""
    today = now()
    used = []
    for period, cap in ((day_of(today), caps.site_day), (day_of(today)[:7], caps.site_month)):
        amount = rows.counter(session, period, "site")
        used.append(Used(period, amount.tokens, amount.micros / 1_000_000, cap))
    lines = tuple(
        Line(row.day, row.model, row.purpose, row.calls, row.tokens, row.micros / 1_000_000)
        for row in rows.uses(session, day_of(today - timedelta(days=SHOWN_DAYS - 1)))
    )
    return Spending(rows.is_stopped(session), tuple(used), lines)


def stop(session: Session) -> None:
    """No process sends a call from its next one on; those in flight are kept."""
    rows.switch(session, stopped=True)


def start(session: Session) -> None:
    """Calls are sent again, as far as caps allow."""
    rows.switch(session, stopped=False)
