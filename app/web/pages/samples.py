"""Sample histories: loading one, taking it away from beside one's own choices, and bringing it back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from app.services.importing import beside_own, files
from app.web.guards.dependencies import Guest, RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.guards.turns import InTurn
from app.web.showing.rendering import see_other

router = APIRouter(route_class=GuardedRoute)


@router.post("/sample", dependencies=[InTurn, Limited.imports])
def load_sample(session: Writing, account: Guest, name: Annotated[str, Form(max_length=100)]) -> Response:
    """Takes a sample history over into the account."""
    made = files.load_sample(session, account.account_id, name)
    return see_other(f"/import?report={made.import_id}")


@router.post("/sample/away", dependencies=[Limited.imports])
def take_sample_away(session: Writing, account: RequiredAccount) -> Response:
    """Takes the sample histories out of what is listed and counts."""
    beside_own.take_away(session, account.account_id)
    return see_other("/choices")


@router.post("/sample/back", dependencies=[Limited.imports])
def bring_sample_back(session: Writing, account: RequiredAccount) -> Response:
    """Undoes that."""
    beside_own.bring_back(session, account.account_id)
    return see_other("/choices")
