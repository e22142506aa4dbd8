"""The worker process: dispatcher, heartbeat and job engine, until it is asked to stop."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from app.adapters.configured import words_if_there
from app.adapters.prices import caps_of
from app.adapters.roster.listing import Roster
from app.jobs import adoption, dispatcher, engine, model_checks, tidying
from app.jobs.durable_model import Drain
from app.jobs.getting_to_know import ask_and_learn
from app.jobs.workflows import Workflows
from app.services.calling.habits_rows import HabitsRows
from app.services.calling.knowing import known
from app.services.calling.model_calls import Completer
from app.settings import Settings
from app.storage.database import Database
from app.storage.working import job_requests
from app.surroundings.garbage import pass_over_what_the_start_made

log = logging.getLogger(__name__)

DRAIN_SECONDS = 15.0
INDUCTIONS_AT_ONCE = 4
ANSWERS_AT_ONCE = 32
"""They only wait for the provider: one person's that have to wait must leave places for the others'."""


def run(
    settings: Settings, *, pace: adoption.Pace | None = None, completer_for: Callable[[str], Completer] | None = None
) -> None:
    """Works until SIGTERM or SIGINT, then lets the calls in flight finish (15 s at most), gives its work back and
    ends the process with status 0. The database must be migrated; models come from the settings unless given."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)

    pace = pace or adoption.Pace()
    database = Database(settings.app_database_url, gives_way=True, forgotten_log=settings.forgotten)
    executor_id = engine.new_executor_id()
    drain = Drain()
    engine.configure(settings, executor_id)
    roster = Roster(settings)
    caps = caps_of(settings, roster.price_of)
    kept = HabitsRows(database, caps)

    async def known_for(name: str) -> Completer:
        if completer_for:
            return completer_for(name)
        found = roster.completer(name)
        if found.profile.small:
            return await asyncio.to_thread(words_if_there, found, settings.embedded_url)
        return await known(found, settings, kept)

    workflows = Workflows(database, known_for, drain, caps, lambda: roster.listing.candidates)
    adoption.beat(database, executor_id)
    # One induction at a time where all share one small machine's model; answers a person waits for get a place beside it.
    own_model = settings.uses_embedded_model
    engine.launch(
        inductions_at_once=1 if own_model else INDUCTIONS_AT_ONCE,
        answers_at_once=1 if own_model else ANSWERS_AT_ONCE,
    )
    threads = [
        threading.Thread(target=dispatcher.loop, args=(database, workflows, stop), name="dispatcher", daemon=True),
        threading.Thread(
            target=adoption.loop,
            args=(database, executor_id, pace, workflows.stranded, stop),
            name="heartbeat",
            daemon=True,
        ),
    ]
    tidied = (database, settings.guest_days, stop)
    threads.append(threading.Thread(target=tidying.loop, args=tidied, name="tidying", daemon=True))
    if completer_for is None:
        asked = roster.hosted()
        question = functools.partial(ask_and_learn, known_for)
        threads.append(
            threading.Thread(target=model_checks.loop, args=(database, asked, stop, _say, question), daemon=True)
        )
    for thread in threads:
        thread.start()
    pass_over_what_the_start_made()
    log.warning("worker %s is ready", executor_id)
    stop.wait()
    _stop_in_good_order(database, workflows, drain, executor_id)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _stop_in_good_order(database: Database, workflows: Workflows, drain: Drain, executor_id: str) -> None:
    drain.is_draining = True
    deadline = time.monotonic() + DRAIN_SECONDS
    while drain.in_flight and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        with database.writing() as session:
            job_requests.forgive_starts(session, list(workflows.holders.values()))
        adoption.leave(database, executor_id)
    except Exception:
        log.exception("the work could not be given back; another worker will adopt it")
    logging.shutdown()
    # The engine's own shutdown would wait for runs that may take minutes; everything that counts is committed.
    os._exit(0)
