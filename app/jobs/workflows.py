"""The three workflows: each a thin shell around a service, named by the kind of its job request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from dbos import DBOS

from app.jobs.durable_model import Drain, DurableModel
from app.services import answering, executing
from app.services.model_calls import Completer
from app.storage import job_requests
from app.storage.database import Database
from app.storage.job_requests import Hold, TakenOver
from app.storage.ledger import DatabaseLedger

log = logging.getLogger(__name__)

Workflow = Callable[[str], Awaitable[None]]
CompleterFor = Callable[[str], Completer]

QUEUES = {"induce": "inductions", "answers": "answers", "alternatives": "answers"}
"""The queue of each kind of job request."""


class Workflows:
    """The workflows of this process. `holders` are the executions now under way, for a stop in good order."""

    def __init__(self, database: Database, completer_for: CompleterFor, drain: Drain) -> None:
        self._database = database
        self._completer_for = completer_for
        self._drain = drain
        self.holders: dict[str, str] = {}
        self.by_kind: dict[str, Workflow] = {kind: self._define(kind) for kind in QUEUES}

    def _define(self, kind: str) -> Workflow:
        @DBOS.workflow(name=kind, max_recovery_attempts=None)
        async def workflow(subject_id: str) -> None:
            await self._run(kind, subject_id)

        return workflow

    async def _run(self, kind: str, subject_id: str) -> None:
        # Not a step: every execution, a recovered one too, must take the hold anew.
        with self._database.writing() as session:
            hold = job_requests.take(session, kind, subject_id)
        if hold is None:
            return
        self.holders[f"{kind}-{subject_id}"] = hold.holder
        try:
            await self._carry_out(hold)
        except TakenOver:
            log.warning("%s %s was taken over by another worker", kind, subject_id)
        except asyncio.CancelledError:
            raise
        except Exception:
            # Recorded by the engine as it stands, an exception could carry a person's text into its tables.
            log.exception("%s %s failed outside its service", kind, subject_id)
            raise RuntimeError(f"{kind} failed; see the log of the worker") from None
        finally:
            self.holders.pop(f"{kind}-{subject_id}", None)

    async def _carry_out(self, hold: Hold) -> None:
        if hold.is_hopeless:
            (executing if hold.kind == "induce" else answering).give_up(self._database, hold)
        elif hold.kind == "induce":
            await executing.execute(self._database, hold, self._model_for)
        elif hold.kind == "answers":
            await answering.write_answers(self._database, hold, self._model_for, remember)
        else:
            await answering.write_alternatives(self._database, hold, self._model_for, remember)

    def _model_for(self, name: str, ledger: DatabaseLedger) -> DurableModel:
        return DurableModel(self._completer_for(name), ledger, model_call, self._drain)


@DBOS.step(name="model call")
async def model_call(body: Callable[[], Awaitable[str]]) -> str:
    """One model call; what is recorded is its digest and how it ended."""
    return await _without_texts(body)


@DBOS.step(name="look up")
async def remember(body: Callable[[], list[str]]) -> list[str]:
    """Looks ids up once; replay is given the same ones."""
    return body()


async def _without_texts(body: Callable[[], Awaitable[str]]) -> str:
    try:
        return await body()
    except TakenOver:
        raise
    except Exception:
        # The engine records a step's exception; a database error's text would quote what was being written.
        log.exception("a model call failed outside the model")
        raise RuntimeError("a model call failed outside the model; see the log of the worker") from None
