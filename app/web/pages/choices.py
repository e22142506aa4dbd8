"""My choices: every verdict, each open to being read again and changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import Response

from app.domain.choices.preference import Verdict
from app.domain.texts.conversation import Turn
from app.services.choosing import comparing, starters, writers
from app.services.choosing.comparing import ChoiceView, ComparisonView
from app.services.importing import beside_own
from app.services.importing.beside_own import SampleState
from app.web.guards.dependencies import CurrentAccount, CurrentRoster, Reading, RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.guards.turns import InTurn
from app.web.showing.rendering import respond, see_other
from app.web.showing.views import reveal_words
from app.web.showing.writers import WritersView, writers_view

router = APIRouter(prefix="/choices", route_class=GuardedRoute)

PAGE = 50
ComparisonPath = Annotated[str, Path(max_length=64)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class ChoicesView:
    """One page of the list, newest first; `newer` and `older` are the offsets of its neighbours. `ready_made` are the ids of the
    ready-made pairs. `writers`, whose answers are chosen, stands on the first page alone."""

    choices: Sequence[ChoiceView]
    ready_made: frozenset[str]
    total: int
    offset: int
    newer: int
    older: int
    has_more: bool
    sample: SampleState | None
    writers: WritersView | None


@dataclass(frozen=True, slots=True)
class OneChoiceView:
    """Both answers of one comparison, and whose they were."""

    comparison: ComparisonView
    reveal: str


@dataclass(frozen=True, slots=True)
class EarlierView:
    """One page of the turns before the answers; `before` and `after` are the offsets of its neighbours."""

    comparison_id: str
    turns: Sequence[Turn]
    total: int
    offset: int
    before: int
    after: int


@router.get("")
def choices(
    request: Request, session: Reading, account: CurrentAccount, roster: CurrentRoster, offset: Offset = 0
) -> Response:
    """The list of verdicts."""
    found = comparing.list_choices(session, account.account_id, offset, PAGE + 1) if account else []
    total = comparing.progress(session, account.account_id).verdicts if account else 0
    shown = [choice.comparison_id for choice in found[:PAGE]]
    view = ChoicesView(
        choices=found[:PAGE],
        ready_made=starters.ready_made(session, account.account_id, shown) if account else frozenset(),
        total=total,
        offset=offset,
        newer=max(0, offset - PAGE),
        older=offset + PAGE,
        has_more=len(found) > PAGE,
        sample=beside_own.state(session, account.account_id) if account else None,
        writers=writers_view(writers.standings(session, account.account_id), roster.title_of)
        if account and not offset
        else None,
    )
    return respond(request, "choices", view)


@router.get("/{comparison_id}", dependencies=[InTurn])
def one(
    request: Request,
    comparison_id: ComparisonPath,
    session: Reading,
    account: RequiredAccount,
    roster: CurrentRoster,
) -> Response:
    """Both answers again, with the verdict and the names."""
    comparison = comparing.comparison(session, account.account_id, comparison_id)
    return respond(request, "choice", OneChoiceView(comparison, reveal_words(comparison.reveal, roster.title_of)))


@router.get("/{comparison_id}/earlier", dependencies=[InTurn])
def earlier(
    request: Request, comparison_id: ComparisonPath, session: Reading, account: RequiredAccount, offset: Offset = 0
) -> Response:
    """The conversation that led to the answers, a page of turns at a time."""
    found = comparing.turns(session, account.account_id, comparison_id, offset)
    before, after = max(0, offset - comparing.TURNS_SHOWN), offset + comparing.TURNS_SHOWN
    return respond(request, "earlier", EarlierView(comparison_id, found.turns, found.total, offset, before, after))


@router.post("/{comparison_id}/verdict", dependencies=[Limited.verdicts])
def change(
    comparison_id: ComparisonPath,
    session: Writing,
    account: RequiredAccount,
    value: Annotated[Verdict, Form()],
    offset: Annotated[int, Form(ge=0, le=1_000_000)] = 0,
    revision: Annotated[int | None, Form(ge=0)] = None,
) -> Response:
    """Changes a verdict; the old value is kept as a revision."""
    kept = comparing.give_verdict(session, account.account_id, comparison_id, value, None, revision)
    shown = comparing.comparison(session, account.account_id, kept.comparison_id)
    return see_other(f"/choices?offset={offset}#choice-{shown.seq}")
