"""My data: the account code, the consents and their receipts, sign-ins, tokens for programs, taking it home, deleting it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import Response

from app.domain.errors import BadInput, NotFound
from app.domain.people.access import SCOPES
from app.services.exporting import taking_out
from app.services.people import accounts, consenting, sign_ins, storing, tokens
from app.services.people.accounts import AccountView
from app.services.people.consenting import ConsentView, Receipt
from app.services.people.sign_ins import SignInView
from app.services.people.storing import StorageView
from app.services.people.tokens import MadeToken, TokenView
from app.storage.database import Session
from app.web.guards.dependencies import CurrentAccount, Reading, RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.showing.downloads import download_of
from app.web.showing.rendering import respond, see_other
from app.web.signing_in import forget, presented_token

router = APIRouter(prefix="/data", route_class=GuardedRoute)


@dataclass(frozen=True, slots=True)
class DataPage:
    """`account` is None for a stranger; `made` holds a new token with its secret this once. `scopes` is what a token may
    be made for."""

    account: AccountView | None
    consents: Sequence[ConsentView]
    receipts: Sequence[Receipt]
    browsers: Sequence[SignInView]
    tokens: Sequence[TokenView]
    made: MadeToken | None
    scopes: Mapping[str, str]
    stored: StorageView | None


def _page(request: Request, session: Session, account: AccountView, made: MadeToken | None = None) -> DataPage:
    return DataPage(
        account,
        consenting.consents(session, account.account_id),
        consenting.receipts(session, account.account_id),
        sign_ins.list_browsers(session, account.account_id, presented_token(request) or ""),
        tokens.list_tokens(session, account.account_id),
        made,
        SCOPES,
        storing.storage(session, account.account_id),
    )


@router.get("")
def data(request: Request, session: Reading, account: CurrentAccount) -> Response:
    """What is kept and which switches are on."""
    return respond(
        request, "data", _page(request, session, account) if account else DataPage(None, [], [], [], [], None, {}, None)
    )


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
    text_version: Annotated[str | None, Form(max_length=32)] = None,
) -> Response:
    """Turns one switch; `text_version` is that of the text that stood beside it."""
    consenting.set_consent(session, account.account_id, scope, granted == "yes", text_version)
    return see_other("/data#sharing")


async def _scopes(request: Request) -> list[str]:
    """The boxes that were ticked; each is a field of its own, since a form has no field twice."""
    form = await request.form()
    return [scope for scope in SCOPES if form.get(f"may-{scope}") == "yes"]


@router.post("/tokens", dependencies=[Limited.imports])
def make_token(
    request: Request,
    session: Writing,
    account: RequiredAccount,
    scopes: Annotated[list[str], Depends(_scopes)],
    name: Annotated[str, Form(max_length=200)] = "",
    days: Annotated[int, Form(ge=1, le=tokens.MOST_DAYS)] = 180,
) -> Response:
    """Makes a token and shows it this once."""
    made = tokens.make(session, account.account_id, name=name, scopes=scopes, days=days)
    return respond(request, "data", _page(request, session, account, made))


@router.post("/tokens/revoke")
def revoke_all(session: Writing, account: RequiredAccount) -> Response:
    """Makes every token worthless."""
    tokens.revoke_all(session, account.account_id)
    return see_other("/data#tokens")


@router.post("/tokens/{token_id}/revoke")
def revoke(token_id: Annotated[str, Path(max_length=64)], session: Writing, account: RequiredAccount) -> Response:
    """Makes one token worthless; one that is gone already is no error."""
    with contextlib.suppress(NotFound):
        tokens.revoke(session, account.account_id, token_id)
    return see_other("/data#tokens")


@router.post("/sign-ins/everywhere")
def sign_out_everywhere(request: Request, session: Writing, account: RequiredAccount) -> Response:
    """Ends every sign-in of the account, this one and the tokens too."""
    accounts.sign_out_everywhere(session, account.account_id)
    forget(request)
    return see_other("/")


@router.post("/sign-ins/{sign_in_id}/end")
def sign_out_one(
    sign_in_id: Annotated[str, Path(max_length=64)], session: Writing, account: RequiredAccount
) -> Response:
    """Signs one browser out; one that is out already is no error."""
    with contextlib.suppress(NotFound):
        sign_ins.end(session, account.account_id, sign_in_id)
    return see_other("/data#sign-ins")


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
