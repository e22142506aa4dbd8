"""Accounts and consents (tokens: tokens.py)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.services.exporting import taking_out
from app.services.people import accounts, consenting, storing
from app.services.people.accounts import AccountView
from app.services.people.consenting import ConsentView
from app.services.people.storing import StorageView
from app.web import signing_in
from app.web.api.account_models import Account, Consent, ConsentTaken, NewAccount, Storage
from app.web.api.replies import problems
from app.web.guards.dependencies import MayManage, MayRead, Reading, RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.rates import client_address
from app.web.guards.requests import GuardedRoute
from app.web.showing.downloads import download_of

router = APIRouter(route_class=GuardedRoute)


@router.post("/accounts", status_code=201, tags=["account"], dependencies=[Limited.guests])
def create_account(request: Request, session: Writing, response: Response) -> NewAccount:
    """Make an account, without any form. The token in the reply is shown this once; every other call needs it."""
    response.headers["Location"] = "/api/v1/me"
    token = accounts.new_guest(session, "api", client_address(request)).token
    made = accounts.account_for_token(session, token)
    return NewAccount(account=Account.model_validate(made), token=token)


@router.get("/me", tags=["account"], response_model=Account)
def read_me(account: RequiredAccount) -> AccountView:
    """Your account, and what this token may do. Needs no scope."""
    return account


@router.get("/me/storage", tags=["account"], response_model=Storage)
def read_storage(session: Reading, account: MayRead) -> StorageView:
    """How much your account has brought in and typed, and the most that it may. Over it, 413 `storage-full`."""
    return storing.storage(session, account.account_id)


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
def take_data(session: Reading, account: MayRead) -> Response:
    """Take everything your account holds, as one file: consents, imports, conversations, comparisons, runs, personas."""
    return download_of(taking_out.everything(session, account.account_id), taking_out.FILENAME)


@router.delete("/me", status_code=204, tags=["account"])
def delete_me(request: Request, session: Writing, account: MayManage) -> Response:
    """Delete your account and everything in it: choices, texts, runs, personas, consents, tokens. Cannot be undone."""
    accounts.delete_everything(session, account.account_id)
    signing_in.forget(request)
    return Response(status_code=204)


@router.get("/consents", tags=["consents"], response_model=list[Consent])
def list_consents(session: Reading, account: MayRead) -> list[ConsentView]:
    """Where the switches for research stand. All are off until you turn one on."""
    return consenting.consents(session, account.account_id)


@router.put("/consents/{scope}", tags=["consents"], responses=problems(409), response_model=list[Consent])
def set_consent(
    scope: Annotated[Literal["choices", "texts"], Path(description="Which switch.")],
    wanted: ConsentTaken,
    session: Writing,
    account: MayManage,
) -> list[ConsentView]:
    """Turn a switch on or off. The text you agree to is kept with the time; off means gone from the next export.

    Send the `current_text_version` that you showed the person as `text_version`: if the text has changed meanwhile, 409
    says which version counts and nothing is switched on.
    """
    consenting.set_consent(session, account.account_id, scope, wanted.granted, wanted.text_version)
    return consenting.consents(session, account.account_id)
