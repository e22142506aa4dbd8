"""Imports: one row for each file, paste or sample that was brought in."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from app.storage.tables import ImportBatch


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


def report(session: Session, batch: ImportBatch, document: dict[str, Any]) -> None:
    """Keeps what the person was told about the import."""
    batch.report = document
    session.add(batch)
    session.flush()
