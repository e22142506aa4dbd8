"""Choose: two anonymous answers and a verdict; asking for two more; what is still being written, what has failed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.sse import ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.adapters.roster.listing import Roster
from app.domain.choices.naming_itself import EQUAL_ANSWERS
from app.domain.choices.preference import Verdict
from app.domain.choices.reasons import REASONS
from app.services.choosing import asking, comparing, explaining, starters, stopping
from app.services.choosing.comparing import ComparisonView, ProgressView
from app.services.choosing.explaining import WhyView
from app.services.choosing.growing import GrowingView, growing, growing_pair
from app.services.choosing.starters import StarterView
from app.services.people.accounts import AccountView
from app.storage.database import Database, Session
from app.web.asking import writers
from app.web.following import PairLooks
from app.web.guards.dependencies import (
    CurrentAccount,
    CurrentDatabase,
    CurrentRoster,
    Guest,
    Reading,
    RequiredAccount,
    Writing,
)
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.guards.turns import InTurn
from app.web.showing.rendering import chrome, is_htmx, render, respond, see_other
from app.web.showing.views import FIRST_CHOICE, Chrome, TitleOf, reveal_words
from app.web.signing_in import presented_token
from app.web.streams import event_stream
from app.web.waiting import next_pair

router = APIRouter(prefix="/choose", route_class=GuardedRoute)

ComparisonPath = Annotated[str, Path(max_length=64)]


@dataclass(frozen=True, slots=True)
class LastChoice:
    """What was said about the comparison before, and whose answers they were; `why` where it was for one of them; `goes_on`
    where the next turn can be asked after it."""

    comparison_id: str
    verdict: str
    reveal: str
    why: WhyView | None
    goes_on: bool


@dataclass(frozen=True, slots=True)
class FailedPair:
    """A comparison that misses an answer, with a sentence that says why, and not which side: that may name the model. `kept`: what had
    come of both where they were stopped; `can_go`: it may be thrown away."""

    comparison_id: str
    sentence: str
    question: str
    kept: tuple[str, ...]
    can_go: bool


@dataclass(frozen=True, slots=True)
class ChooseView:
    """`comparison` is None where nothing is ready; `is_waiting` then says whether answers are being written, `has_more`
    whether ready-made pairs are left, and `growing` what has come of the two that were asked for first. A stranger is shown the first of these, judged at `address`."""

    comparison: ComparisonView | StarterView | None
    address: str
    last: LastChoice | None
    progress: ProgressView
    is_waiting: bool
    has_more: bool
    growing: GrowingView | None
    failed: list[FailedPair]


def choose_view(session: Session, account: AccountView | None, title_of: TitleOf, wanted: str = "") -> ChooseView:
    """What the page shows now: the comparison `wanted`, where it waits for a verdict, else the oldest that does. `title_of`: what people
    are told of a model."""
    if account is None:
        pair = starters.first_pair()
        nothing = comparing.NOTHING_YET
        return ChooseView(pair, FIRST_CHOICE, None, nothing, is_waiting=False, has_more=False, growing=None, failed=[])
    comparison = _waiting(session, account, wanted) or next_pair(session, account.account_id)
    progress = comparing.progress(session, account.account_id)
    is_waiting = comparison is None and progress.pending > 0
    return ChooseView(
        comparison=comparison,
        address=f"/choose/{comparison.comparison_id}/verdict" if comparison else "",
        last=_last(session, account, title_of),
        progress=progress,
        is_waiting=is_waiting,
        has_more=comparison is None and starters.has_more(session, account.account_id),
        growing=growing(session, account.account_id) if is_waiting else None,
        failed=[_failed(one) for one in comparing.failed(session, account.account_id)] if progress.failed else [],
    )


def _waiting(session: Session, account: AccountView, comparison_id: str) -> ComparisonView | None:
    if not comparison_id:
        return None
    found = comparing.comparison(session, account.account_id, comparison_id)
    return found if found.verdict is None and found.state == "ready" else None


def _last(session: Session, account: AccountView, title_of: TitleOf) -> LastChoice | None:
    comparison_id = comparing.last_verdict(session, account.account_id)
    if comparison_id is None:
        return None
    last = comparing.comparison(session, account.account_id, comparison_id)
    why = explaining.why(session, account.account_id, comparison_id)
    goes_on = last.source == "typed" and asking.can_go_on(session, account.account_id, comparison_id)
    return LastChoice(comparison_id, str(last.verdict), reveal_words(last.reveal, title_of), why, goes_on)


def _failed(comparison: ComparisonView) -> FailedPair:
    failure = comparison.first.failure
    is_whole = failure == EQUAL_ANSWERS or comparison.stopped
    sentence = failure if is_whole else f"An answer could not be written. {failure}"
    kept = tuple(answer.text for answer in (comparison.first, comparison.second) if answer.text)
    return FailedPair(
        comparison.comparison_id, sentence, comparison.context[-1].content, kept, comparison.source == "typed"
    )


def _shown(request: Request, session: Session, account: AccountView, wanted: str = "") -> Response:
    """After a change: the comparison `wanted`, where it waits for a verdict, else the next, for htmx; else back to the page."""
    if not is_htmx(request):
        return see_other(f"/choose?pair={wanted}" if wanted else "/choose")
    roster: Roster = request.app.state.roster
    view = choose_view(session, account, roster.title_of, wanted)
    # Only a page that is loaded for answers that grow follows them.
    return (
        Response(status_code=204, headers={"HX-Redirect": "/choose"})
        if view.growing
        else respond(request, "choose", view)
    )


@router.get("", dependencies=[InTurn])
def choose(
    request: Request,
    session: Reading,
    account: CurrentAccount,
    roster: CurrentRoster,
    pair: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The oldest comparison without a verdict, or why there is none; `pair` asks for one of the account's own."""
    return respond(request, "choose", choose_view(session, account, roster.title_of, pair))


@router.post("/settle", dependencies=[Limited.imports])
def settle(session: Writing, account: Guest, name: Annotated[str, Form(max_length=64)]) -> Response:
    """Shows the ready-made pair of this name next: one that would settle what a persona leaves open."""
    return see_other(f"/choose?pair={starters.settle(session, account.account_id, name)}")


@router.post("/more", dependencies=[Limited.imports])
def more(session: Writing, account: Guest) -> Response:
    """Puts the ready-made pairs into the account."""
    starters.add_starters(session, account.account_id)
    return see_other("/choose")


@router.post("/ask", dependencies=[Limited.prompts])
def ask(
    session: Writing, account: Guest, roster: CurrentRoster, text: Annotated[str, Form(max_length=12_000)]
) -> Response:
    """Has two answers to a prompt written in the background."""
    by = writers(roster, session)
    asking.ask(session, account.account_id, text, models=by.models, styles=by.styles, seed=by.seed)
    return see_other("/choose")


@router.post("/undo", dependencies=[Limited.verdicts])
def undo(
    request: Request,
    session: Writing,
    account: RequiredAccount,
    comparison_id: Annotated[str, Form(max_length=64)],
) -> Response:
    """Takes back the verdict that the page showed as the last; its comparison is shown again. Twice is like once."""
    comparing.undo_verdict(session, account.account_id, comparison_id)
    return _shown(request, session, account)


@router.post("/{comparison_id}/verdict", dependencies=[Limited.verdicts])
def verdict(
    request: Request,
    comparison_id: ComparisonPath,
    session: Writing,
    account: RequiredAccount,
    value: Annotated[Verdict, Form()],
    milliseconds: Annotated[int | None, Form()] = None,
    revision: Annotated[int | None, Form(ge=0)] = None,
    shown: Annotated[int | None, Form(ge=0)] = None,
) -> Response:
    """Stores the verdict and shows the next comparison; `revision` is what the page showed, so that a verdict that was kept
    without a connection takes the place of no newer one, and `shown` how much of both answers where they were being written."""
    comparing.give_verdict(session, account.account_id, comparison_id, value, milliseconds, revision, shown)
    return _shown(request, session, account)


async def _reasons(request: Request) -> list[str]:
    """The boxes that were ticked; each is a field of its own, since a form has no field twice."""
    form = await request.form()
    return [reason for reason in REASONS if form.get(f"why-{reason}") == "yes"]


@router.post("/{comparison_id}/why", dependencies=[Limited.verdicts])
def say_why(
    request: Request,
    comparison_id: ComparisonPath,
    session: Writing,
    account: RequiredAccount,
    reasons: Annotated[list[str], Depends(_reasons)],
    strength: Annotated[str, Form(max_length=16)] = "",
    pair: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Keeps how strong the choice is and why, and shows the same `pair` as before."""
    explaining.say_why(session, account.account_id, comparison_id, strength, reasons)
    return _shown(request, session, account, pair)


@router.get("/{comparison_id}/stream")
def stream(
    request: Request,
    comparison_id: ComparisonPath,
    session: Reading,
    account: RequiredAccount,
    database: CurrentDatabase,
    roster: CurrentRoster,
) -> Response:
    """The fragment of the page whenever more has come of both answers, until they are there."""
    growing_pair(session, account.account_id, comparison_id)
    looks: PairLooks = request.app.state.pair_looks
    changes = looks.changes(account.account_id, comparison_id, token=presented_token(request))
    fragment = partial(_fragment, database, account, chrome(request), roster.title_of)
    return event_stream(_fragments(changes, fragment), request.app.state.streams, account.account_id)


async def _fragments(
    changes: AsyncIterator[tuple[int, GrowingView]], fragment: Callable[[], str]
) -> AsyncIterator[ServerSentEvent]:
    async for _seq, _pair in changes:
        yield ServerSentEvent(raw_data=await run_in_threadpool(fragment))
    yield ServerSentEvent(raw_data="ended", event="done")


def _fragment(database: Database, account: AccountView, frame: Chrome, title_of: TitleOf) -> str:
    with database.reading() as session:
        return render("choose/_fragment.html", choose_view(session, account, title_of), frame)


@router.post("/{comparison_id}/go-on", dependencies=[Limited.prompts])
def go_on(
    comparison_id: ComparisonPath,
    session: Writing,
    account: RequiredAccount,
    roster: CurrentRoster,
    text: Annotated[str, Form(max_length=12_000)],
) -> Response:
    """Has two answers to the next turn written in the background, after the answer that was chosen."""
    by = writers(roster, session)
    asking.go_on(session, account.account_id, comparison_id, text, models=by.models, styles=by.styles, seed=by.seed)
    return see_other("/choose")


@router.post("/{comparison_id}/stop", dependencies=[Limited.verdicts])
def stop(request: Request, comparison_id: ComparisonPath, session: Writing, account: RequiredAccount) -> Response:
    """Stops the writing of both answers; where enough of both is there, they are shown for choosing. Twice is like once."""
    can_be_chosen = stopping.stop(session, account.account_id, comparison_id)
    return _shown(request, session, account, comparison_id if can_be_chosen else "")


@router.post("/{comparison_id}/discard", dependencies=[Limited.verdicts])
def discard(comparison_id: ComparisonPath, session: Writing, account: RequiredAccount) -> Response:
    """Throws a prompt away that was not judged, with what came of its answers."""
    stopping.throw_away(session, account.account_id, comparison_id)
    return see_other("/choose")


@router.post("/{comparison_id}/retry", dependencies=[Limited.prompts])
def retry(comparison_id: ComparisonPath, session: Writing, account: RequiredAccount) -> Response:
    """Has the answers that failed written again."""
    asking.retry(session, account.account_id, comparison_id)
    return see_other("/choose")
