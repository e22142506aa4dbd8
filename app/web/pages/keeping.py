"""Keep or move: the words that open an account again, on this device or another, and leaving a browser without losing it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.domain.errors import BadInput, NotFound
from app.services.choosing import comparing
from app.services.people import accounts, entering, recovering
from app.services.people.accounts import AccountView
from app.services.people.entering import IdentityView
from app.services.people.recovering import WayBack
from app.storage.database import Session
from app.web.guards.dependencies import CurrentAccount, Reading, RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.showing.downloads import download_of
from app.web.showing.rendering import respond, see_other
from app.web.signing_in import sign_in, sign_out

router = APIRouter(route_class=GuardedRoute)

FILENAME = "synthesize-me-words.txt"
LONGEST_TYPED = 400
Typed = Annotated[str, Form(max_length=LONGEST_TYPED)]


@dataclass(frozen=True, slots=True)
class KeepPage:
    """`words` are new ones, shown this once; `verdicts` is how many were given, which is what would be missed; `asks` whether
    leaving was asked for though nothing leads back. `identities` are the account's at providers, with the title of each; `may_change` whether
    they may be changed without signing in again."""

    account: AccountView | None
    way_back: WayBack | None
    words: str
    verdicts: int
    identities: Sequence[tuple[IdentityView, str]] = ()
    may_change: bool = True
    asks: bool = False


@dataclass(frozen=True, slots=True)
class RecoverPage:
    """`verdicts` is how many this browser's own account holds, which is another; `is_kept` whether words lead back to it."""

    typed: str
    fault: str
    verdicts: int
    is_kept: bool


def _page(request: Request, session: Session, account: AccountView, words: str = "", *, asks: bool = False) -> KeepPage:
    way_back = recovering.way_back(session, account.account_id)
    verdicts = comparing.progress(session, account.account_id).verdicts
    titles = {provider.name: provider.title for provider in request.app.state.settings.providers}
    ways = entering.ways_in(session, account.account_id)
    named = [(way, titles.get(way.provider, way.provider)) for way in ways]
    may_change = not ways or entering.is_fresh(account.signed_in_at)
    return KeepPage(account, way_back, words, verdicts, named, may_change, asks)


@router.get("/keep")
def keep(request: Request, session: Reading, account: CurrentAccount) -> Response:
    """Whether there is a way back, and what it is."""
    return respond(request, "keep", _page(request, session, account) if account else KeepPage(None, None, "", 0))


@router.post("/keep", dependencies=[Limited.imports])
def make_words(
    request: Request,
    session: Writing,
    account: RequiredAccount,
    instead_of: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Makes words and shows them this once. `instead_of` is when those that the page knew were made: a page that is loaded anew
    sends its form again, and must not make the words useless that were just written down."""
    kept = recovering.way_back(session, account.account_id)
    if kept and kept.made_at.isoformat() != instead_of:
        return see_other("/keep")
    words = recovering.make_words(session, account.account_id)
    return respond(request, "keep", _page(request, session, account, words))


@router.post("/keep/file")
def file(session: Reading, account: RequiredAccount, words: Typed) -> Response:
    """The words that were just shown, as a file: it is made of what is sent, for they are not kept here."""
    if not recovering.are_its_words(session, account.account_id, words):
        raise NotFound("These are not the newest words of this account. Make new ones.")
    text = (
        f"The way back to your account {account.code} on this site: open its address and add /recover.\n\n{words}\n\n"
        "Whoever has these words has the account. Newer words take their place.\n"
    )
    return download_of(io.BytesIO(text.encode()), FILENAME, "text/plain; charset=utf-8")


@router.post("/keep/forget")
def forget(session: Writing, account: RequiredAccount) -> Response:
    """From now on no words open the account."""
    recovering.forget_words(session, account.account_id)
    return see_other("/keep")


@router.post("/sign-out")
def leave(
    request: Request,
    session: Writing,
    account: CurrentAccount,
    sure: Annotated[Literal["", "yes"], Form()] = "",
) -> Response:
    """Ends this sign-in; where no words lead back to what was chosen, it is asked for twice."""
    if account and sure != "yes" and recovering.is_lost_by_leaving(session, account.account_id):
        return respond(request, "keep", _page(request, session, account, asks=True))
    sign_out(request, session)
    return see_other("/")


@router.get("/recover")
def recover(request: Request, session: Reading, account: CurrentAccount) -> Response:
    """Where words are typed, or come with a link behind its #."""
    return respond(request, "recover", _recover(session, account))


@router.post("/recover", dependencies=[Limited.recoveries])
def open_again(
    request: Request,
    session: Writing,
    account: CurrentAccount,
    words: Typed = "",
    leave: Annotated[Literal["", "yes"], Form()] = "",
) -> Response:
    """Opens the account of the words in this browser. What the browser holds of its own stays in its own account, so where that
    is anything, leaving it is asked about first."""
    try:
        if account and recovering.are_its_words(session, account.account_id, words):
            return see_other("/persona")
        page = _recover(session, account, words)
        if page.verdicts and leave != "yes":
            return respond(request, "recover", page)
        token = accounts.new_token(session, recovering.opened_by(session, words), "browser")
    except (BadInput, NotFound) as fault:
        return respond(request, "recover", _recover(session, account, words, str(fault)), 422)
    sign_out(request, session)
    sign_in(request, token)
    return see_other("/persona")


def _recover(session: Session, account: AccountView | None, typed: str = "", fault: str = "") -> RecoverPage:
    if account is None:
        return RecoverPage(typed, fault, 0, is_kept=False)
    verdicts = comparing.progress(session, account.account_id).verdicts
    return RecoverPage(typed, fault, verdicts, recovering.way_back(session, account.account_id) is not None)
