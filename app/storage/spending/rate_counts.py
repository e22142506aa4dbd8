"""How often somebody did what is limited, the same for every process and after every restart.

One row a subject in `spend_counter`, of the period "rate": `told` is the number of the window, `calls` the uses in it, `tokens` those
in the window before (domain/people/windows). A use is counted in the transaction
of the request, so what fails is not counted here, and it costs no transaction of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from app.domain.people import windows
from app.domain.people.windows import Use, Window
from app.storage.spending.spending import make_row
from app.storage.tables import SpendCounter

PERIOD = "rate"
_MINE = (col(SpendCounter.period) == PERIOD, col(SpendCounter.subject) == sa.bindparam("of"))
_READ = (
    sa.select(col(SpendCounter.told), col(SpendCounter.calls), col(SpendCounter.tokens)).where(*_MINE).with_for_update()
)
_COUNT = sa.update(SpendCounter).where(*_MINE)


def use(session: Session, subject: str, most: int, seconds: int, at: datetime) -> Use:
    """Counts one use where there is room, of at most `most` in `seconds`."""
    found = windows.use(_locked(session, subject), most, seconds, at.timestamp())
    window = found.window
    counted = {"of": subject, "told": window.number, "calls": window.used, "tokens": window.before}
    session.connection().execute(_COUNT, counted)
    return found


def _locked(session: Session, subject: str) -> Window:
    """The row's window; the row is made where there is none."""
    found: Any = session.connection().execute(_READ, {"of": subject}).first()
    if found is None:
        make_row(session, SpendCounter, {"period": PERIOD, "subject": subject})
        found = session.connection().execute(_READ, {"of": subject}).one()
    return Window(*found)
