"""What columns are made with: ids, references, times, JSON and enumerations; and how constraints are named."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(sa.TypeDecorator[datetime]):
    """Aware UTC in and out on both databases; left alone, SQLite gives naive times back and Postgres its own zone's."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def new_id() -> str:
    return str(uuid.uuid4())


def is_id(text: str) -> bool:
    """Whether `text` can be an id at all; what cannot is never sent to a database (Postgres refuses NUL in text)."""
    return len(text) == 36 and all(letter in "0123456789abcdef-" for letter in text)


def now() -> datetime:
    return datetime.now(UTC)


def id_column() -> Any:
    return Field(default_factory=new_id, primary_key=True, max_length=36)


def reference(
    target: str, *, nullable: bool = False, ondelete: Literal["CASCADE", "SET NULL"] = "CASCADE", index: bool = True
) -> Any:
    return Field(
        default=None if nullable else ...,
        foreign_key=target,
        nullable=nullable,
        ondelete=ondelete,
        index=index,
        max_length=36,
    )


def time_column(*, nullable: bool = False) -> Any:
    if nullable:
        return Field(default=None, sa_type=UTCDateTime, nullable=True)
    return Field(default_factory=now, sa_type=UTCDateTime, nullable=False)


def json_column(empty: Callable[[], Any] = dict, **options: Any) -> Any:
    def made() -> Any:
        # Pydantic asks for a factory's signature at every row, and of a built-in it is read from a text: that takes 0.2 ms.
        return empty()

    return Field(default_factory=made, sa_type=sa.JSON, nullable=False, **options)


def one_of(name: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} in ({listed})", name=name)


def of_rows(which: sa.ColumnElement[bool] | sa.TextClause) -> dict[str, Any]:
    """For an index of some rows alone, on both databases; a query must ask in the same words."""
    return {"sqlite_where": which, "postgresql_where": which}
