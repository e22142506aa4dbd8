"""Sign in by a provider: the page and dialog, the way there and back, and what becomes of what this browser holds.

The browser is sent off by a page that goes on by itself, not by a redirect: forms of these pages may lead nowhere else
(`form-action`), and the way back is a link that another site has the browser follow, so it looks and asks in transactions of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from app.adapters.identity import asking
from app.adapters.identity.refusals import ProviderFailed
from app.domain.errors import Conflict, NotFound
from app.domain.people.signing import Identity, way_back
from app.services.choosing import comparing
from app.services.people import accounts, entering
from app.services.people.accounts import AccountView
from app.services.people.entering import Trip
from app.storage.database import DatabaseClash, Session
from app.surroundings.sign_in_providers import Provider
from app.web.guards import admitting, rates
from app.web.guards.dependencies import RequiredAccount, Writing
from app.web.guards.requests import GuardedRoute
from app.web.guards.transactions import apart
from app.web.refusals import SignInNeeded
from app.web.showing.rendering import respond, see_other
from app.web.signing_in import is_https, presented_token, sign_in

router = APIRouter(prefix="/sign-in", route_class=GuardedRoute)
log = logging.getLogger("app.web")

TRIP_SECONDS = 600
LONGEST_CODE = 8_000
EVERYBODY = "everybody"
DECLINED = "{} says that you did not sign in there, or that it may not tell us who you are."
Named = Annotated[str, Path(max_length=30)]
Asked = Annotated[str, Query(max_length=LONGEST_CODE)]


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`back` is the path of ours to come back to; `fault` says why signing in did not work, "" before."""

    back: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Onward:
    """The page that goes on to the provider's `address` by itself."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class BringPage:
    """What is asked of somebody whose browser holds choices, and who has another account: `ticket` is good for one answer."""

    title: str
    ticket: str
    verdicts: int


@router.get("")
def choose_provider(request: Request, back: Annotated[str, Query(alias="return", max_length=1000)] = "/") -> Response:
    """The providers, as a page; the same stands in every page as a dialog."""
    if not request.app.state.settings.providers:
        raise NotFound("There is no signing in here: nobody needs a name on this site.")
    return respond(request, "sign_in", SignInPage(way_back(back)))


@router.post("/with/{name}")
async def start(
    request: Request,
    name: Named,
    back: Annotated[str, Form(alias="return", max_length=1000)] = "/",
    purpose: Annotated[Literal["enter", "link", "again"], Form()] = "enter",
) -> Response:
    """Begins a way to the provider; `link` adds it to the account, `again` has it ask anew."""
    provider = _provider(request, name)
    account = (await admitting.asker(request)).account
    address = rates.client_address(request)
    if purpose == "link" and account is None:
        raise SignInNeeded("You are not signed in here.")

    def begun(session: Session) -> Trip:
        rates.take_ahead(request, "everyone", EVERYBODY, session)
        rates.take_ahead(request, "sign_ins", address, session)
        if purpose == "link" and account and not _may_change(session, account):
            raise Conflict("Sign in again first: then you have ten minutes to change by what your account is entered.")
        whose = account.account_id if purpose == "link" and account else None
        browser = request.cookies.get(_cookie(request), "")[:100]
        kind = "link" if purpose == "link" else "enter"
        return entering.begin(session, provider.name, return_to=back, browser=browser, purpose=kind, account_id=whose)

    try:
        trip = await apart(request, begun, changes=True)
        ask = partial(asking.address_of, provider, _return_address(request, provider), state=trip.state)
        where = await run_in_threadpool(ask, nonce=trip.nonce, verifier=trip.verifier, again=purpose == "again")
    except (ProviderFailed, Conflict) as fault:
        return _refused(request, provider, fault, way_back(back))
    reply = respond(request, "onward", Onward(provider.title, where))
    secure = is_https(request.app.state.settings)
    reply.set_cookie(_cookie(request), trip.browser, max_age=TRIP_SECONDS, httponly=True, samesite="lax", secure=secure)
    return reply


@router.get("/with/{name}/callback")
async def come_back(
    request: Request,
    name: Named,
    state: Asked = "",
    code: Asked = "",
    error: Asked = "",
    iss: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    """Where the provider sends the browser: who it is is asked of the provider, and the browser is signed in."""
    provider = _provider(request, name)
    back = "/"
    try:
        trip = await apart(request, partial(_taken, request, state), changes=True)
        back = trip.return_to
        if trip.provider != provider.name or trip.purpose == "choose":
            raise Conflict(entering.STALE)
        if error or not code:
            raise ProviderFailed(DECLINED.format(provider.title), "no code")
        proved = partial(asking.identity_of, provider, _return_address(request, provider), code=code, nonce=trip.nonce)
        identity = await run_in_threadpool(proved, verifier=trip.verifier, issuer=iss)
        asker = await admitting.asker(request)
        enter = partial(_entered, request, provider, trip, identity, asker.account)
        asked = await _twice(request, enter)
    except (ProviderFailed, Conflict) as fault:
        return _refused(request, provider, fault, back)
    request.state.committed = True
    return respond(request, "bring", asked) if asked else see_other(trip.return_to)


@router.post("/finish")
def finish(
    request: Request,
    session: Writing,
    account: RequiredAccount,
    ticket: Annotated[str, Form(max_length=100)],
    bring: Annotated[Literal["yes", "no"], Form()],
) -> Response:
    """Enters the account that was proved, and brings along what this browser holds, or leaves it."""
    trip = entering.come_back(session, ticket, request.cookies.get(_cookie(request), "")[:100])
    known = entering.account_of(session, trip.identity) if trip.identity else None
    if known is None or trip.account_id != account.account_id:
        raise Conflict(entering.STALE)
    if bring == "yes":
        entering.bring(session, account.account_id, known)
    _sign_in_anew(request, session, known, trip.provider)
    return see_other(trip.return_to)


@router.post("/unlink/{identity_id}")
def unlink(
    session: Writing,
    account: RequiredAccount,
    identity_id: Annotated[str, Path(max_length=64)],
) -> Response:
    """The identity opens the account no more."""
    if not _may_change(session, account):
        raise Conflict("Sign in again first: then you have ten minutes to change by what your account is entered.")
    entering.unlink(session, account.account_id, identity_id)
    return see_other("/keep#ways")


def _provider(request: Request, name: str) -> Provider:
    known: tuple[Provider, ...] = request.app.state.settings.providers
    found = next((provider for provider in known if provider.name == name), None)
    if found is None:
        raise NotFound("There is no such provider here.")
    return found


def _may_change(session: Session, account: AccountView) -> bool:
    """Whether this sign-in may change by what the account is entered; a guest who has no identity yet may add the first."""
    return entering.is_fresh(account.signed_in_at) or not entering.ways_in(session, account.account_id)


def _taken(request: Request, state: str, session: Session) -> Trip:
    rates.take_ahead(request, "everyone", EVERYBODY, session)
    rates.take_ahead(request, "returns", rates.client_address(request), session)
    return entering.come_back(session, state, request.cookies.get(_cookie(request), "")[:100])


async def _twice(request: Request, work: Callable[[Session], BringPage | None]) -> BringPage | None:
    """Once more where another request of the same person, in the same moment, was faster."""
    try:
        return await apart(request, work, changes=True)
    except (*DatabaseClash, Conflict):
        return await apart(request, work, changes=True)


def _entered(
    request: Request,
    provider: Provider,
    trip: Trip,
    identity: Identity,
    account: AccountView | None,
    session: Session,
) -> BringPage | None:
    """Signs in, or links; gives a question where this browser holds choices and the person has another account."""
    if trip.purpose == "link":
        if account is None or account.account_id != trip.account_id:
            raise Conflict("Somebody else is signed in here since. Nothing was linked.")
        entering.link(session, account.account_id, provider.name, identity)
        return None
    known = entering.account_of(session, identity)
    if known is None and account and entering.ways_in(session, account.account_id):
        raise Conflict(
            f"You are signed in already, and this sign-in of {provider.title} is new here. To add it to your account, link it on "
            "the page Keep or move; to have another account, sign out first."
        )
    if known and account and known != account.account_id and entering.may_be_brought(session, account.account_id):
        asked = entering.begin(
            session,
            provider.name,
            return_to=trip.return_to,
            browser=request.cookies.get(_cookie(request), "")[:100],
            purpose="choose",
            account_id=account.account_id,
            identity=identity,
        )
        verdicts = comparing.progress(session, account.account_id).verdicts
        return BringPage(provider.title, asked.state, verdicts)
    if known is None:
        guest = account or accounts.new_guest(session, address=rates.client_address(request))
        known = guest.account_id
        entering.link(session, known, provider.name, identity)
    _sign_in_anew(request, session, known, provider.name)
    return None


def _sign_in_anew(request: Request, session: Session, account_id: str, provider: str) -> None:
    """A new sign-in in the place of the one that came with the request, so that a copy of that opens nothing more."""
    token = presented_token(request)
    if token:
        accounts.sign_out(session, token)
    sign_in(request, accounts.new_token(session, account_id, "browser", provider))


def _refused(request: Request, provider: Provider, fault: ProviderFailed | Conflict, back: str) -> Response:
    # A sign-in that was made in a transaction that did not come to its end is none.
    if hasattr(request.state, "new_token"):
        del request.state.new_token
    log.warning("signing in by %s was refused: %s", provider.name, getattr(fault, "detail", type(fault).__name__))
    return respond(request, "sign_in", SignInPage(back, str(fault)), 400)


def _return_address(request: Request, provider: Provider) -> str:
    public = request.app.state.settings.public_url or f"{request.url.scheme}://{request.url.netloc}"
    return f"{public}/sign-in/with/{provider.name}/callback"


def _cookie(request: Request) -> str:
    return "__Host-sign-in-trip" if is_https(request.app.state.settings) else "sign-in-trip"
