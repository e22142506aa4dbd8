"""Writing a persona: what it will cost, its named steps as they move, and what is known before it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.sse import ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.domain.letter import how_sure, letter_of, trait_to_you
from app.domain.prompt_targets import written_from
from app.services.calling.knowing import KnownSoFar
from app.services.choosing import comparing
from app.services.choosing.comparing import ProgressView
from app.services.importing.bringing import own_words
from app.services.inducing import inducing, personas
from app.services.inducing.inducing import RunView, StageView
from app.storage.database import Database, Session
from app.web.following import Looks
from app.web.guards.dependencies import (
    CurrentAccount,
    CurrentDatabase,
    CurrentSettings,
    Reading,
    RequiredAccount,
    Writing,
)
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.showing.offers import USUAL, Offer, offers, time_left, what_was_found
from app.web.showing.rendering import chrome, is_htmx, render, respond, see_other
from app.web.showing.stages import shown_stages
from app.web.showing.style_rows import style_rows
from app.web.showing.views import Chrome, IntervalRow, signed
from app.web.signing_in import presented_token
from app.web.streams import event_stream

router = APIRouter(prefix="/run", route_class=GuardedRoute)

SEED = 0
RunPath = Annotated[str, Path(max_length=64)]
TITLES = {
    "queued": "Your persona is being written",
    "running": "Your persona is being written",
    "done": "Your persona is written",
    "failed": "The run stopped before the end",
    "cancelled": "You stopped the run",
}


MOST_COUNTS = 6
"""Rows of what was counted; the persona page has them all."""
NOTHING_BUT_COUNTS = "The model found no trait that holds; what was counted stands here"


@dataclass(frozen=True, slots=True)
class RunPage:
    """`run` is None before the first. `traits` come before the `letter`, and `offers` where a run may be started, with what was
    `found` about its model (`wanted` is the recipe that a link asked for); `how_sure` stands where it has ended with a persona; `unchanged` where the same would come out again; `read` is what was read, `time_left` is "" where nothing can be said of it."""

    title: str
    headline: str
    failure: str
    run: RunView | None
    is_live: bool
    is_sample: bool
    stages: Sequence[StageView]
    since: str
    elapsed: float
    time_left: str
    read: str
    style: list[IntervalRow]
    traits: Sequence[Mapping[str, str]]
    letter: Mapping[str, Any] | None
    signed: str
    how_sure: str
    wanted: str
    choices: int
    left_out: int
    unchanged: bool
    offers: Sequence[Offer]
    found: str
    stated: str
    budget_calls: int


def _read(run: RunView) -> str:
    """As in `14 choices`, or `7 decisions from 12 choices` where some share request and winner, as soon as that is counted."""
    style = run.style or {}
    known = {"n_read": style["read"], "n_decisions": style["choices"]} if "read" in style else {}
    return written_from({"n_choices": run.n_choices, **known})


def _measures_told(document: Mapping[str, Any] | None) -> set[str]:
    return {told["measure"] for told in letter_of(document)["traits"]} if document else set()


def _title(run: RunView, *, is_sample: bool) -> str:
    is_written = run.state == "done" or run.is_being_worded
    if is_sample and is_written:
        return "The sample’s persona is written"
    if run.state == "done" and not run.persona_id:
        return NOTHING_BUT_COUNTS if style_rows(run.style) else "No persona could be written from these choices"
    return TITLES["done" if is_written else run.state]


def _headline(run: RunView, stages: Sequence[StageView], *, is_sample: bool) -> str:
    """What screen readers hear: it changes with the step, not with every count."""
    if run.state == "queued":
        return "Waiting for its turn."
    at = next((number for number, stage in enumerate(stages, 1) if stage.state == "active"), 0)
    if run.is_live:
        return f"Step {at} of {len(stages)}: {stages[at - 1].label}." if at else "Under way."
    if run.state == "done" and run.persona_id:
        return "The sample’s persona is ready." if is_sample else "Your persona is ready."
    return f"From {_read(run)}."


def run_page(
    run: RunView,
    document: Mapping[str, Any] | None,
    progress: ProgressView,
    known: KnownSoFar,
    wanted: str = "",
    *,
    unchanged: bool = False,
    is_sample: bool = False,
    stated: str = "",
) -> RunPage:
    """What the page shows of a run; `is_sample` where a sample history wrote its persona."""
    stages = shown_stages(run)
    began = run.started_at or run.created_at
    ended = run.finished_at or datetime.now(UTC)
    elapsed = max(0.0, (ended - began).total_seconds())
    offered = () if run.is_live else offers(progress.teaching, known.profile, wanted)
    return RunPage(
        title=_title(run, is_sample=is_sample),
        headline=_headline(run, stages, is_sample=is_sample),
        failure=" ".join(part for part in (run.failure, *run.missing) if part),
        run=run,
        is_live=run.is_live,
        is_sample=is_sample,
        stages=stages,
        since=began.isoformat(),
        elapsed=elapsed,
        time_left=time_left(run, known.profile, elapsed),
        read=_read(run),
        style=style_rows(run.style, _measures_told(document), MOST_COUNTS),
        traits=() if document else [{**trait, "text": trait_to_you(trait["text"])} for trait in run.traits],
        letter=letter_of(document) if document else None,
        signed=signed(document) if document else "",
        how_sure=how_sure(document) if document and (run.is_being_worded or not run.is_live) else "",
        wanted=wanted,
        choices=progress.teaching,
        left_out=progress.left_out,
        unchanged=unchanged,
        offers=offered,
        found=what_was_found(known, offered) if offered else "",
        stated=run.stated or stated,
        budget_calls=run.budget_calls,
    )


def _page_of(session: Session, account_id: str, run: RunView, known: KnownSoFar, wanted: str = "") -> RunPage:
    found = personas.persona(session, account_id, run.persona_id) if run.persona_id else None
    progress = comparing.progress(session, account_id)
    unchanged = not run.is_live and inducing.is_unchanged(session, account_id, run, known.profile.name)
    stated = "" if run.is_live else own_words.as_stated(session, account_id)
    document, is_sample = (found.document, found.is_sample) if found else (None, False)
    return run_page(run, document, progress, known, wanted, unchanged=unchanged, is_sample=is_sample, stated=stated)


def _is_passed(session: Session, account_id: str, run: RunView) -> bool:
    """Whether the run ended with the persona of a sample that does not count any more: there is another one to begin."""
    if run.is_live or not run.persona_id:
        return False
    return personas.persona(session, account_id, run.persona_id).is_passed


def _page(request: Request, session: Session, account_id: str, run_id: str) -> Response:
    run = inducing.run(session, account_id, run_id)
    return respond(request, "run", _page_of(session, account_id, run, request.app.state.model_known()))


@router.get("")
def show(
    request: Request,
    session: Reading,
    account: CurrentAccount,
    settings: CurrentSettings,
    recipe: Annotated[Literal["traits", "quick", ""], Query()] = "",
) -> Response:
    """The newest run, or what one would cost, also where the newest was of a sample that does not count any more; `recipe` chooses beforehand what a link asked for."""
    known = request.app.state.model_known()
    newest = inducing.latest_run(session, account.account_id) if account else None
    if account and newest and not _is_passed(session, account.account_id, newest):
        return respond(request, "run", _page_of(session, account.account_id, newest, known, recipe))
    progress = comparing.progress(session, account.account_id) if account else comparing.NOTHING_YET
    offered = offers(progress.teaching, known.profile, recipe)
    view = RunPage(
        title="Write my persona",
        headline="",
        failure="",
        run=None,
        is_live=False,
        is_sample=False,
        stages=(),
        since="",
        elapsed=0.0,
        time_left="",
        read="",
        style=[],
        traits=(),
        letter=None,
        signed="",
        how_sure="",
        wanted=recipe,
        choices=progress.teaching,
        left_out=progress.left_out,
        unchanged=False,
        offers=offered,
        found=what_was_found(known, offered) if offered else "",
        stated=own_words.as_stated(session, account.account_id) if account else "",
        budget_calls=settings.run_budget_calls,
    )
    return respond(request, "run", view)


@router.post("/start", dependencies=[Limited.jobs])
def start(
    session: Writing,
    account: RequiredAccount,
    settings: CurrentSettings,
    recipe: Annotated[Literal["traits", "quick"] | None, Form()] = None,
    stated: Annotated[str, Form()] = "",
) -> Response:
    """Starts a run over the choices of this moment, in the way asked for, else in the one that suits the model."""
    inducing.start_run(
        session,
        account.account_id,
        model=settings.model,
        recipe=recipe or USUAL,
        seed=SEED,
        budget_calls=settings.run_budget_calls,
        budget_tokens=settings.run_budget_tokens,
        stated=stated,
    )
    return see_other("/run")


@router.post("/{run_id}/cancel")
def cancel(request: Request, run_id: RunPath, session: Writing, account: RequiredAccount) -> Response:
    """Stops the run before its next call."""
    inducing.cancel_run(session, account.account_id, run_id)
    return _page(request, session, account.account_id, run_id) if is_htmx(request) else see_other("/run")


@router.get("/{run_id}/progress")
def progress(request: Request, run_id: RunPath, session: Reading, account: RequiredAccount) -> Response:
    """Where the run stands: what the stream sends, for when there is none."""
    return _page(request, session, account.account_id, run_id)


@router.get("/{run_id}/stream")
def stream(
    request: Request, run_id: RunPath, session: Reading, account: RequiredAccount, database: CurrentDatabase
) -> Response:
    """The fragment of the page at every change, until the run ends."""
    inducing.run(session, account.account_id, run_id)
    known = request.app.state.model_known()
    token = presented_token(request)
    looks: Looks = request.app.state.looks
    changes = looks.changes(account.account_id, run_id, token=token)
    fragments = _fragments(changes, database, account.account_id, chrome(request), known)
    return event_stream(fragments, request.app.state.streams, account.account_id)


async def _fragments(
    changes: AsyncIterator[tuple[int, RunView]], database: Database, account_id: str, frame: Chrome, known: KnownSoFar
) -> AsyncIterator[ServerSentEvent]:
    async for seq, run in changes:
        fragment = await run_in_threadpool(_fragment, database, account_id, run, frame, known)
        yield ServerSentEvent(raw_data=fragment, id=str(seq))
    yield ServerSentEvent(raw_data="ended", event="done")


def _fragment(database: Database, account_id: str, run: RunView, frame: Chrome, known: KnownSoFar) -> str:
    with database.reading() as session:
        return render("run/_fragment.html", _page_of(session, account_id, run, known), frame)
