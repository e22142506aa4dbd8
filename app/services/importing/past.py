"""What was brought in before: every file, paste and sample, with what became of it; and stopping what is still written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.storage.choosing import answers, imports
from app.storage.database import Session
from app.storage.people import accounts
from app.storage.tables import ImportBatch
from app.storage.working import heartbeats, job_requests


@dataclass(frozen=True)
class PastImport:
    """One import. `kind` is sample, pairs or conversation; `state` is working while alternatives are being written, then
    done. `skipped` counts what was left out, `pending` the answers still to be written; `stopped` says that its person has
    stopped it."""

    import_id: str
    kind: str
    state: str
    name: str
    found: int
    added: int
    doubled: int
    skipped: int
    created_at: datetime
    pending: int = 0
    stopped: bool = False

    @property
    def written(self) -> int:
        """Answers that need no model any more, written or failed."""
        return self.added - self.pending


def list_imports(session: Session, account_id: str, offset: int, limit: int) -> list[PastImport]:
    """The account's imports, newest first, a part of them."""
    return [_view(session, row) for row in imports.newest_first(session, account_id, offset, limit)]


def count_imports(session: Session, account_id: str) -> int:
    """How many imports the account has."""
    return imports.count(session, account_id)


def one_import(session: Session, account_id: str, import_id: str) -> PastImport:
    """One import. Raises NotFound."""
    return _view(session, imports.find(session, account_id, import_id))


def working(session: Session, account_id: str) -> list[PastImport]:
    """The imports whose answers are still being written, oldest first."""
    return [_view(session, row) for row in imports.working(session, account_id)]


def stop_import(session: Session, account_id: str, import_id: str) -> PastImport:
    """Stops the writing of an import's answers: at once where no worker is at it, else before its next call. What was
    written, or is under way and paid, stays; the rest is dropped. An import that is done stays as it is. Raises NotFound."""
    accounts.lock(session, account_id)
    batch = imports.find(session, account_id, import_id)
    is_begun = job_requests.is_begun(session, "alternatives", import_id)
    session.refresh(batch)  # a worker may have ended it before the lock was had
    if batch.state == "working":
        imports.stop(session, batch)
        if not (is_begun and heartbeats.living(session, heartbeats.SILENT_SECONDS)):
            job_requests.withdraw(session, "alternatives", import_id)
            answers.close_stopped(session, import_id)
            answers.close_import(session, import_id)
            session.refresh(batch)
    return _view(session, batch)


def _view(session: Session, row: ImportBatch) -> PastImport:
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
        pending=answers.pending_in_import(session, row.import_id) if row.state == "working" else 0,
        stopped=row.stopped_at is not None,
    )
