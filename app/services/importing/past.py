"""What was brought in before: every file, paste and sample, with what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.storage import imports
from app.storage.database import Session
from app.storage.tables import ImportBatch


@dataclass(frozen=True)
class PastImport:
    """One import. `kind` is sample, pairs or conversation; `state` is working while alternatives are being written, then
    done. `skipped` counts what was left out."""

    import_id: str
    kind: str
    state: str
    name: str
    found: int
    added: int
    doubled: int
    skipped: int
    created_at: datetime


def list_imports(session: Session, account_id: str, offset: int, limit: int) -> list[PastImport]:
    """The account's imports, newest first, a part of them."""
    return [_view(row) for row in imports.newest_first(session, account_id, offset, limit)]


def count_imports(session: Session, account_id: str) -> int:
    """How many imports the account has."""
    return imports.count(session, account_id)


def one_import(session: Session, account_id: str, import_id: str) -> PastImport:
    """One import. Raises NotFound."""
    return _view(imports.find(session, account_id, import_id))


def _view(row: ImportBatch) -> PastImport:
    told = row.report
    skipped = told.get("skipped_in_all", len(told.get("skipped", [])))
    return PastImport(
        import_id=row.import_id,
        kind=row.kind,
        state=row.state,
        name=row.source_name,
        found=told.get("found", 0),
        added=told.get("added", 0),
        doubled=told.get("doubled", 0),
        skipped=skipped,
        created_at=row.created_at,
    )
