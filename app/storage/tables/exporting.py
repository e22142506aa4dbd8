"""Exports that were made."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.storage.tables.columns import id_column, reference, time_column


class ExportRow(SQLModel, table=True):
    """A research export that was made: what, by whom, how many rows, and the digest of its bytes."""

    __tablename__ = "export"
    export_id: str = id_column()
    requested_by: str | None = reference("account.account_id", nullable=True, ondelete="SET NULL")
    file_format: str = Field(max_length=16)
    rows: int | None = Field(default=None)
    sha256: str = Field(default="", max_length=64)
    created_at: datetime = time_column()
    finished_at: datetime | None = time_column(nullable=True)
