"""Induction runs: asked for, watched, cancelled, and executed by a worker.

Who sends the model calls, and how they survive a crash, is the caller's: `execute` is given a language model by the job
engine and by tests alike.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from app.domain.errors import BadInput, BudgetReached, NotFound, ProblemError, RunCancelled
from app.domain.persona import FEWEST_FOR_A_SKETCH
from app.domain.prompt_targets import document
from app.induction.induce import RECIPES, Induced, Progress, induce
from app.induction.language_model import LanguageModel
from app.storage import job_requests, runs
from app.storage.comparisons import preference_pairs
from app.storage.database import Database, Session
from app.storage.job_requests import Hold, TakenOver
from app.storage.ledger import DatabaseLedger, Spent, spent
from app.storage.personas import save_persona
from app.storage.tables import InductionRun, now

log = logging.getLogger(__name__)

ModelFor = Callable[[str, DatabaseLedger], LanguageModel]
"""Gives the language model of a name, paying from the ledger it is handed."""

STAGES: Mapping[str, str] = {
    "reading": "Reading your choices",
    "style": "Measuring the style you choose",
    "guessing": "Guessing why you chose",
    "checking": "Checking the guesses",
    "writing": "Writing traits",
    "picking": "Picking examples",
    "testing": "Testing on unseen choices",
}
StageState = Literal["waiting", "active", "done", "stopped"]

INTERRUPTED = (
    "The worker stopped several times at the same place of this run, so it was given up. Your choices are safe. "
    "Start it again; if it stops again, use another model."
)
BROKEN = "Something in the program went wrong during this run. Your choices are safe. Start it again; if it fails again, tell the operator the number of the run."


@dataclass(frozen=True)
class StageView:
    """One named step with its count."""

    stage: str
    label: str
    done: int
    total: int
    state: StageState


@dataclass(frozen=True)
class EventView:
    """One step of progress as it was stored."""

    seq: int
    stage: str
    done: int
    total: int
    payload: dict[str, Any]


@dataclass(frozen=True)
class RunView:
    """A run as a page or a program sees it. `style` and `persona_id` appear as soon as they exist."""

    run_id: str
    state: str
    recipe: str
    model: str
    stages: list[StageView]
    calls_used: int
    tokens_used: int
    budget_calls: int
    budget_tokens: int
    n_choices: int
    cancel_asked: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    failure: str
    persona_id: str | None
    style: dict[str, Any] | None
    missing: list[str] = field(default_factory=list)
    is_sketch: bool | None = None

    @property
    def is_live(self) -> bool:
        """True while a worker has it or will have it."""
        return self.state in runs.LIVE


def start_run(
    session: Session, account_id: str, *, model: str, recipe: str, seed: int, budget_calls: int, budget_tokens: int
) -> str:
    """Writes a run over the account's choices of this moment, asks for its execution and gives its id.

    Raises BadInput for fewer than 5 choices or an unknown recipe, Conflict where a run is queued or running.
    """
    if recipe not in RECIPES:
        raise BadInput(f"There is no recipe called {recipe[:40]!r}. Known recipes: {', '.join(sorted(RECIPES))}.")
    pairs = preference_pairs(session, account_id)
    if len(pairs) < FEWEST_FOR_A_SKETCH:
        lacking = FEWEST_FOR_A_SKETCH - len(pairs)
        raise BadInput(
            f"A persona needs at least {FEWEST_FOR_A_SKETCH} choices; you have {len(pairs)}. Make {lacking} more first."
        )
    run = InductionRun(
        account_id=account_id,
        recipe=recipe,
        model=model,
        seed=seed,
        pairs=runs.snapshot(session, pairs),
        budget_calls=budget_calls,
        budget_tokens=budget_tokens,
    )
    runs.add_run(session, run)
    job_requests.ask_for(session, "induce", run.run_id)
    return run.run_id


def cancel_run(session: Session, account_id: str, run_id: str) -> None:
    """Stops a run: at once where it has not begun, else before its next call. A closed run stays as it is."""
    run = runs.find_run(session, run_id, account_id, lock=True)
    if run is None:
        raise NotFound("There is no such run.")
    run.cancel_asked = True
    if run.state == "queued":
        runs.finish(session, run, "cancelled", at=now())
    session.add(run)


def latest_run(session: Session, account_id: str) -> RunView | None:
    """The account's newest run, or None before the first."""
    run = runs.newest_run(session, account_id)
    return None if run is None else _view(session, run)


def run(session: Session, account_id: str, run_id: str) -> RunView:
    """One run. Raises NotFound where there is none or it is somebody else's."""
    row = runs.find_run(session, run_id, account_id)
    if row is None:
        raise NotFound("There is no such run.")
    return _view(session, row)


def events_since(session: Session, account_id: str, run_id: str, seq: int) -> list[EventView]:
    """The run's events numbered above `seq`, in order. Raises NotFound as `run` does."""
    if runs.find_run(session, run_id, account_id) is None:
        raise NotFound("There is no such run.")
    return [
        EventView(event.seq, event.stage, event.done, event.total, event.payload)
        for event in runs.events_after(session, run_id, seq)
    ]


async def execute(database: Database, hold: Hold, model_for: ModelFor) -> None:
    """Carries a run to its end, from wherever an earlier execution left it; a closed run is left alone.

    Costs what the recipe costs, less what the ledger has replies for. Every failure becomes the run's state with a
    sentence for the person; only TakenOver is raised, where another worker has the run by now.
    """
    opened = _open(database, hold)
    if opened is None:
        return
    row, pairs = opened
    ledger = DatabaseLedger(
        database, hold, row.account_id, budget_calls=row.budget_calls, budget_tokens=row.budget_tokens
    )
    recorder = _Recorder(database, hold, row, len(pairs))
    try:
        model = model_for(row.model, ledger)
        induced = await induce(pairs, model, recipe=row.recipe, seed=row.seed, emit=recorder)
    except TakenOver:
        raise
    except RunCancelled as stop:
        _close(database, hold, "cancelled", str(stop))
    except BudgetReached as stop:
        _close(database, hold, "failed", f"{stop} No persona could be written within it.")
    except ProblemError as problem:
        _close(database, hold, "failed", str(problem))
    except Exception:
        log.exception("induction run %s failed", row.run_id)
        _close(database, hold, "failed", BROKEN)
    else:
        _keep(database, hold, recorder, induced)


def give_up(database: Database, hold: Hold) -> None:
    """Closes a run that has stopped its worker too often."""
    _close(database, hold, "failed", INTERRUPTED)


class _Recorder:
    """Stores each Progress as an event, in a transaction of its own, and the persona as soon as there is one."""

    def __init__(self, database: Database, hold: Hold, row: InductionRun, n_pairs: int) -> None:
        self._database = database
        self._hold = hold
        self._row = row
        self._seq = 0
        self._n_pairs = n_pairs

    def __call__(self, progress: Progress) -> None:
        self._seq += 1
        payload = dict(progress.payload)
        persona = payload.pop("persona", None)
        with self._database.writing() as session:
            job_requests.check_held(session, self._hold)
            if isinstance(persona, dict):
                payload["persona_id"] = self.save(session, persona)
            runs.add_event(session, self._row.run_id, self._seq, progress.stage, progress.done, progress.total, payload)

    def save(self, session: Session, persona: dict[str, Any]) -> str:
        """Writes the document as the run's one persona, or over it."""
        return save_persona(session, self._row, persona, persona["prompts"]["system"])

    def document_of(self, induced: Induced) -> dict[str, Any]:
        return document(
            persona=induced.persona,
            is_sketch=induced.is_sketch,
            accuracy=induced.accuracy,
            baseline=induced.baseline,
            style=induced.style.as_json(),
            model=induced.model,
            recipe=induced.recipe,
            seed=induced.seed,
            n_choices=self._n_pairs,
            missing=induced.missing,
        )


def _open(database: Database, hold: Hold) -> tuple[InductionRun, list[Any]] | None:
    with database.writing() as session:
        job_requests.check_held(session, hold)
        row = runs.find_run(session, hold.subject_id, lock=True)
        if row is None or row.state not in runs.LIVE:
            return None
        row.state = "running"
        row.started_at = row.started_at or now()
        session.add(row)
        return row, runs.snapshot_pairs(session, row)


def _keep(database: Database, hold: Hold, recorder: _Recorder, induced: Induced) -> None:
    made = recorder.document_of(induced)
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
            **{name: made[name] for name in ("accuracy", "baseline", "verdict", "style", "is_sketch", "missing")},
            "train_ids": list(induced.train_ids),
            "validation_ids": list(induced.validation_ids),
            "test_ids": list(induced.test_ids),
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


def _view(session: Session, row: InductionRun) -> RunView:
    events = runs.events_after(session, row.run_id, 0)
    style = next((event.payload["style"] for event in events if "style" in event.payload), None)
    used: Spent = spent(session, row.run_id)
    return RunView(
        run_id=row.run_id,
        state=row.state,
        recipe=row.recipe,
        model=row.model,
        stages=_stages(row.state, [(event.stage, event.done, event.total) for event in events]),
        calls_used=used.calls,
        tokens_used=used.tokens,
        budget_calls=row.budget_calls,
        budget_tokens=row.budget_tokens,
        n_choices=len(row.pairs),
        cancel_asked=row.cancel_asked,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        failure=row.failure,
        persona_id=runs.persona_of(session, row.run_id),
        style=style,
        missing=list(row.report.get("missing", [])),
        is_sketch=row.report.get("is_sketch"),
    )


def _stages(run_state: str, events: list[tuple[str, int, int]]) -> list[StageView]:
    """The seven stages in order; a stage is done once a later one has begun, its count never goes back."""
    latest: dict[str, tuple[int, int]] = {}
    for stage, done, total in events:
        latest[stage] = (max(done, latest.get(stage, (0, 0))[0]), total)
    begun = [number for number, stage in enumerate(STAGES) if stage in latest]
    newest = max(begun, default=-1)
    views = []
    for number, (stage, label) in enumerate(STAGES.items()):
        done, total = latest.get(stage, (0, 0))
        state: StageState = "waiting"
        if number < newest or (run_state == "done" and stage in latest):
            state = "done"
        elif number == newest:
            state = "active" if run_state in runs.LIVE else "stopped"
        views.append(StageView(stage, label, done, total, state))
    return views
