"""Research exports: the list of those made, and the consented verdicts they are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from app.domain.export import ExportedVerdict
from app.domain.preference import Verdict
from app.storage import comparisons, consents
from app.storage.comparisons import Found
from app.storage.tables import ExportRow, now

NEEDED = ("choices", "texts")
"""A row holds choices and texts, so both switches must be on."""


def begin(session: Session, file_format: str, requested_by: str | None) -> str:
    """Puts an export on the list before its first byte leaves, and gives its id. Unfinished ones keep no row count."""
    row = ExportRow(file_format=file_format, requested_by=requested_by)
    session.add(row)
    session.flush()
    return row.export_id


def finish(session: Session, export_id: str, rows: int, sha256: str) -> None:
    """Notes what the finished file holds."""
    row = session.get(ExportRow, export_id)
    if row is not None:
        row.rows, row.sha256, row.finished_at = rows, sha256, now()
        session.add(row)


def newest_first(session: Session, limit: int = 50) -> Sequence[ExportRow]:
    """The exports made, newest first."""
    return session.exec(select(ExportRow).order_by(col(ExportRow.created_at).desc()).limit(limit)).all()


def consented_verdicts(session: Session, wanted: Sequence[tuple[str, str]]) -> list[ExportedVerdict]:
    """The verdicts of (account, comparison) as they stand at this moment, in that order; those left out whose account
    has not both switches on, and samples."""
    by_account: dict[str, list[str]] = {}
    for account_id, comparison_id in wanted:
        by_account.setdefault(account_id, []).append(comparison_id)
    exported = {}
    for account_id, comparison_ids in by_account.items():
        versions = consents.versions_granted(session, account_id, NEEDED)
        for found in comparisons.find_many(session, account_id, comparison_ids) if versions else []:
            if versions and found.verdict is not None and not found.row.is_sample and found.state == "ready":
                exported[found.row.comparison_id] = _exported(found, versions)
    return [exported[comparison_id] for _, comparison_id in wanted if comparison_id in exported]


def _exported(found: Found, versions: Mapping[str, str]) -> ExportedVerdict:
    verdict = found.verdict
    assert verdict is not None
    return ExportedVerdict(
        account_id=found.row.account_id,
        comparison=found.comparison,
        verdict=Verdict(verdict.value),
        first_model=found.first.model,
        second_model=found.second.model,
        first_style=found.first.style,
        second_style=found.second.style,
        side_seed=found.row.side_seed,
        milliseconds=verdict.milliseconds,
        given_at=verdict.given_at,
        source=found.row.source,
        imported_verdict=verdict.imported,
        consent_versions=versions,
    )
