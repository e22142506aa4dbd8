"""Does the background work that web tests leave behind, as a worker would, with a fake model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from app.domain.choices.drawing import Candidate
from app.domain.spending import NO_CAPS, Caps
from app.induction.model.language_model import ModelProfile
from app.services.calling.model_calls import MeteredModel
from app.services.choosing import answering
from app.services.inducing import executing
from app.storage.database import Database
from app.storage.spending.ledger import DatabaseLedger
from app.storage.working import job_requests
from tests.fakes import FakeCompleter


def work_off(
    database: Database,
    completer: FakeCompleter | None = None,
    caps: Caps = NO_CAPS,
    by_model: Mapping[str, FakeCompleter] | None = None,
) -> int:
    """Carries out everything that is asked for; gives how many pieces of work, or parts of long ones, there were. The models in
    `by_model` have a fake of their own, and may write in the place of one that failed."""
    pieces = 0
    while True:
        with database.reading() as session:
            waiting = job_requests.waiting(session)
        if not waiting:
            return pieces
        for request in waiting:
            asyncio.run(_carry_out(database, request, completer or FakeCompleter(), caps, by_model or {}))
        pieces += len(waiting)


async def _carry_out(
    database: Database,
    request: job_requests.Waiting,
    completer: FakeCompleter,
    caps: Caps,
    by_model: Mapping[str, FakeCompleter],
) -> None:
    with database.writing() as session:
        hold = job_requests.take(session, request.kind, request.subject_id)
        job_requests.mark_handed_over(session, request)
    if hold is None:
        return

    async def model_for(name: str, ledger: DatabaseLedger, _profile: ModelProfile | None) -> MeteredModel:
        ledger.caps = caps
        found = by_model.get(name, completer)
        return MeteredModel(found, ledger, at_once if by_model else asyncio.sleep)

    async def remember(look_up: Callable[[], list[str]]) -> list[str]:
        return look_up()

    async def at_once(_seconds: float) -> None:
        """No pause between tries."""

    if request.kind == "induce":
        await executing.execute(database, hold, model_for)
    elif request.kind == "answers":
        await answering.write_answers(
            database, hold, model_for, remember, lambda: [Candidate(name) for name in by_model]
        )
    else:
        await answering.write_alternatives(database, hold, model_for, remember)
    with database.writing() as session:
        job_requests.finish(session, hold)
