"""Accounts, tokens and consents."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.services import accounts, consenting, taking_out
from app.services.accounts import AccountView
from app.services.consenting import ConsentView
from app.web import signing_in
from app.web.api.models import Account, Consent, ConsentTaken, NewAccount, NewToken
from app.web.guards.dependencies import Reading, RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.showing.downloads import download_of

router = APIRouter(route_class=GuardedRoute)


@router.post("/accounts", status_code=201, tags=["account"], dependencies=[Limited.guests])
def create_account(session: Writing, response: Response) -> NewAccount:
    """Make an account, without any form. The token in the reply is shown this once; every other call needs it."""
    response.headers["Location"] = "/api/v1/me"
    token = accounts.new_guest(session, "api").token
    made = accounts.account_for_token(session, token)
    return NewAccount(account=Account.model_validate(made), token=token)


@router.get("/me", tags=["account"], response_model=Account)
def read_me(account: RequiredAccount) -> AccountView:
    """Your account."""
    return account


TAKEOUT_REPLY: dict[int | str, dict[str, Any]] = {
    200: {"description": "One JSON object.", "content": {"application/json": {"schema": {"type": "object"}}}}
}


@router.get(
    "/me/data",
    tags=["account"],
    responses={**TAKEOUT_REPLY},
    response_class=StreamingResponse,
    dependencies=[Limited.imports],
)
def take_data(session: Reading, account: RequiredAccount) -> Response:
    """Take everything your account holds, as one file: consents, imports, conversations, comparisons, runs, personas."""
    return download_of(taking_out.everything(session, account.account_id), taking_out.FILENAME)


@router.delete("/me", status_code=204, tags=["account"])
def delete_me(request: Request, session: Writing, account: RequiredAccount) -> Response:
    """Delete your account and everything in it: choices, texts, runs, personas, consents, tokens. Cannot be undone."""
    accounts.delete_everything(session, account.account_id)
    signing_in.forget(request)
    return Response(status_code=204)


@router.post("/me/tokens", status_code=201, tags=["account"], dependencies=[Limited.imports])
def create_token(session: Writing, account: RequiredAccount) -> NewToken:
    """Make one more token for your account, for another program."""
    return NewToken(token=accounts.new_token(session, account.account_id, "api"))


@router.delete("/me/token", status_code=204, tags=["account"])
def revoke_token(request: Request, session: Writing, _account: RequiredAccount) -> Response:
    """Sign out: the token (or cookie) of this very request is dead from now on."""
    signing_in.sign_out(request, session)
    return Response(status_code=204)


@router.get("/consents", tags=["consents"], response_model=list[Consent])
def list_consents(session: Reading, account: RequiredAccount) -> list[ConsentView]:
    """Where the switches for research stand. All are off until you turn one on."""
    return consenting.consents(session, account.account_id)


@router.put("/consents/{scope}", tags=["consents"], response_model=list[Consent])
def set_consent(
    scope: Annotated[Literal["choices", "texts"], Path(description="Which switch.")],
    wanted: ConsentTaken,
    session: Writing,
    account: RequiredAccount,
) -> list[ConsentView]:
    """Turn a switch on or off. The text you agree to is kept with the time; off means gone from the next export."""
    consenting.set_consent(session, account.account_id, scope, wanted.granted)
    return consenting.consents(session, account.account_id)
