"""What routes ask for by annotation: the session of the request, and who is asking.

What computes nothing and asks no database is `async`: else FastAPI has a thread do it, and a request would pass between event loop
and threads nine times, where each pass waits for whoever computes.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from starlette.requests import Request

from app.adapters.roster.listing import Roster
from app.domain.errors import NotAllowed
from app.domain.moments import is_within
from app.services.people import accounts
from app.services.people.accounts import AccountView
from app.settings import Settings
from app.storage.database import Database, DatabaseBusy, Session
from app.web import signing_in
from app.web.guards import admitting, rates
from app.web.guards.requests import changes_rows, makes_guests
from app.web.guards.transactions import transaction, writes
from app.web.refusals import InvalidToken, ScopeMissing, SignInNeeded, check_scope

SEEN_AGAIN_AFTER = timedelta(hours=1)
API = "/api/"
"""Where the addresses of the API begin; a token of limited scope is good for those alone."""

Transaction = Annotated[Session, Depends(transaction, scope="function")]


async def _reading(session: Transaction) -> Session:
    return session


@changes_rows
async def _writing(session: Transaction) -> Session:
    return session


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _roster(request: Request) -> Roster:
    roster: Roster = request.app.state.roster
    return roster


Reading = Annotated[Session, Depends(_reading, scope="function")]
"""The session of the request, for looking things up."""
Writing = Annotated[Session, Depends(_writing, scope="function")]
"""The same session for a route that changes rows; it is committed before the reply is sent, or nothing is changed."""
CurrentDatabase = Annotated[Database, Depends(_database)]
CurrentSettings = Annotated[Settings, Depends(_settings)]
CurrentRoster = Annotated[Roster, Depends(_roster)]


async def _current_account(request: Request, session: Transaction) -> AccountView | None:
    account: AccountView | None = request.state.signed_in
    if account is None:
        if signing_in.bearer_token(request.scope["headers"]) is not None:
            raise InvalidToken("This token is not valid, or no longer. Create an account for a new one.")
        return None
    admitting.refuse_suspended(account)
    if account.is_limited and not request.url.path.startswith(API):
        raise ScopeMissing("This token was made for some uses of the API alone, not for the pages.")
    request.state.role, request.state.provider = account.role, account.provider
    if account.seen_at is None or not is_within(account.seen_at, datetime.now(UTC), SEEN_AGAIN_AFTER):
        await run_in_threadpool(_touch, request, session)
    return account


def _touch(request: Request, session: Session) -> None:
    token = signing_in.presented_token(request) or ""
    if writes(request):
        accounts.touch(session, token)
        return
    database: Database = request.app.state.database
    # A page must not fail because the time of a visit could not be noted.
    with contextlib.suppress(*DatabaseBusy), database.writing() as own:
        accounts.touch(own, token)


CurrentAccount = Annotated[AccountView | None, Depends(_current_account)]
"""Who is signed in; None for a stranger. An invalid bearer token is refused (401) rather than taken for a stranger."""


@makes_guests
def _guest(request: Request, session: Writing, account: CurrentAccount) -> AccountView:
    if account is not None:
        return account
    rates.take(request, "guests", rates.client_address(request), session)
    signed_in = accounts.new_guest(session, address=rates.client_address(request))
    signing_in.sign_in(request, signed_in.token)
    made = accounts.account_for_token(session, signed_in.token)
    assert made is not None
    return made


Guest = Annotated[AccountView, Depends(_guest)]
"""Who is signed in, or a new guest made in the same transaction; unsafe methods only. A failed request makes none."""


_bearer = HTTPBearer(
    auto_error=False, description="The token from POST /api/v1/accounts, or one made with fewer scopes."
)
"""Read by signing_in; named here so that the API's description tells which endpoints need it."""


async def _required_account(
    needed: SecurityScopes,
    account: CurrentAccount,
    _described: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> AccountView:
    if account is None:
        raise SignInNeeded("You are not signed in here.")
    for scope in needed.scopes:
        check_scope(account.scopes, scope)
    return account


vars(_required_account)["needs_sign_in"] = True  # read by admitting, before a large body is

RequiredAccount = Annotated[AccountView, Depends(_required_account)]
"""Who is signed in; a stranger is sent to the first page (pages) or refused with 401 (API). The API asks for one of the
following instead, which refuse a token without the scope (403)."""
MayRead = Annotated[AccountView, Security(_required_account, scopes=["read"])]
MayChoose = Annotated[AccountView, Security(_required_account, scopes=["choose"])]
MayImport = Annotated[AccountView, Security(_required_account, scopes=["import"])]
MayInduce = Annotated[AccountView, Security(_required_account, scopes=["induce"])]
MayManage = Annotated[AccountView, Security(_required_account, scopes=["account"])]


async def _researcher(account: Annotated[AccountView, Security(_required_account, scopes=["export"])]) -> AccountView:
    if account.role not in ("researcher", "operator"):
        raise NotAllowed(
            "This is for researchers. Whoever runs this site can grant you the role: tell them the account code "
            "shown on your data page."
        )
    return account


Researcher = Annotated[AccountView, Depends(_researcher)]
"""Who is signed in, provided they are a researcher or an operator, and their token may export; else 403."""


async def _operator(account: RequiredAccount) -> AccountView:
    if account.role != "operator":
        raise NotAllowed(
            "This is for operators. Whoever runs this site can grant you the role by a command: tell them the account code "
            "shown on your data page."
        )
    return account


vars(_operator)["needs_operator"] = True

Operator = Annotated[AccountView, Depends(_operator)]
"""Who is signed in, provided they are an operator; else 403, and for a stranger the first page."""
