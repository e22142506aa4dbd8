"""Addresses as digests under a key that never leaves the database and is changed every two weeks.

A digest begins with a tag of its key. While the earlier key is still kept, for a day, whoever comes from an address takes along
what was counted for it, so that no limit of the running day begins anew. What was not seen in that day is forgotten with the key:
nobody can tell any more which address it was. (Calls in flight while their address is carried over keep their reservation.)
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.moments import is_within
from app.storage.spending.spending import THE_SWITCH, make_row, make_switch
from app.storage.tables import Account, SpendCounter, SpendingSwitch

KEY_FOR = timedelta(days=14)
EARLIER_FOR = timedelta(days=1)
OF_ADDRESSES = "address:"


def digest_of(session: Session, address: str) -> str:
    """The address as it is kept. What is counted under the earlier key is from now on counted under this one."""
    make_switch(session)
    keys = select(SpendingSwitch.secret, SpendingSwitch.earlier_secret).where(SpendingSwitch.name == THE_SWITCH)
    secret, earlier = session.exec(keys).one()
    digest = _digest(secret, address)
    if earlier:
        _carry_over(session, _digest(earlier, address), digest)
    return digest


def change_key(session: Session, at: datetime) -> None:
    """A new key where the present one is two weeks old; the present one is then the earlier one."""
    make_switch(session)
    row = session.exec(select(SpendingSwitch).where(SpendingSwitch.name == THE_SWITCH).with_for_update()).one()
    if row.key_since is None or not is_within(row.key_since, at, KEY_FOR):
        row.earlier_secret, row.secret, row.key_since = row.secret, secrets.token_hex(32), at
        session.add(row)


def forget_earlier_key(session: Session, at: datetime) -> None:
    """A day after the change: the earlier key, and every digest that was not carried over."""
    row = session.get(SpendingSwitch, THE_SWITCH)
    if row is None or not row.earlier_secret or (row.key_since and is_within(row.key_since, at, EARLIER_FOR)):
        return
    tag = _tag(row.secret)
    connection = session.connection()
    others = [col(Account.came_from) != "", ~col(Account.came_from).startswith(tag)]
    connection.execute(sa.update(Account).where(*others).values(came_from=""))
    subject = col(SpendCounter.subject)
    connection.execute(
        sa.delete(SpendCounter).where(subject.startswith(OF_ADDRESSES), ~subject.startswith(OF_ADDRESSES + tag))
    )
    mine = [col(SpendingSwitch.name) == THE_SWITCH, col(SpendingSwitch.earlier_secret) == row.earlier_secret]
    connection.execute(sa.update(SpendingSwitch).where(*mine).values(earlier_secret=""))


def _digest(secret: str, address: str) -> str:
    return _tag(secret) + hmac.new(secret.encode(), address.encode(), "sha256").hexdigest()[:48]


def _tag(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:8] + "."


def _carry_over(session: Session, old: str, new: str) -> None:
    moved = sa.update(Account).where(col(Account.came_from) == old).values(came_from=new)
    session.connection().execute(moved)
    counters = select(SpendCounter).where(col(SpendCounter.subject).startswith(OF_ADDRESSES + old))
    for row in session.exec(counters.order_by(SpendCounter.period, SpendCounter.subject).with_for_update()).all():
        key = {"period": row.period, "subject": row.subject.replace(old, new)}
        make_row(session, SpendCounter, key)
        table = sa.inspect(SpendCounter).local_table.c
        more = {
            "calls": table.calls + row.calls,
            "tokens": table.tokens + row.tokens,
            "micros": table.micros + row.micros,
            "told": sa.case((table.told < row.told, row.told), else_=table.told),
        }
        here = [table.period == key["period"], table.subject == key["subject"]]
        session.connection().execute(sa.update(SpendCounter).where(*here).values(more))
        session.delete(row)
    session.flush()
