"""Texts in the person's own words. Every query is of one account."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.domain.errors import NotFound
from app.domain.texts.storable_text import plain
from app.storage.tables import OwnWords, is_id


def digest_of(text: str) -> str:
    """By what is seen of the text."""
    return hashlib.sha256(plain(text).encode("utf-8", "surrogatepass")).hexdigest()


def known(session: Session, account_id: str) -> set[str]:
    """The digests of the account's texts."""
    return set(session.exec(select(OwnWords.text_sha256).where(OwnWords.account_id == account_id)))


def add(session: Session, rows: Sequence[OwnWords]) -> None:
    """Keeps texts that are not there yet."""
    session.add_all(rows)
    session.flush()


def of_account(session: Session, account_id: str) -> Sequence[OwnWords]:
    """The account's texts, settings before wishes, the oldest first."""
    rows = select(OwnWords).where(OwnWords.account_id == account_id)
    order = (col(OwnWords.is_wish), col(OwnWords.created_at), col(OwnWords.text_sha256))
    return session.exec(rows.order_by(*order)).all()


def delete(session: Session, account_id: str, words_id: str) -> None:
    """Deletes one. Raises NotFound."""
    row = session.get(OwnWords, words_id) if is_id(words_id) else None
    if row is None or row.account_id != account_id:
        raise NotFound("There is no such text, or it is not yours.")
    session.delete(row)
    session.flush()
