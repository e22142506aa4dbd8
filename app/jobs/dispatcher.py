"""Hands requests for work to the job engine, once each, in turns by person.

Web processes only write rows. The engine starts one workflow an id, so a crash between handing over and noting it changes
nothing. One worker at a time hands over, for what a person has under way is counted over all of them.
"""

from __future__ import annotations

import logging
import threading

from dbos import DBOS, SetWorkflowID

from app.jobs.workflows import QUEUES, Workflows
from app.storage.database import Database
from app.storage.working import job_requests

log = logging.getLogger(__name__)

EVERY_SECONDS = 0.5
MOST_AT_ONCE = 20


def hand_over(database: Database, workflows: Workflows) -> int:
    """Enqueues the requests whose turn it is, a transaction each; gives how many there were."""
    for handed_over in range(MOST_AT_ONCE):
        with database.reading() as session:
            if not job_requests.waiting(session, 1):
                return handed_over
        with database.writing() as session:
            job_requests.lock_handing_over(session)
            # Looked up again behind the lock: another worker may just have handed it over.
            for request in job_requests.waiting(session, 1):
                with SetWorkflowID(request.workflow_id):
                    DBOS.enqueue_workflow(QUEUES[request.kind], workflows.by_kind[request.kind], request.subject_id)
                job_requests.mark_handed_over(session, request)
    return MOST_AT_ONCE


def loop(database: Database, workflows: Workflows, stop: threading.Event) -> None:
    """Hands over until `stop` is set. A database that is away for a while is tried again."""
    while not stop.wait(EVERY_SECONDS):
        try:
            hand_over(database, workflows)
        except Exception:
            log.exception("handing work over failed; trying again")
