"""kill -9 of workers at random moments: the run ends, once, and nothing that was answered is asked for again.

DURABILITY=long makes the calls slower, the runs longer and the kills more.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from app.storage.database import Database
from tests.jobs import given
from tests.jobs.processes import Model, model_server, wait_until, worker

IS_LONG = os.environ.get("DURABILITY") == "long"
KILLS = 25 if IS_LONG else 5
CHOICES = 30 if IS_LONG else 12
FEWEST_CALLS = 2 * CHOICES
ANSWER_SECONDS = 0.25 if IS_LONG else 0.08


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kills_at_random_moments_leave_one_persona_and_repeat_no_answered_call(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database, CHOICES)
    run_id = given.start(database, account_id)
    seed = int(os.environ.get("KILL_SEED", time.time_ns() % 100_000))
    print("KILL_SEED", seed)
    moments = random.Random(seed)
    kills = fruitless = 0

    with model_server(1000 * ANSWER_SECONDS) as model:
        while kills < KILLS and not given.is_over(database, run_id):
            answered, seen = len(given.replies(database, run_id)), len(model.calls())
            with worker(tmp_path, database_url, model.url, STALE="1.2") as running:
                # Spread over what is left of the run, so that all kills find it alive.
                most = 3 * (FEWEST_CALLS - answered) // (2 * (KILLS - kills))
                wait_for_calls(database, run_id, model, seen + moments.randint(0, max(0, most)))
                if fruitless == 3:
                    # Five deaths without one new reply are what work that kills its worker looks like.
                    wait_for_replies(database, run_id, answered + 1)
                time.sleep(moments.uniform(0, 2 * ANSWER_SECONDS))
                running.kill()
            kills += 1
            fruitless = 0 if len(given.replies(database, run_id)) > answered else fruitless + 1
        with worker(tmp_path, database_url, model.url, STALE="1.2"):
            wait_until(lambda: given.is_over(database, run_id), 90, "the run ends")

    run = given.run_of(database, run_id)
    assert (run.state, run.failure) == ("done", "")
    assert kills == KILLS
    assert len(given.personas(database, run_id)) == 1
    shown = [event.seq for event in given.events(database, run_id)]
    assert shown == list(range(1, len(shown) + 1))
    assert given.verdict_count(database, account_id) == CHOICES
    given.check_paid_once(database, run_id, model, deaths=kills)
    print(f"{kills} kills: {given.summary(database, run_id, model)}")


def wait_for_calls(database: Database, run_id: str, model: Model, count: int) -> None:
    wait_until(lambda: len(model.calls()) >= count or given.is_over(database, run_id), 90, "further calls")


def wait_for_replies(database: Database, run_id: str, count: int) -> None:
    wait_until(
        lambda: len(given.replies(database, run_id)) >= count or given.is_over(database, run_id), 90, "a new reply"
    )
