"""Induction runs as a person sees them: asked for, watched, cancelled. What a worker does with them: executing.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from app.domain.errors import BadInput, NotFound, TooFewChoices
from app.domain.personas.persona import FEWEST_FOR_A_CLAIM, FEWEST_FOR_A_SKETCH
from app.domain.texts.storable_text import storable
from app.induction.recipes import RECIPES
from app.induction.stages import AS_THE_PAPER, STAGES
from app.storage.choosing import teaching
from app.storage.database import Session
from app.storage.spending.ledger import Spent, spent
from app.storage.tables import InductionRun, now
from app.storage.working import heartbeats, job_requests, runs

SILENT_SECONDS = 30.0
"""A worker that was not heard of for so long holds nothing: a run that is stopped then ends at once."""
LONGEST_STATED = 2_000
"""Most characters of what a person states about the answers they like."""
StageState = Literal["waiting", "active", "done", "stopped"]


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
    """A run as a page or a program sees it. `style`, `traits` (`[{"text", "certainty"}]`, before the persona that they
    make) and `persona_id` appear as soon as they exist."""

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
    stated: str = ""
    traits: list[dict[str, str]] = field(default_factory=list)
    fit_calls: int | None = None
    """Of the calls, those that made persona and prompt, the replies of earlier runs that served again included; None
    until it is done."""

    @property
    def is_live(self) -> bool:
        """True while a worker has it or will have it."""
        return self.state in runs.LIVE

    @property
    def is_being_worded(self) -> bool:
        """True while its persona is written and tested, and a small model only puts it into words."""
        return any(stage.stage == "wording" and stage.state == "active" for stage in self.stages)


@dataclass(frozen=True)
class RunLine:
    """One run in the list of all."""

    run_id: str
    state: str
    recipe: str
    model: str
    n_choices: int
    created_at: datetime
    finished_at: datetime | None
    failure: str
    persona_id: str | None


def start_run(
    session: Session,
    account_id: str,
    *,
    model: str,
    recipe: str,
    seed: int,
    budget_calls: int,
    budget_tokens: int,
    stated: str = "",
) -> str:
    """Writes a run over the account's choices of this moment, asks for its execution and gives its id.

    `stated` is how the person says they like answers; it stands first in the prompt, and its plain lines are tried
    as traits (not where all is counted). Raises
    TooFewChoices for fewer than 5 that teach something, BadInput for an unknown recipe or a longer statement than 2,000 characters,
    RunUnderWay where a run is queued or running.
    """
    stated = storable(stated).replace("\r\n", "\n").strip()
    if len(stated) > LONGEST_STATED:
        raise BadInput(
            f"What you wrote about the answers you like has {len(stated):,} characters; at most {LONGEST_STATED:,} are "
            "taken. Shorten it and start again."
        )
    if recipe not in RECIPES:
        raise BadInput(f"There is no recipe called {recipe[:40]!r}. Known recipes: {', '.join(sorted(RECIPES))}.")
    pairs = runs.snapshot(session, account_id)
    _refuse_too_few(len(pairs), teaching.left_out(session, account_id))
    run = InductionRun(
        account_id=account_id,
        recipe=recipe,
        model=model,
        seed=seed,
        pairs=pairs,
        stated=stated,
        budget_calls=budget_calls,
        budget_tokens=budget_tokens,
    )
    runs.add_run(session, run)
    job_requests.ask_for(session, "induce", run.run_id, account_id)
    return run.run_id


def _refuse_too_few(choices: int, left_out: int) -> None:
    lacking = FEWEST_FOR_A_SKETCH - (choices - left_out)
    if lacking <= 0:
        return
    told = f"you have {choices}"
    if left_out:
        why = "teaches nothing of manner and is" if left_out == 1 else "teach nothing of manner and are"
        told += f", and {left_out} of them {why} left out; My choices says why"
    raise TooFewChoices(f"A persona needs at least {FEWEST_FOR_A_SKETCH} choices; {told}. Make {lacking} more first.")


def is_unchanged(session: Session, account_id: str, run: RunView, model: str) -> bool:
    """Whether a run that ended well was of this model and of the very choices of this moment, with the same verdicts: begun again
    with the same words and in the same way it would come out the same."""
    if run.state != "done" or run.model != model:
        return False
    row = runs.find_run(session, run.run_id, account_id)
    return row is not None and runs.are_the_same(row.pairs, runs.snapshot(session, account_id))


def cancel_run(session: Session, account_id: str, run_id: str) -> None:
    """Stops a run: at once where it has not begun or no worker is alive, else before its next call. A closed run stays
    as it is."""
    run = runs.find_run(session, run_id, account_id, lock=True)
    if run is None:
        raise NotFound("There is no such run.")
    run.cancel_asked = True
    if run.state == "queued" or not heartbeats.living(session, SILENT_SECONDS):
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


def list_runs(session: Session, account_id: str, offset: int, limit: int) -> list[RunLine]:
    """The account's runs, newest first, a part of them."""
    return [
        RunLine(
            row.run_id,
            row.state,
            row.recipe,
            row.model,
            len(row.pairs),
            row.created_at,
            row.finished_at,
            row.failure,
            persona_id,
        )
        for row, persona_id in runs.newest_first(session, account_id, offset, limit)
    ]


def count_runs(session: Session, account_id: str) -> int:
    """How many runs the account has."""
    return runs.count(session, account_id)


def events_since(session: Session, account_id: str, run_id: str, seq: int) -> list[EventView]:
    """The run's events numbered above `seq`, in order. Raises NotFound as `run` does."""
    if runs.find_run(session, run_id, account_id) is None:
        raise NotFound("There is no such run.")
    return [
        EventView(event.seq, event.stage, event.done, event.total, event.payload)
        for event in runs.events_after(session, run_id, seq)
    ]


def _view(session: Session, row: InductionRun) -> RunView:
    events = runs.events_after(session, row.run_id, 0)
    style = next((event.payload["style"] for event in events if "style" in event.payload), None)
    traits: list[dict[str, str]] = next(
        (event.payload["traits"] for event in reversed(events) if "traits" in event.payload), []
    )
    used: Spent = spent(session, row.run_id)
    return RunView(
        run_id=row.run_id,
        state=row.state,
        recipe=row.recipe,
        model=row.model,
        stages=_stages(row, [(event.stage, event.done, event.total) for event in events]),
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
        traits=traits,
        missing=list(row.report.get("missing", [])),
        is_sketch=row.report.get("is_sketch"),
        stated=row.stated,
        fit_calls=row.report.get("fit_calls"),
    )


def _stages(row: InductionRun, events: list[tuple[str, int, int]]) -> list[StageView]:
    """The stages of the run's recipe in order; a stage is done once a later one has begun, its count never goes back.

    Stages that cannot come are left out: a sketch is not tested and selects nothing, and what a run has passed over
    does not come any more.
    """
    latest: dict[str, tuple[int, int]] = {}
    for stage, done, total in events:
        latest[stage] = (max(done, latest.get(stage, (0, 0))[0]), total)
    labels = STAGES.get(row.recipe, AS_THE_PAPER)
    newest = max((number for number, stage in enumerate(labels) if stage in latest), default=-1)
    views = []
    for number, (stage, label) in enumerate(labels.items()):
        done, total = latest.get(stage, (0, 0))
        state: StageState = "waiting"
        if stage not in latest and (number < newest or row.state == "done" or not _may_come(stage, row)):
            continue
        if number < newest or (row.state == "done" and stage in latest):
            state = "done"
        elif number == newest:
            state = "active" if row.state in runs.LIVE else "stopped"
        views.append(StageView(stage, label, done, total, state))
    return views


def _may_come(stage: str, row: InductionRun) -> bool:
    if stage == "wording":
        return False  # It is shown once it has begun: whether a model is there to word anything, the row does not tell.
    return stage not in ("picking", "testing") or len(row.pairs) >= FEWEST_FOR_A_CLAIM
