"""What was spent, by counter and by use, and the switch that stops it. Every process reads and writes the same rows.

A counter is one subject (an account, an address, an import, the site) in one period (a day or a month in UTC, or ever). A call is
added to all of its counters in one transaction before it is sent, or to none; settled, they are changed by the difference. Each
addition looks and writes in one statement, which on Postgres waits for the row and looks again, so caps hold however many processes
there are. An account's erasure takes nothing back from the site's counters.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from app.domain.errors import SpendingRefused
from app.domain.spending import LEVELS, STOPPED, Counted
from app.storage.database import Database
from app.storage.tables import SpendCounter, SpendingSwitch, SpendUse, now

log = logging.getLogger(__name__)
THE_SWITCH = "all"


@dataclass(frozen=True, slots=True)
class Amount:
    """So many calls, tokens and micros of a dollar; may be negative where a reservation is settled below it."""

    calls: int
    tokens: int
    micros: int


@dataclass(frozen=True, slots=True)
class Highest:
    """The most tokens and micros of any subject of a kind, and how many of them have reached their cap."""

    tokens: int
    micros: int
    reached: int


class CapReached(Exception):
    """The counter that refused; whoever adds rolls back, has `tell_reached` tell of it, and refuses in its words."""

    def __init__(self, counted: Counted) -> None:
        super().__init__(counted.period)
        self.counted = counted


def check_switch(session: Session) -> None:
    """Raises SpendingRefused while all spending is stopped. Until this transaction ends nobody can stop it: when stopping has
    returned, no reservation is under way that had not seen it."""
    found = select(SpendingSwitch.is_stopped).where(SpendingSwitch.name == THE_SWITCH).with_for_update(read=True)
    is_stopped = session.exec(found).first()
    if is_stopped is None:
        make_switch(session)
        is_stopped = session.exec(found).one()
    if is_stopped:
        raise SpendingRefused(STOPPED)


def stopped_at(session: Session) -> datetime | None:
    """Since when all spending is stopped; None while it is not."""
    row = session.get(SpendingSwitch, THE_SWITCH)
    return row.changed_at if row and row.is_stopped else None


def switch(session: Session, *, stopped: bool) -> None:
    """Stops or starts all spending, for every process from its next call on."""
    make_switch(session)
    changed = sa.update(SpendingSwitch).values(is_stopped=stopped, changed_at=now())
    session.connection().execute(changed)


def forget_days_before(session: Session, day: str) -> None:
    """Deletes the counters of people and addresses of every day before this one. The site's, which hold nobody, stay."""
    table = sa.inspect(SpendCounter).local_table.c
    is_day = table.period.like("____-__-__")
    session.connection().execute(sa.delete(SpendCounter).where(is_day, table.period < day, table.subject != "site"))


def add(session: Session, counters: Sequence[Counted], amount: Amount) -> list[str]:
    """Adds to every counter, in the order given; gives what the log is to say once this is committed. Raises CapReached
    where one would pass its cap; then the transaction is to be rolled back."""
    lines = []
    for counted in counters:
        table = sa.inspect(SpendCounter).local_table.c
        where = [table.period == counted.period, table.subject == counted.subject]
        make_row(session, SpendCounter, {"period": counted.period, "subject": counted.subject})
        cap = counted.cap
        within = [
            *([table.tokens + amount.tokens <= cap.tokens] if cap.tokens else []),
            *([table.micros + amount.micros <= cap.micros] if cap.micros else []),
        ]
        added = sa.update(SpendCounter).where(*where, *within).values(_more(table, amount))
        row = session.connection().execute(added.returning(table.tokens, table.micros, table.told)).first()
        if row is None:
            raise CapReached(counted)
        level = cap.level(row.tokens, row.micros)
        if level > row.told:
            session.connection().execute(sa.update(SpendCounter).where(*where).values(told=level))
            lines.append(_line(counted, level))
    return lines


def tell_reached(database: Database, counted: Counted) -> None:
    """Says once in the log that a cap is used up: the call that would have passed it was refused."""
    table = sa.inspect(SpendCounter).local_table.c
    mine = [table.period == counted.period, table.subject == counted.subject]
    with database.writing() as session:
        # A cap smaller than one call has no row yet, for the reservation was rolled back.
        make_row(session, SpendCounter, {"period": counted.period, "subject": counted.subject})
        told = sa.update(SpendCounter).where(*mine, table.told < 100).values(told=100)
        is_first = session.connection().execute(told.returning(table.told)).first() is not None
    if is_first:
        log.warning("%s", _line(counted, 100))


def correct(session: Session, counted: Sequence[Mapping[str, str]], amount: Amount) -> None:
    """Changes the counters of an earlier call by the difference, whatever their caps."""
    table = sa.inspect(SpendCounter).local_table.c
    for each in counted:
        session.connection().execute(
            sa.update(SpendCounter)
            .where(table.period == each["period"], table.subject == each["subject"])
            .values(_more(table, amount))
        )


def note_use(session: Session, day: str, model: str, purpose: str, amount: Amount) -> None:
    """Adds to what is shown by day, model and purpose."""
    table = sa.inspect(SpendUse).local_table.c
    key = {"day": day, "model": model, "purpose": purpose}
    make_row(session, SpendUse, key)
    mine = [table[name] == value for name, value in key.items()]
    session.connection().execute(sa.update(SpendUse).where(*mine).values(_more(table, amount)))


def uses(session: Session, since: str) -> list[SpendUse]:
    """By day, newest first, model and purpose, from a day on."""
    rows = select(SpendUse).where(col(SpendUse.day) >= since)
    return list(session.exec(rows.order_by(col(SpendUse.day).desc(), col(SpendUse.model), col(SpendUse.purpose))).all())


def counter(session: Session, period: str, subject: str) -> Amount:
    """What one counter holds by now."""
    row = session.get(SpendCounter, (period, subject))
    return Amount(row.calls, row.tokens, row.micros) if row else Amount(0, 0, 0)


def highest(session: Session, period: str, kind: str) -> Highest:
    """The most that any subject of this kind ("site", "account", "address", "import") has used in the period."""
    table = sa.inspect(SpendCounter).local_table.c
    mine = sa.or_(table.subject == kind, table.subject.startswith(f"{kind}:"))
    reached = sa.func.coalesce(sa.func.sum(sa.case((table.told >= LEVELS[-1], 1), else_=0)), 0)
    most = [sa.func.coalesce(sa.func.max(column), 0) for column in (table.tokens, table.micros)]
    row = session.connection().execute(sa.select(*most, reached).where(table.period == period, mine)).one()
    return Highest(*map(int, row))


def make_switch(session: Session) -> None:
    """Makes the row of the switch, off, with a key for addresses, unless it is there."""
    row = {"name": THE_SWITCH, "is_stopped": False, "secret": secrets.token_hex(32), "changed_at": now()}
    insert = _insert(session)(SpendingSwitch).values(**row)
    session.connection().execute(insert.on_conflict_do_nothing(index_elements=["name"]))


def _more(table: Any, amount: Amount) -> dict[str, Any]:
    return {
        "calls": table.calls + amount.calls,
        "tokens": table.tokens + amount.tokens,
        "micros": table.micros + amount.micros,
    }


def make_row(session: Session, table: type[Any], key: Mapping[str, str]) -> None:
    """Makes the counter with nothing in it, unless it is there."""
    insert = _insert(session)(table).values(**key, calls=0, tokens=0, micros=0)
    session.connection().execute(insert.on_conflict_do_nothing(index_elements=list(key)))


def _insert(session: Session) -> Any:
    return postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert


def _line(counted: Counted, level: int) -> str:
    return f"spending: {level} % of what is allowed for {counted.whose} is used ({counted.period})"
