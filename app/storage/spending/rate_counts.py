"""How often somebody did what is limited, the same for every process and after every restart.

One row a subject in `spend_counter`, of the period "rate": `told` is the number of the window, `calls` the uses in it, `tokens` those
in the window before, of which as much still counts as of that window is less than one length ago. A use is counted in the transaction
of the request, so what fails is not counted here, and it costs no transaction of its own.
"""

from __future__ import annotations

import math
from datetime import datetime

from sqlmodel import Session, col, select

from app.storage.spending.spending import make_row
from app.storage.tables import SpendCounter

PERIOD = "rate"


def use(session: Session, subject: str, most: int, seconds: int, at: datetime) -> tuple[bool, int, int]:
    """Counts one use where there is room: whether there was, how many are left, and in how many seconds more are."""
    make_row(session, SpendCounter, {"period": PERIOD, "subject": subject})
    mine = select(SpendCounter).where(col(SpendCounter.period) == PERIOD, col(SpendCounter.subject) == subject)
    row = session.exec(mine.with_for_update()).one()
    window, gone = divmod(at.timestamp(), seconds)
    number = (
        max(int(window), row.told) if int(window) + 1 >= row.told else int(window)
    )  # a clock may be a little behind
    if number != row.told:
        row.tokens = row.calls if number == row.told + 1 else 0
        row.calls, row.told = 0, number
    used = row.calls + row.tokens * (1 - gone / seconds)
    is_allowed = used + 1 <= most
    if is_allowed:
        row.calls += 1
    session.add(row)
    session.flush()
    return is_allowed, max(0, math.floor(most - used - is_allowed)), max(1, math.ceil(seconds - gone))
