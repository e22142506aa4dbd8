"""Stopping two answers while they are being written, and throwing a pair away. Their worker ends the calls within seconds."""

from __future__ import annotations

from app.domain.errors import ChangedMeanwhile
from app.storage.choosing import comparisons, stopped
from app.storage.database import Session
from app.storage.people import accounts
from app.storage.working import job_requests


def stop(session: Session, account_id: str, comparison_id: str) -> bool:
    """Stops the writing of both answers, and keeps as much of each as is shown; whether they can be chosen between now. Does nothing
    where none is being written. Raises NotFound.

    What the calls have cost so far stays on the ledger.
    """
    job_requests.lock(session, job_requests.AWAITED, comparison_id)
    accounts.lock(session, account_id)
    found = comparisons.find(session, account_id, comparison_id)
    if found.state == "pending" and found.row.source == "typed":
        stopped.keep(session, found, len(stopped.shown(found.first, found.second)[0]))
    return found.state == "ready"


def throw_away(session: Session, account_id: str, comparison_id: str) -> None:
    """Deletes a typed prompt that has no verdict with both its answers, written or not. What they have cost stays on the ledger.
    Raises NotFound, and ChangedMeanwhile where it was judged."""
    job_requests.lock(session, job_requests.AWAITED, comparison_id)
    accounts.lock(session, account_id)
    found = comparisons.find(session, account_id, comparison_id)
    if found.verdict is not None or found.row.source != "typed":
        raise ChangedMeanwhile("Only a prompt of your own that you have not judged can be thrown away.")
    comparisons.drop(session, found)
