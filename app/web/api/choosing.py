"""Comparisons, verdicts, prompts, and how far one is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from app.domain.errors import BadInput
from app.domain.texts.conversation import Context
from app.services.choosing import asking, comparing, starters, stopping
from app.services.choosing.comparing import ChoiceView, ComparisonView, ProgressView, VerdictView
from app.web.api.models import (
    Choice,
    Comparison,
    ComparisonId,
    NextComparison,
    Progress,
    Prompt,
    TurnShape,
    VerdictGiven,
    VerdictKept,
)
from app.web.api.paging import LIST_REPLY, Paged
from app.web.api.replies import problems
from app.web.asking import writers
from app.web.guards.dependencies import CurrentRoster, MayChoose, MayRead, Reading, Writing
from app.web.guards.limits import Limited
from app.web.guards.repeats import Once
from app.web.guards.requests import GuardedRoute
from app.web.guards.turns import InTurn
from app.web.waiting import next_pair

router = APIRouter(route_class=GuardedRoute, tags=["choices"])

ComparisonPath = Annotated[str, Path(max_length=64, description="The id of one of your comparisons.")]


@router.post(
    "/prompts",
    status_code=201,
    responses=problems(404, 409),
    dependencies=[Limited.prompts],
    response_model=ComparisonId,
)
def send_prompt(prompt: Prompt, session: Writing, account: MayChoose, roster: CurrentRoster, once: Once) -> Response:
    """Ask something. Two answers are written in the background; read the comparison until both are ready."""

    def written() -> ComparisonId:
        by, mine = writers(roster, session), account.account_id
        drawn: dict[str, Any] = {"models": by.models, "styles": by.styles, "seed": by.seed}
        if prompt.after is not None:
            return ComparisonId(comparison_id=asking.go_on(session, mine, prompt.after, prompt.text, **drawn))
        return ComparisonId(comparison_id=asking.ask(session, mine, prompt.text, **drawn))

    return once.reply(written, 201, _where)


@router.post("/starters", status_code=201, dependencies=[Limited.imports])
def add_starters(session: Writing, account: MayChoose, response: Response) -> list[ComparisonId]:
    """Take the ready-made pairs of answers, to choose at once and without a model. Asking again adds nothing."""
    response.headers["Location"] = "/api/v1/comparisons/next"
    added = starters.add_starters(session, account.account_id)
    return [ComparisonId(comparison_id=comparison_id) for comparison_id in added.values()]


@router.get("/comparisons", response_model=list[Comparison], dependencies=[InTurn])
def list_failed_comparisons(
    session: Reading,
    account: MayRead,
    _state: Annotated[
        Literal["failed"], Query(alias="state", description="Which comparisons; only `failed` can be listed.")
    ],
) -> list[ComparisonView]:
    """The newest comparisons, five at most, with an answer that could not be written. Retry each by its id."""
    return comparing.failed(session, account.account_id)


@router.get("/comparisons/next", responses=problems(404), dependencies=[InTurn])
def next_comparison(
    session: Reading,
    account: MayRead,
    after: Annotated[str | None, Query(max_length=64, description="Pass over the comparisons up to this one.")] = None,
) -> NextComparison:
    """The oldest comparison that is ready and has no verdict, with your progress; of ready-made pairs the one that tells most."""
    mine = account.account_id
    view = comparing.next_comparison(session, mine, after) if after else next_pair(session, mine)
    return NextComparison(
        comparison=Comparison.model_validate(view) if view else None,
        progress=Progress.model_validate(comparing.progress(session, account.account_id)),
    )


@router.get("/comparisons/{comparison_id}", responses=problems(404), response_model=Comparison, dependencies=[InTurn])
def read_comparison(comparison_id: ComparisonPath, session: Reading, account: MayRead) -> ComparisonView:
    """One comparison. Who wrote which answer is told only after your verdict."""
    return comparing.comparison(session, account.account_id, comparison_id)


@router.get(
    "/comparisons/{comparison_id}/turns",
    responses={**LIST_REPLY, **problems(404)},
    response_model=list[TurnShape],
    dependencies=[InTurn],
)
def list_turns(comparison_id: ComparisonPath, session: Reading, account: MayRead, part: Paged) -> Context:
    """The conversation that led to the two answers, all of its turns, the oldest first, a part at a time."""
    found = comparing.turns(session, account.account_id, comparison_id, part.offset, part.limit)
    part.tell(found.total)
    return found.turns


@router.put(
    "/comparisons/{comparison_id}/verdict",
    responses=problems(404, 409),
    response_model=VerdictKept,
    dependencies=[Limited.verdicts],
)
def give_verdict(
    comparison_id: ComparisonPath, given: VerdictGiven, session: Writing, account: MayChoose
) -> VerdictView:
    """Give or change your verdict. Sending the same one again changes nothing and answers the same."""
    return comparing.give_verdict(
        session, account.account_id, comparison_id, given.value, given.milliseconds, given.revision, given.shown
    )


@router.delete("/comparisons/{comparison_id}/verdict", status_code=204, responses=problems(404, 409))
def undo_verdict(comparison_id: ComparisonPath, session: Writing, account: MayChoose) -> Response:
    """Take your verdict back; the comparison waits again."""
    comparing.undo_verdict(session, account.account_id, comparison_id)
    return Response(status_code=204)


@router.post(
    "/comparisons/{comparison_id}/retry",
    status_code=202,
    responses=problems(404, 409),
    dependencies=[Limited.prompts],
    response_model=ComparisonId,
)
def retry_answers(comparison_id: ComparisonPath, session: Writing, account: MayChoose, once: Once) -> Response:
    """Have an answer that failed written again."""

    def asked_again() -> ComparisonId:
        asking.retry(session, account.account_id, comparison_id)
        return ComparisonId(comparison_id=comparison_id)

    return once.reply(asked_again, 202, _where)


@router.post(
    "/comparisons/{comparison_id}/stop", status_code=204, responses=problems(404, 409), dependencies=[Limited.verdicts]
)
def stop_answers(comparison_id: ComparisonPath, session: Writing, account: MayChoose) -> Response:
    """Stop two answers that are being written; what has come of both is kept, to the same length. With enough of both the comparison is
    ready, else it has failed."""
    stopping.stop(session, account.account_id, comparison_id)
    return Response(status_code=204)


@router.get("/progress", response_model=Progress)
def read_progress(session: Reading, account: MayRead) -> ProgressView:
    """How many choices you have made and how many are waiting."""
    return comparing.progress(session, account.account_id)


@router.get("/choices", responses=LIST_REPLY, response_model=list[Choice])
def list_choices(
    session: Reading,
    account: MayRead,
    part: Paged,
    before: Annotated[
        str | None,
        Query(max_length=64, description="Comes with the next link, so that verdicts given meanwhile shift nothing."),
    ] = None,
) -> list[ChoiceView]:
    """Your verdicts, newest first."""
    place = _place(before) if before else None
    found = comparing.list_choices(session, account.account_id, part.offset, part.limit + 1, place)
    shown = found[: part.limit]
    following = f"{shown[-1].given_at.isoformat()}~{shown[-1].seq}" if len(found) > part.limit else ""
    part.tell(comparing.progress(session, account.account_id).verdicts, following)
    return shown


def _place(before: str) -> tuple[datetime, int]:
    given_at, _, seq = before.partition("~")
    try:
        place = datetime.fromisoformat(given_at).astimezone(UTC), int(seq)
    except (ValueError, OverflowError):
        place = datetime.now(UTC), 0
    if not 0 < place[1] < 2**31:
        raise BadInput("There is no such place in your choices. Begin without `before`, and follow the next links.")
    return place


def _where(asked: ComparisonId) -> str:
    return f"/api/v1/comparisons/{asked.comparison_id}"
