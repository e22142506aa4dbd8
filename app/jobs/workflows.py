"""The three workflows: each a thin shell around a service, named by the kind of its job request."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from contextlib import nullcontext

from dbos import DBOS

from app.domain.spending import NO_CAPS, Caps
from app.induction.model.language_model import ModelProfile
from app.jobs.durable_model import Drain, DurableModel
from app.services.calling.lanes import Waiters
from app.services.calling.model_calls import Completer
from app.services.calling.model_gate import Gate
from app.services.calling.provider_health import teller
from app.services.calling.provider_rest import Rest
from app.services.calling.swapping import Others, nobody
from app.services.choosing import answering
from app.services.inducing import executing
from app.storage.database import Database, DatabaseBusy
from app.storage.spending.ledger import DatabaseLedger
from app.storage.working import heartbeats, job_requests
from app.storage.working.job_requests import Hold, TakenOver

log = logging.getLogger(__name__)

Workflow = Callable[[str], Awaitable[None]]
CompleterFor = Callable[[str], Awaitable[Completer]]
"""Gives the model of a name, known by its habits. Raises ModelUnavailable where it cannot be learned."""

PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""How long a call waits for a database that went away, again and again, before its job fails."""

Stranded = dict[str, tuple[str, threading.Event]]

QUEUES = {"induce": "inductions", "answers": "answers", "alternatives": "alternatives"}
"""The queue of each kind of job request."""


class Workflows:
    """The workflows of this process.

    `holders` are the executions now under way, for a stop in good order. `stranded` are workflows (by id, with their
    queue) that lost the database; the heartbeat puts them back into the queue when it is there again, and says so.
    """

    def __init__(
        self,
        database: Database,
        completer_for: CompleterFor,
        drain: Drain,
        caps: Caps = NO_CAPS,
        others: Others = nobody,
    ) -> None:
        """`others` gives the models that may write an answer in the place of one that failed."""
        self._database = database
        self._completer_for = completer_for
        self._drain = drain
        self._caps = caps
        self._others = others
        self._gates: dict[str, Gate] = {}
        self._waiters = Waiters()
        self.holders: dict[str, str] = {}
        self.stranded: Stranded = {}
        self.by_kind: dict[str, Workflow] = {kind: self._define(kind) for kind in QUEUES}

    def _define(self, kind: str) -> Workflow:
        @DBOS.workflow(name=kind, max_recovery_attempts=None)
        async def workflow(subject_id: str) -> None:
            await self._run(kind, subject_id)

        return workflow

    async def _run(self, kind: str, subject_id: str) -> None:
        with self._waiters.one() if kind == job_requests.AWAITED else nullcontext():
            await self._execute(kind, subject_id)

    async def _execute(self, kind: str, subject_id: str) -> None:
        workflow_id = DBOS.workflow_id or ""
        try:
            # Not a step: every execution, a recovered one too, must take the hold anew.
            with self._database.writing() as session:
                hold = job_requests.take(session, kind, subject_id, workflow_id)
            if hold is not None:
                self.holders[workflow_id] = hold.holder
                await self._carry_out(hold)
        except TakenOver:
            log.warning("%s was taken over by another worker", workflow_id)
        except DatabaseBusy:
            log.exception("%s lost the database and waits for it", workflow_id)
            back_in_queue = threading.Event()
            self.stranded[workflow_id] = (QUEUES[kind], back_in_queue)
            # It ends only after that, for then the engine records nothing of this execution any more.
            await asyncio.to_thread(back_in_queue.wait)
        except Exception:
            # Recorded by the engine as it stands, an exception could carry a person's text into its tables.
            log.exception("%s failed outside its service", workflow_id)
            raise RuntimeError(f"{kind} failed; see the log of the worker") from None
        finally:
            self.holders.pop(workflow_id, None)

    def _finish(self, hold: Hold) -> None:
        with self._database.writing() as session:
            job_requests.finish(session, hold)

    async def _carry_out(self, hold: Hold) -> None:
        service = executing if hold.kind == "induce" else answering
        try:
            if hold.is_hopeless:
                service.give_up(self._database, hold)
            elif hold.kind == "induce":
                await executing.execute(self._database, hold, self._model_for)
            elif hold.kind == "answers":
                await answering.write_answers(self._database, hold, self._model_for, remember, self._others)
            else:
                await answering.write_alternatives(self._database, hold, self._model_for, remember)
        except (TakenOver, *DatabaseBusy):
            raise
        except Exception:
            # Nobody comes back to a workflow that failed: left open, its row would block the person for ever.
            service.give_up(self._database, hold, service.BROKEN)
            self._finish(hold)
            raise
        self._finish(hold)

    async def _model_for(self, name: str, ledger: DatabaseLedger, profile: ModelProfile | None) -> DurableModel:
        ledger.caps = self._caps
        if name not in self._gates:
            rest = Rest(tell=teller(self._database, name), is_told=True)
            self._gates[name] = Gate(rest=rest, waiters=self._waiters)
        gate = self._gates[name]
        completer = await self._completer_for(name)
        with self._database.reading() as session:
            workers = len(heartbeats.living(session, heartbeats.SILENT_SECONDS))
        # MODEL_PARALLEL is the whole site's: each living worker has its share, looked up as each job begins.
        gate.admit(completer.profile.parallel // max(1, workers))
        return DurableModel(completer, ledger, model_call, self._drain, gate, profile)


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
        for pause in PAUSES_SECONDS:
            try:
                return await body()
            except DatabaseBusy:
                # The body looks for a committed reply first, so it may be begun again.
                log.warning("a model call lost the database; trying again in %s s", pause)
                await asyncio.sleep(pause)
        return await body()
    except TakenOver:
        raise
    except Exception:
        # The engine records a step's exception; a database error's text would quote what was being written.
        log.exception("a model call failed outside the model")
        raise RuntimeError("a model call failed outside the model; see the log of the worker") from None
