"""How often somebody did what is limited, the same for every process and after every restart.

One row a subject in `spend_counter`, of the period "rate": `told` is the number of the window, `calls` the uses in it, `tokens` those
in the window before, of which as much still counts as of that window is less than one length ago. A use is counted in the transaction
of the request, so what fails is not counted here, and it costs no transaction of its own.
"""

from __future__ import annotations

import math
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from app.storage.spending.spending import make_row
from app.storage.tables import SpendCounter

PERIOD = "rate"
_MINE = (col(SpendCounter.period) == PERIOD, col(SpendCounter.subject) == sa.bindparam("of"))
_READ = (
    sa.select(col(SpendCounter.told), col(SpendCounter.calls), col(SpendCounter.tokens)).where(*_MINE).with_for_update()
)
_COUNT = sa.update(SpendCounter).where(*_MINE)


def use(session: Session, subject: str, most: int, seconds: int, at: datetime) -> tuple[bool, int, int]:
    """Counts one use where there is room: whether there was, how many are left, and in how many seconds more are."""
    told, calls, before = _locked(session, subject)
    window, gone = divmod(at.timestamp(), seconds)
    number = max(int(window), told) if int(window) + 1 >= told else int(window)  # a clock may be a little behind
    if number != told:
        calls, before = 0, calls if number == told + 1 else 0
    used = calls + before * (1 - gone / seconds)
    is_allowed = used + 1 <= most
    counted = {"of": subject, "told": number, "calls": calls + is_allowed, "tokens": before}
    session.connection().execute(_COUNT, counted)
    return is_allowed, max(0, math.floor(most - used - is_allowed)), max(1, math.ceil(seconds - gone))


def _locked(session: Session, subject: str) -> tuple[int, int, int]:
    """The row's window, the uses in it and in the one before; the row is made where there is none."""
    found = session.connection().execute(_READ, {"of": subject}).first()
    if found is None:
        make_row(session, SpendCounter, {"period": PERIOD, "subject": subject})
        found = session.connection().execute(_READ, {"of": subject}).one()
    told, calls, before = found
    return told, calls, before
