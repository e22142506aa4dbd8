"""Hands requests for work to the job engine, once each, whoever wrote them.

Web processes only write rows. The engine starts one workflow an id, so a crash between handing over and noting it, or
two workers at once, changes nothing.
"""

from __future__ import annotations

import logging
import threading

from dbos import DBOS, SetWorkflowID

from app.jobs.workflows import QUEUES, Workflows
from app.storage import job_requests
from app.storage.database import Database

log = logging.getLogger(__name__)

EVERY_SECONDS = 0.5


def hand_over(database: Database, workflows: Workflows) -> int:
    """Enqueues every request that waits; gives how many there were."""
    with database.reading() as session:
        waiting = job_requests.waiting(session)
    for request in waiting:
        with SetWorkflowID(request.workflow_id):
            DBOS.enqueue_workflow(QUEUES[request.kind], workflows.by_kind[request.kind], request.subject_id)
        with database.writing() as session:
            job_requests.mark_handed_over(session, request)
    return len(waiting)


def loop(database: Database, workflows: Workflows, stop: threading.Event) -> None:
    """Hands over until `stop` is set. A database that is away for a while is tried again."""
    while not stop.wait(EVERY_SECONDS):
        try:
            hand_over(database, workflows)
        except Exception:
            log.exception("handing work over failed; trying again")
