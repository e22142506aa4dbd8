"""Imports: one row for each file, paste or sample that was brought in."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from app.domain.errors import NotFound
from app.storage.tables import ImportBatch, is_id


def add(
    session: Session,
    *,
    account_id: str,
    kind: str,
    state: str,
    source_name: str,
    content_sha256: str,
) -> ImportBatch:
    """A new import; its report follows once it is known."""
    batch = ImportBatch(
        account_id=account_id, kind=kind, state=state, source_name=source_name, content_sha256=content_sha256
    )
    session.add(batch)
    session.flush()
    return batch


def find(session: Session, account_id: str, import_id: str) -> ImportBatch:
    """The account's import. Raises NotFound; somebody else's reads the same."""
    batch = session.get(ImportBatch, import_id) if is_id(import_id) else None
    if batch is None or batch.account_id != account_id:
        raise NotFound("There is no such import, or it is not yours.")
    return batch


def report(session: Session, batch: ImportBatch, document: dict[str, Any]) -> None:
    """Keeps what the person was told about the import."""
    batch.report = document
    session.add(batch)
    session.flush()
