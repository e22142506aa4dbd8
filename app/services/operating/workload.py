"""What operators see of the work: what waits, what is under way, how many workers live, and which models fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domain.model_standing import Standing
from app.domain.model_trouble import Trouble
from app.storage.database import Session
from app.storage.tables import now
from app.storage.working import heartbeats, model_standings, model_troubles
from app.storage.working import workload as rows
from app.storage.working.workload import Amount, Failed

FAILURES_OF = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Workload:
    """`troubles` are the models whose provider is in trouble now, `failures` the failed calls of the last 24 hours, `standings`
    how the last calls of each model that wrote answers ended."""

    workers: int
    waiting: Mapping[str, Amount]
    troubles: Mapping[str, Trouble]
    failures: Sequence[Failed]
    standings: Mapping[str, Standing]


def show(session: Session) -> Workload:
    """The state of this moment. Calls no model."""
    return Workload(
        workers=len(heartbeats.living(session, heartbeats.SILENT_SECONDS)),
        waiting={
            "Work that no worker has taken up yet": rows.not_taken(session),
            "Runs that wait": rows.runs(session, "queued"),
            "Runs under way": rows.runs(session, "running"),
            "Answers to be written": rows.answers(session),
            "Imports whose answers are being written": rows.imports(session),
        },
        troubles=model_troubles.find(session),
        failures=rows.failures(session, now() - FAILURES_OF),
        standings=model_standings.find(session),
    )
