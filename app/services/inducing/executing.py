"""The body of the induction job: carries a run to its end, from wherever an earlier execution left it.

Who sends the model calls, and how they survive a crash, is the caller's: `execute` is given a language model by the job
engine and by tests alike.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from app.domain.choices.preference import PreferencePair
from app.domain.errors import BudgetReached, ProblemError, RunCancelled, SpendingRefused
from app.domain.people.about import About
from app.induction.induce import Induced, induce
from app.induction.model.habits import profile_from_json
from app.induction.model.language_model import LanguageModel, ModelProfile
from app.induction.run import Progress
from app.storage.database import Database, DatabaseBusy, Session
from app.storage.spending.ledger import DatabaseLedger, spent
from app.storage.tables import InductionRun, now
from app.storage.working import job_requests, runs
from app.storage.working.job_requests import Hold, TakenOver
from app.storage.working.personas import save_persona

log = logging.getLogger(__name__)

ModelFor = Callable[[str, DatabaseLedger, ModelProfile | None], Awaitable[LanguageModel]]
"""Gives the language model of a name, paying from the ledger it is handed and asked as the profile says, or, without one,
as its habits have it. Raises ModelUnavailable where they cannot be learned."""

INTERRUPTED = (
    "The worker stopped several times at the same place of this run, so it was given up. Your choices are safe. "
    "Start it again; if it stops again, use another model."
)
BROKEN = (
    "Something in the program went wrong while your persona was being written. Your choices are safe. Start it again; "
    "if it fails again, tell whoever runs this site at what time that was."
)


async def execute(database: Database, hold: Hold, model_for: ModelFor) -> None:
    """Carries a run to its end, from wherever an earlier execution left it; a closed run is left alone.

    Costs what the recipe costs, less what the ledger has replies for. Every failure becomes the run's state with a
    sentence for the person, but two that are raised: TakenOver, where another worker has the run by now, and
    DatabaseBusy, where the database went away and the run is to be carried on when it is back.
    """
    opened = _open(database, hold)
    if opened is None:
        return
    row, pairs = opened
    ledger = DatabaseLedger(
        database,
        hold,
        row.account_id,
        budget_calls=row.budget_calls,
        budget_tokens=row.budget_tokens,
        reuse_of=row.model,
    )
    recorder = _Recorder(database, hold, row)
    try:
        model = await model_for(row.model, ledger, profile_from_json(row.profile))
        if not row.profile:
            _put_down(database, hold, model.profile)
        induced = await induce(
            pairs, model, recipe=row.recipe, seed=row.seed, about=About(stated=row.stated), emit=recorder
        )
        _keep(database, hold, recorder, induced)
    except (TakenOver, *DatabaseBusy):
        raise
    except RunCancelled as stop:
        _close(database, hold, "cancelled", str(stop))
    except SpendingRefused as stop:
        _close(database, hold, "failed", str(stop))
    except BudgetReached as stop:
        _close(database, hold, "failed", f"{stop} No persona could be written within it.")
    except ProblemError as problem:
        _close(database, hold, "failed", str(problem))
    except Exception:
        log.exception("induction run %s failed", row.run_id)
        _close(database, hold, "failed", BROKEN)


def give_up(database: Database, hold: Hold, reason: str = INTERRUPTED) -> None:
    """Closes a run that cannot be carried on, by default one that has stopped its worker too often. Raises TakenOver."""
    _close(database, hold, "failed", reason)


class _Recorder:
    """Stores each Progress as an event, in a transaction of its own, and the persona as soon as there is one."""

    def __init__(self, database: Database, hold: Hold, row: InductionRun) -> None:
        self._database = database
        self._hold = hold
        self._row = row
        self._seq = 0

    def __call__(self, progress: Progress) -> None:
        self._seq += 1
        payload = dict(progress.payload)
        persona = payload.pop("persona", None)
        with self._database.writing() as session:
            job_requests.check_held(session, self._hold)
            if isinstance(persona, dict):
                payload["persona_id"] = self.save(session, persona)
            runs.add_event(session, self._row.run_id, self._seq, progress.stage, progress.done, progress.total, payload)

    def save(self, session: Session, persona: Mapping[str, Any]) -> str:
        """Writes the document as the run's one persona, or over it."""
        return save_persona(session, self._row, persona, persona["prompts"]["system"])


def _open(database: Database, hold: Hold) -> tuple[InductionRun, list[PreferencePair]] | None:
    with database.writing() as session:
        job_requests.check_held(session, hold)
        row = runs.find_run(session, hold.subject_id, lock=True)
        if row is None or row.state not in runs.LIVE:
            return None
        row.state = "running"
        row.started_at = row.started_at or now()
        session.add(row)
        return row, runs.snapshot_pairs(session, row)


def _put_down(database: Database, hold: Hold, profile: ModelProfile) -> None:
    """Puts the profile on the run's row: carried on by another worker, or after the model was learned anew, it asks the same."""
    with database.writing() as session:
        job_requests.check_held(session, hold)
        row = runs.find_run(session, hold.subject_id, lock=True)
        if row is not None:
            row.profile = asdict(profile)
            session.add(row)


def _keep(database: Database, hold: Hold, recorder: _Recorder, induced: Induced) -> None:
    made = induced.document()
    with database.writing() as session:
        job_requests.check_held(session, hold)
        row = runs.find_run(session, hold.subject_id, lock=True)
        if row is None:
            return
        if induced.persona is not None:
            recorder.save(session, made)
        runs.add_judgements(
            session,
            row.run_id,
            [
                {
                    "pair_id": judgement.pair_id,
                    "condition": judgement.condition,
                    "log_odds": judgement.log_odds,
                    "hit": judgement.hit,
                    "flipped": judgement.flipped,
                    "reasoning": judgement.reasoning,
                    "call_digests": list(judgement.call_digests),
                }
                for judgement in induced.judgements
            ],
        )
        used = spent(session, row.run_id)
        report = {
            **{
                name: made[name]
                for name in ("accuracy", "baseline", "verdict", "style", "is_sketch", "missing", "notes", "report")
            },
            "train_ids": list(induced.train_ids),
            "validation_ids": list(induced.validation_ids),
            "test_ids": list(induced.test_ids),
            "fit_calls": induced.fit_calls,
            "calls": used.calls,
            "tokens": used.tokens,
        }
        runs.finish(session, row, "done", at=now(), report=report, prompt_digests=induced.prompt_digests)


def _close(database: Database, hold: Hold, state: str, failure: str) -> None:
    with database.writing() as session:
        job_requests.check_held(session, hold)
        row = runs.find_run(session, hold.subject_id, lock=True)
        if row is not None:
            runs.finish(session, row, state, at=now(), failure=failure)
