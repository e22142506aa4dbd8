"""Model calls and what they cost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.storage.tables.columns import id_column, json_column, one_of, reference, time_column


class ModelCall(SQLModel, table=True):
    """A committed reply; the reason why no answered call is paid twice. `scope_id` is a run, import or comparison."""

    __tablename__ = "model_call"
    __table_args__ = (sa.UniqueConstraint("scope_id", "digest"),)
    call_id: str = id_column()
    scope_id: str = Field(max_length=36, index=True)
    account_id: str = reference("account.account_id")
    digest: str = Field(max_length=64)
    purpose: str = Field(max_length=32)
    reply: dict[str, Any] = json_column()
    at: datetime = time_column()


class LedgerEntry(SQLModel, table=True):
    """One try at one call: reserved before it is sent, settled after. An entry that stays "reserved" was in flight
    when its worker died and counts as spent in full."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.UniqueConstraint("scope_id", "digest", "attempt"),
        one_of("state", "state", "reserved", "answered", "failed"),
    )
    entry_id: str = id_column()
    scope_id: str = Field(max_length=36, index=True)
    account_id: str = reference("account.account_id")
    digest: str = Field(max_length=64)
    attempt: int
    model: str = Field(max_length=200)
    purpose: str = Field(max_length=32)
    state: str = Field(default="reserved", max_length=16)
    prompt_tokens: int
    completion_tokens: int
    micros: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    """Millionths of a dollar, as far as the model's price is known."""
    counted: list[dict[str, Any]] = json_column(list, sa_column_kwargs={"server_default": "[]"})
    """The counters of `spend_counter` that it counts in: `[{"period", "subject"}]`."""
    reason: str = Field(default="", max_length=300)
    at: datetime = time_column()


class SpendCounter(SQLModel, table=True):
    """What one subject has used of its cap in one period, reservations included. `told` is the highest per cent of the cap
    that the log has told of."""

    __tablename__ = "spend_counter"
    period: str = Field(primary_key=True, max_length=10)
    subject: str = Field(primary_key=True, max_length=80)
    calls: int = Field(default=0, sa_type=sa.BigInteger)
    tokens: int = Field(default=0, sa_type=sa.BigInteger)
    micros: int = Field(default=0, sa_type=sa.BigInteger)
    told: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class SpendUse(SQLModel, table=True):
    """What was spent on one day by one model for one purpose; nobody's name is in it, so it outlives accounts."""

    __tablename__ = "spend_use"
    day: str = Field(primary_key=True, max_length=10)
    model: str = Field(primary_key=True, max_length=200)
    purpose: str = Field(primary_key=True, max_length=32)
    calls: int = Field(default=0, sa_type=sa.BigInteger)
    tokens: int = Field(default=0, sa_type=sa.BigInteger)
    micros: int = Field(default=0, sa_type=sa.BigInteger)


class SpendingSwitch(SQLModel, table=True):
    """The one switch that stops all spending, of one row; without it nothing is stopped."""

    __tablename__ = "spending_switch"
    name: str = Field(primary_key=True, max_length=16)
    is_stopped: bool = Field(default=False)
    secret: str = Field(max_length=64)
    """The key of the digests of addresses (`account.came_from`, `spend_counter`), in use since `key_since`."""
    key_since: datetime | None = time_column(nullable=True)
    earlier_secret: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    """The key before, for a day after the change; see storage/spending/address_keys.py."""
    changed_at: datetime = time_column()
