"""A stack of cards: doubtful choices out of an archive, each confirmed or not by one key."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from app.domain.choices.preference import Verdict
from app.services.importing.bringing import doubtful
from app.services.importing.bringing.doubtful import Stack
from app.storage.database import Session
from app.web.guards.dependencies import CurrentAccount, Reading, RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.guards.turns import InTurn
from app.web.showing.rendering import is_htmx, respond, see_other

router = APIRouter(prefix="/import/doubtful", route_class=GuardedRoute)

HERE = "/import/doubtful"


def _after(request: Request, session: Session, account_id: str) -> Response:
    if is_htmx(request):
        return respond(request, "doubtful", doubtful.stack(session, account_id))
    return see_other(HERE)


@router.get("", dependencies=[InTurn])
def show(request: Request, session: Reading, account: CurrentAccount) -> Response:
    """The card on top."""
    view = doubtful.stack(session, account.account_id) if account else Stack(0, None, None)
    return respond(request, "doubtful", view)


@router.post("/undo", dependencies=[InTurn, Limited.verdicts])
def undo(request: Request, session: Writing, account: RequiredAccount) -> Response:
    """Puts the last card back."""
    doubtful.undo(session, account.account_id)
    return _after(request, session, account.account_id)


@router.post("/{comparison_id}", dependencies=[InTurn, Limited.verdicts])
def confirm(
    request: Request,
    comparison_id: Annotated[str, Path(max_length=64)],
    session: Writing,
    account: RequiredAccount,
    value: Annotated[Verdict, Form()],
) -> Response:
    """Takes the person's word on a card and shows the next."""
    doubtful.confirm(session, account.account_id, comparison_id, value)
    return _after(request, session, account.account_id)
