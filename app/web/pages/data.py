"""My data: the account code, the consents and their receipts, a token for programs, taking it home, deleting it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.domain.errors import BadInput
from app.services import accounts, consenting, taking_out
from app.services.accounts import AccountView
from app.services.consenting import ConsentView, Receipt
from app.storage.database import Session
from app.web.guards.dependencies import CurrentAccount, Reading, RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.showing.downloads import download_of
from app.web.showing.rendering import respond, see_other
from app.web.signing_in import forget

router = APIRouter(prefix="/data", route_class=GuardedRoute)


@dataclass(frozen=True, slots=True)
class DataPage:
    """`account` is None for a stranger; `token` holds a new token this once."""

    account: AccountView | None
    consents: Sequence[ConsentView]
    receipts: Sequence[Receipt]
    token: str


def _page(session: Session, account: AccountView, token: str = "") -> DataPage:
    switches = consenting.consents(session, account.account_id)
    return DataPage(account, switches, consenting.receipts(session, account.account_id), token)


@router.get("")
def data(request: Request, session: Reading, account: CurrentAccount) -> Response:
    """What is kept and which switches are on."""
    return respond(request, "data", _page(session, account) if account else DataPage(None, [], [], ""))


@router.get("/my-data.json", dependencies=[Limited.imports])
def take(session: Reading, account: RequiredAccount) -> Response:
    """Everything of the account in one file."""
    return download_of(taking_out.everything(session, account.account_id), taking_out.FILENAME)


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
    return respond(request, "data", _page(session, account, secret))


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
