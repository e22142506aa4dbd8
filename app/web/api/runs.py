"""Induction runs: what one may cost, starting, watching, cancelling."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.sse import ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from app.domain.errors import NotFound
from app.induction.estimate import estimate
from app.services.choosing import comparing
from app.services.inducing import inducing
from app.services.inducing.inducing import RunLine as Line
from app.services.inducing.inducing import RunView
from app.web.api.paging import LIST_REPLY, Paged
from app.web.api.persona_models import Estimate, Recipe, Run, RunAsked, RunEvent, RunEvents, RunLine
from app.web.api.replies import problems
from app.web.following import Looks
from app.web.guards.dependencies import CurrentSettings, MayInduce, MayRead, Reading, Writing
from app.web.guards.limits import Limited
from app.web.guards.repeats import Once
from app.web.guards.requests import GuardedRoute
from app.web.signing_in import presented_token
from app.web.streams import event_stream

router = APIRouter(prefix="/runs", route_class=GuardedRoute, tags=["personas"])

RunPath = Annotated[str, Path(max_length=64, description="The id of one of your runs.")]
STREAM_REPLY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events named `run`, each with the whole run as JSON; the last one has a final state.",
        "content": {
            "text/event-stream": {"schema": {"description": "Each `data` is a Run as JSON; `id` counts the events."}}
        },
    }
}


@router.get("/estimate")
def read_estimate(
    request: Request,
    session: Reading,
    account: MayRead,
    settings: CurrentSettings,
    recipe: Annotated[Recipe, Query(description="The recipe to run.")] = "traits",
) -> Estimate:
    """What a run over your present choices costs about."""
    progress = comparing.progress(session, account.account_id)
    about = estimate(progress.teaching, request.app.state.model_known().profile, recipe)
    return Estimate(
        choices=progress.choices,
        teaching=progress.teaching,
        calls=about.calls,
        tokens=about.tokens,
        minutes=about.minutes,
        budget_calls=settings.run_budget_calls,
        budget_tokens=settings.run_budget_tokens,
    )


@router.post(
    "",
    status_code=202,
    responses=problems(409),
    response_model=Run,
    dependencies=[Limited.jobs],
)
def start_run(asked: RunAsked, session: Writing, account: MayInduce, settings: CurrentSettings, once: Once) -> Response:
    """Start an induction run over your choices; five are needed. It works in the background, one at a time."""

    def started() -> Run:
        run_id = inducing.start_run(
            session,
            account.account_id,
            model=settings.model,
            recipe=asked.recipe,
            seed=asked.seed,
            budget_calls=settings.run_budget_calls,
            budget_tokens=settings.run_budget_tokens,
            stated=asked.stated,
        )
        return Run.model_validate(inducing.run(session, account.account_id, run_id))

    return once.reply(started, 202, lambda run: f"/api/v1/runs/{run.run_id}")


@router.get("", responses=LIST_REPLY, response_model=list[RunLine])
def list_runs(session: Reading, account: MayRead, part: Paged) -> list[Line]:
    """Your runs, newest first."""
    part.tell(inducing.count_runs(session, account.account_id))
    return inducing.list_runs(session, account.account_id, part.offset, part.limit)


@router.get("/latest", responses=problems(404), response_model=Run)
def read_latest_run(session: Reading, account: MayRead) -> RunView:
    """Your newest run."""
    found = inducing.latest_run(session, account.account_id)
    if found is None:
        raise NotFound("There is no such run.")
    return found


@router.get("/{run_id}", responses=problems(404), response_model=Run)
def read_run(run_id: RunPath, session: Reading, account: MayRead) -> RunView:
    """One run with its stages and what it has used."""
    return inducing.run(session, account.account_id, run_id)


@router.get("/{run_id}/events", responses=problems(404))
def read_events(
    run_id: RunPath,
    session: Reading,
    account: MayRead,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="The `seq` of the last event you have.")] = 0,
) -> RunEvents:
    """Progress by polling: the events after a number, and the state."""
    run = inducing.run(session, account.account_id, run_id)
    events = inducing.events_since(session, account.account_id, run_id, after)
    return RunEvents(state=run.state, events=[RunEvent.model_validate(event) for event in events])


@router.post("/{run_id}/cancel", responses=problems(404), response_model=Run)
def cancel_run(run_id: RunPath, session: Writing, account: MayInduce) -> RunView:
    """Stop a run before its next model call. What was learned so far is kept; a run that has ended stays as it is."""
    inducing.cancel_run(session, account.account_id, run_id)
    return inducing.run(session, account.account_id, run_id)


@router.get("/{run_id}/stream", responses={**problems(404, 429), **STREAM_REPLY}, response_class=Response)
def stream_run(
    request: Request,
    run_id: RunPath,
    session: Reading,
    account: MayRead,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="The id of the last event you have.")] = 0,
) -> Response:
    """Progress as server-sent events, from now until the run ends."""
    inducing.run(session, account.account_id, run_id)
    looks: Looks = request.app.state.looks
    events = _as_events(looks.changes(account.account_id, run_id, after, presented_token(request)))
    return event_stream(events, request.app.state.streams, account.account_id)


async def _as_events(changes: AsyncIterator[tuple[int, RunView]]) -> AsyncIterator[ServerSentEvent]:
    async for seq, run in changes:
        yield ServerSentEvent(raw_data=Run.model_validate(run).model_dump_json(), event="run", id=str(seq))
