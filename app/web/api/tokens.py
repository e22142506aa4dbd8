"""Tokens for programs: made with a name and scopes, listed, revoked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from app.services.people import tokens
from app.services.people.tokens import TokenView
from app.web import signing_in
from app.web.api.account_models import NewToken, Token, TokenAsked
from app.web.api.paging import LIST_REPLY, Paged
from app.web.api.replies import problems
from app.web.guards.dependencies import MayManage, Reading, RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.refusals import ScopeMissing

router = APIRouter(prefix="/me", route_class=GuardedRoute, tags=["account"])

ALL_OF_IT = TokenAsked.model_validate({})
"""What an empty request asks for."""


@router.post("/tokens", status_code=201, dependencies=[Limited.imports])
def create_token(session: Writing, account: MayManage, response: Response, asked: TokenAsked = ALL_OF_IT) -> NewToken:
    """Make one more token for your account, for another program. It may not do more than the token that asks."""
    wanted = list(account.scopes if asked.scopes is None else asked.scopes)
    beyond = [scope for scope in wanted if scope not in account.scopes]
    if beyond:
        raise ScopeMissing(f"This token may not give away what it may not do itself: {', '.join(beyond)}.", beyond[0])
    made = tokens.make(session, account.account_id, name=asked.name, scopes=wanted, days=asked.days)
    response.headers["Location"] = "/api/v1/me/tokens"
    return NewToken(token=made.token, **Token.model_validate(made.about).model_dump())


@router.get("/tokens", responses=LIST_REPLY, response_model=list[Token])
def list_tokens(session: Reading, account: MayManage, part: Paged) -> list[TokenView]:
    """Your living tokens, newest first, without their secrets. Signed-in browsers are not among them."""
    found = tokens.list_tokens(session, account.account_id)
    part.tell(len(found))
    return found[part.offset : part.offset + part.limit]


@router.delete("/tokens", status_code=204)
def revoke_all_tokens(session: Writing, account: MayManage) -> Response:
    """Revoke every token of your account, that of this very request too. Browsers stay signed in."""
    tokens.revoke_all(session, account.account_id)
    return Response(status_code=204)


@router.delete("/tokens/{token_id}", status_code=204, responses=problems(404))
def revoke_token(
    token_id: Annotated[str, Path(max_length=64, description="The id of one of your tokens.")],
    session: Writing,
    account: MayManage,
) -> Response:
    """Revoke one token: whoever has it gets nothing from now on."""
    tokens.revoke(session, account.account_id, token_id)
    return Response(status_code=204)


@router.delete("/token", status_code=204)
def sign_out(request: Request, session: Writing, _account: RequiredAccount) -> Response:
    """Sign out: the token (or cookie) of this very request is dead from now on. Any token may do this to itself."""
    signing_in.sign_out(request, session)
    return Response(status_code=204)
