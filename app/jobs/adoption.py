"""Heartbeats, and the adoption of work whose worker has gone silent.

The engine recovers by itself only the work of a process with the same executor id, and ours are unique. So each worker
tells the database that it lives, and puts the work of any that does not back into its queue.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass

from dbos import DBOS, WorkflowStatus

from app.jobs.workflows import Stranded
from app.storage.database import Database
from app.storage.working import heartbeats

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """How often a worker tells that it lives, and after what silence its work is adopted, in seconds."""

    every: float = 2.0
    stale: float = heartbeats.SILENT_SECONDS


def beat(database: Database, executor_id: str) -> None:
    """Tells the database that this worker lives."""
    with database.writing() as session:
        heartbeats.beat(session, executor_id)


def adopt(database: Database, stale_seconds: float) -> list[str]:
    """Puts the work of silent workers back into its queue; gives the workflow ids. One worker at a time does so."""
    with database.reading() as session:
        if not _orphans(heartbeats.living(session, stale_seconds)):
            return []
    with database.writing() as session:
        heartbeats.lock_adoption(session)
        # Looked up again behind the lock: what another worker has just adopted and begun is no orphan any more.
        orphans = _orphans(heartbeats.living(session, stale_seconds))
        heartbeats.forget_long_gone(session)
        _back_to_queue(orphans)
    return [workflow.workflow_id for workflow in orphans]


def leave(database: Database, executor_id: str) -> None:
    """Gives this worker's own work back to the queues and removes its heartbeat, so that nobody waits for silence."""
    with database.writing() as session:
        heartbeats.lock_adoption(session)
        heartbeats.sign_off(session, executor_id)
        _back_to_queue([workflow for workflow in _pending() if workflow.executor_id == executor_id])


def _pending() -> list[WorkflowStatus]:
    return DBOS.list_workflows(
        status="PENDING", app_version=DBOS.application_version, load_input=False, load_output=False
    )


def _orphans(living: set[str]) -> list[WorkflowStatus]:
    return [workflow for workflow in _pending() if workflow.executor_id not in living]


def _back_to_queue(workflows: list[WorkflowStatus]) -> None:
    ids: dict[str | None, list[str]] = defaultdict(list)
    for workflow in workflows:
        ids[workflow.queue_name].append(workflow.workflow_id)
    for queue, waiting in ids.items():
        DBOS.resume_workflows(waiting, queue_name=queue)


def requeue(stranded: Stranded) -> None:
    """Puts this worker's own workflows that lost the database back into their queues; empties `stranded`."""
    for workflow_id, (queue, back_in_queue) in list(stranded.items()):
        DBOS.resume_workflows([workflow_id], queue_name=queue)
        del stranded[workflow_id]
        back_in_queue.set()


def loop(database: Database, executor_id: str, pace: Pace, stranded: Stranded, stop: threading.Event) -> None:
    """Beats and adopts until `stop` is set. A database that is away for a while is tried again."""
    last = time.monotonic()
    while not stop.wait(pace.every):
        try:
            beat(database, executor_id)
            requeue(stranded)
            # After a pause of our own (a laptop's sleep) the others are silent too; give them a turn to speak first.
            we_slept = time.monotonic() - last > pace.stale / 2
            last = time.monotonic()
            if not we_slept:
                for workflow_id in adopt(database, pace.stale):
                    log.warning("adopted %s from a silent worker", workflow_id)
        except Exception:
            log.exception("the heartbeat failed; trying again")
