"""The way back to an account: words that open it again."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.domain.errors import NotFound
from app.services.people import accounts, recovering
from app.services.people.accounts import AccountView
from app.services.people.recovering import WayBack
from app.web.api.account_models import Account, NewAccount, Recovery, RecoveryWords, WordsTyped
from app.web.api.replies import problems
from app.web.guards.dependencies import MayManage, Reading, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.refusals import AllScopesNeeded

router = APIRouter(route_class=GuardedRoute, tags=["account"])


@router.post("/me/recovery", status_code=201, dependencies=[Limited.imports])
def make_recovery_words(session: Writing, account: MayManage, response: Response) -> RecoveryWords:
    """Make words that open your account again, where a token or a browser's cookie is lost. They are shown this once; those made
    before open nothing any more. Not for a token that may do less than the account."""
    _refuse_limited(account)
    response.headers["Location"] = "/api/v1/me/recovery"
    return RecoveryWords(words=recovering.make_words(session, account.account_id))


@router.get("/me/recovery", responses=problems(404), response_model=Recovery)
def read_recovery(session: Reading, account: MayManage) -> WayBack:
    """When the words were made and last used; 404 where there are none."""
    found = recovering.way_back(session, account.account_id)
    if found is None:
        raise NotFound("No words open this account.")
    return found


@router.delete("/me/recovery", status_code=204)
def forget_recovery_words(session: Writing, account: MayManage) -> Response:
    """Have no words open your account any more."""
    _refuse_limited(account)
    recovering.forget_words(session, account.account_id)
    return Response(status_code=204)


@router.post("/accounts/recover", responses=problems(404), dependencies=[Limited.recoveries])
def recover_account(session: Writing, typed: WordsTyped) -> NewAccount:
    """Open an account again by its words; gives a new token. Tokens and browsers that it has stay signed in."""
    token = accounts.new_token(session, recovering.opened_by(session, typed.words))
    opened = accounts.account_for_token(session, token)
    return NewAccount(account=Account.model_validate(opened), token=token)


def _refuse_limited(account: AccountView) -> None:
    if account.is_limited:
        raise AllScopesNeeded(
            "This token may do less than its account, so it may not make or end what opens all of it."
        )
