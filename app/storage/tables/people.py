"""People: accounts, what opens them, what they were asked and consented to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.storage.tables.columns import id_column, json_column, one_of, reference, time_column


class Account(SQLModel, table=True):
    """A human; a guest until an identity is linked. `code` is what they tell an operator to be granted a role.

    While `suspended_at` is set nothing is done for it and nothing of it is exported; see services/people/accounts.suspend.
    """

    __tablename__ = "account"
    __table_args__ = (one_of("role", "role", "person", "researcher", "operator"),)
    account_id: str = id_column()
    code: str = Field(max_length=16, unique=True)
    role: str = Field(default="person", max_length=16)
    language: str = Field(default="en", max_length=16)
    came_from: str = Field(default="", max_length=64, index=True, sa_column_kwargs={"server_default": ""})
    """A digest of the address that brought a guest, which the cap of that address counts by; empty: not known."""
    created_at: datetime = time_column()
    suspended_at: datetime | None = time_column(nullable=True)
    keeps_from: datetime | None = time_column(nullable=True)
    """Of accounts from before guests were erased after a time: when that time began to count; else it does from `created_at`."""
    stored_bytes: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    stored_conversations: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """What was brought in and typed (storage/stored.py)."""


class SignIn(SQLModel, table=True):
    """One browser or program that is signed in; only the SHA-256 of its token is kept.

    A program's token has a name and scopes, separated by spaces; no scopes means all that the account may.
    """

    __tablename__ = "sign_in"
    sign_in_id: str = id_column()
    account_id: str = reference("account.account_id")
    token_sha256: str = Field(max_length=64, unique=True)
    kind: str = Field(default="browser", max_length=16)
    name: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    scopes: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    provider: str = Field(default="", max_length=30, sa_column_kwargs={"server_default": ""})
    """By which provider somebody signed in here; "" for a guest, by words, and for a program."""
    created_at: datetime = time_column()
    last_seen_at: datetime = time_column()
    expires_at: datetime = time_column()


class RecoverySecret(SQLModel, table=True):
    """What opens an account again, one at most; only its SHA-256 is kept (services/people/recovering.py)."""

    __tablename__ = "recovery_secret"
    account_id: str = Field(foreign_key="account.account_id", ondelete="CASCADE", primary_key=True, max_length=36)
    secret_sha256: str = Field(max_length=64, unique=True)
    made_at: datetime = time_column()
    used_at: datetime | None = time_column(nullable=True)


class IdentityRow(SQLModel, table=True):
    """Who an account's person is at a provider, by issuer and subject alone; one account an identity."""

    __tablename__ = "identity"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)
    identity_id: str = id_column()
    account_id: str = reference("account.account_id")
    provider: str = Field(max_length=30)
    """The name in the settings under which it was linked."""
    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=255)
    linked_at: datetime = time_column()
    used_at: datetime = time_column()


class SignInAttempt(SQLModel, table=True):
    """Somebody on the way to a provider and back, for ten minutes and one return; only in the browser that began it.

    `account_id` is whom an identity is to be linked to ("link"). `issuer` and `subject` are filled where it was proved that the person
    has another account, and they are asked what becomes of what this browser holds ("choose").
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (one_of("purpose", "purpose", "enter", "link", "choose"),)
    attempt_id: str = id_column()
    state_sha256: str = Field(max_length=64, unique=True)
    browser_sha256: str = Field(max_length=64)
    purpose: str = Field(max_length=16)
    account_id: str | None = reference("account.account_id", nullable=True)
    provider: str = Field(max_length=30)
    nonce: str = Field(max_length=64)
    verifier: str = Field(max_length=128)
    return_to: str = Field(max_length=500)
    issuer: str = Field(default="", max_length=300)
    subject: str = Field(default="", max_length=255)
    created_at: datetime = time_column()


class RequestKey(SQLModel, table=True):
    """An Idempotency-Key: the digest of the request it came with, and the reply that is given again for a day."""

    __tablename__ = "request_key"
    __table_args__ = (sa.UniqueConstraint("account_id", "key"),)
    key_id: str = id_column()
    account_id: str = reference("account.account_id")
    key: str = Field(max_length=200)
    request_sha256: str = Field(max_length=64)
    status: int
    location: str = Field(default="", max_length=300)
    reply: dict[str, Any] = json_column()
    created_at: datetime = time_column()


class Consent(SQLModel, table=True):
    """One turn of one switch; the newest row a scope counts. The text is kept by version and digest."""

    __tablename__ = "consent"
    __table_args__ = (one_of("scope", "scope", "choices", "texts"),)
    consent_id: str = id_column()
    account_id: str = reference("account.account_id")
    scope: str = Field(max_length=16)
    granted: bool
    text_version: str = Field(max_length=32)
    text_sha256: str = Field(max_length=64)
    given_at: datetime = time_column()


class AuditEntry(SQLModel, table=True):
    """One act on an account or an export that somebody may have to answer for: who, on whom, when; never a text of anybody's.

    `about` and `by` are codes of accounts, and `by` else "itself" (the person), "command" or "clock". It outlives the account, by a year.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (one_of("act", "act", "role", "suspension", "lift", "erasure", "union", "export"),)
    entry_id: str = id_column()
    act: str = Field(max_length=16)
    about: str = Field(default="", max_length=16)
    by: str = Field(max_length=16)
    detail: str = Field(default="", max_length=40)
    at: datetime = time_column()
