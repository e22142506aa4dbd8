"""My data: the account code, the consents, a token for programs, and deleting everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.domain.errors import BadInput
from app.services import accounts, consenting
from app.services.accounts import AccountView
from app.services.consenting import ConsentView
from app.web.dependencies import CurrentAccount, Reading, RequiredAccount, Writing
from app.web.limits import Limited
from app.web.rendering import respond, see_other
from app.web.requests import GuardedRoute
from app.web.signing_in import forget

router = APIRouter(prefix="/data", route_class=GuardedRoute)


@dataclass(frozen=True, slots=True)
class DataPage:
    """`account` is None for a stranger; `token` holds a new token this once."""

    account: AccountView | None
    consents: Sequence[ConsentView]
    token: str


@router.get("")
def data(request: Request, session: Reading, account: CurrentAccount) -> Response:
    """What is kept and which switches are on."""
    switches = consenting.consents(session, account.account_id) if account else []
    return respond(request, "data", DataPage(account, switches, ""))


@router.post("/consent")
def consent(
    session: Writing,
    account: RequiredAccount,
    scope: Annotated[str, Form(max_length=32)],
    granted: Annotated[Literal["yes", "no"], Form()],
) -> Response:
    """Turns one switch."""
    consenting.set_consent(session, account.account_id, scope, granted == "yes")
    return see_other("/data#sharing")


@router.post("/token", dependencies=[Limited.imports])
def token(request: Request, session: Writing, account: RequiredAccount) -> Response:
    """Makes a token and shows it this once."""
    secret = accounts.new_token(session, account.account_id, "api")
    return respond(request, "data", DataPage(account, consenting.consents(session, account.account_id), secret))


@router.post("/delete")
def delete(
    request: Request, session: Writing, account: RequiredAccount, confirm: Annotated[str, Form(max_length=8)] = ""
) -> Response:
    """Deletes the account with everything in it."""
    if confirm != "yes":
        raise BadInput("Tick “Yes, delete all of it” first. Nothing was deleted.")
    accounts.delete_everything(session, account.account_id)
    forget(request)
    return see_other("/")
