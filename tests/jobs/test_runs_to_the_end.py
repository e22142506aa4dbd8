"""A run asked for by a web process is carried to its end by a worker process, visibly."""

from __future__ import annotations

from pathlib import Path

from app.services.inducing import inducing
from app.storage.database import Database
from tests.jobs import given
from tests.jobs.processes import model_server, wait_until, worker


def test_a_worker_finishes_a_run_and_shows_its_stages_on_the_way(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_id = given.account_with_choices(database)
    run_id = given.start(database, account_id)

    with model_server(20) as model, worker(tmp_path, database_url, model.url):
        wait_until(lambda: given.is_over(database, run_id), 60, "the run ends")

    with database.reading() as session:
        view = inducing.run(session, account_id, run_id)
        shown = inducing.events_since(session, account_id, run_id, 0)
    assert (view.state, view.failure) == ("done", "")
    assert view.persona_id
    assert view.style
    assert len(view.stages) > 4
    assert {stage.state for stage in view.stages} == {"done"}
    assert [event.seq for event in shown] == list(range(1, len(shown) + 1))
    assert len(given.personas(database, run_id)) == 1
    given.check_paid_once(database, run_id, model, deaths=0)
    assert view.calls_used == len(model.calls()) == len(given.replies(database, run_id))
