"""What an archive of another product holds, kept for a day until its person has said what to take; and texts in their own words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.storage.tables.columns import id_column, json_column, reference, time_column


class Archive(SQLModel, table=True):
    """One archive that was read. The file itself is not kept; `size` is about what its rows take in bytes. `report` is what was found
    (domain/transcripts/archives/report), `own_words` the texts in the person's own words. All of it is deleted at `expires_at`."""

    __tablename__ = "archive"
    archive_id: str = id_column()
    account_id: str = reference("account.account_id")
    name: str = Field(default="", max_length=200)
    product: str = Field(default="", max_length=40)
    size: int = Field(default=0, sa_type=sa.BigInteger)
    report: dict[str, Any] = json_column()
    own_words: list[str] = json_column(list)
    created_at: datetime = time_column()
    expires_at: datetime = time_column()


class ArchiveChat(SQLModel, table=True):
    """One conversation of an archive. `identity` is that of the conversation it becomes; `held` is all of it as JSON
    (domain/transcripts/archives/chats). `counts` are its choices by grade, `personal` what personal data it seems to hold by kind."""

    __tablename__ = "archive_chat"
    archive_id: str = Field(primary_key=True, foreign_key="archive.archive_id", ondelete="CASCADE", max_length=36)
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    title: str = Field(default="", max_length=200)
    begun_at: datetime | None = time_column(nullable=True)
    n_turns: int = Field(default=0)
    identity: str = Field(max_length=64)
    counts: dict[str, int] = json_column()
    personal: dict[str, int] = json_column()
    has_choices: bool = Field(default=False)
    is_ticked: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    held: str = Field(sa_type=sa.Text)


class OwnWords(SQLModel, table=True):
    """A text in which the person says how to answer, or who they are. `source` names the product; `is_wish` says that it was a turn that
    pushed back on an answer, and no setting."""

    __tablename__ = "own_words"
    __table_args__ = (sa.UniqueConstraint("account_id", "text_sha256"),)
    words_id: str = id_column()
    account_id: str = reference("account.account_id")
    import_id: str = reference("import_batch.import_id")
    source: str = Field(default="", max_length=40)
    is_wish: bool = Field(default=False)
    text: str = Field(sa_type=sa.Text)
    text_sha256: str = Field(max_length=64)
    created_at: datetime = time_column()
