"""For operators: what is spent, the caps, the switch, what waits and fails, and the suspension of an account by its code."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.adapters.prices import caps_of
from app.adapters.roster.listing import Roster
from app.domain.errors import BadInput
from app.services.operating import spending, workload
from app.services.operating.spending import SHOWN_DAYS, Spending
from app.services.operating.workload import Workload
from app.services.people import accounts
from app.services.people.accounts import AccountView
from app.storage.database import Session
from app.web.guards.dependencies import CurrentSettings, Operator, Reading, Writing
from app.web.guards.requests import GuardedRoute
from app.web.showing.amounts import Bar, cap_bar, day_bars, model_bars, purpose_bars
from app.web.showing.listed_models import ListedModels, listed_models
from app.web.showing.rendering import respond, see_other

log = logging.getLogger(__name__)
router = APIRouter(prefix="/operators", route_class=GuardedRoute)

Code = Annotated[str, Form(max_length=40)]


@dataclass(frozen=True, slots=True)
class Found:
    """The account that was looked up, and what it has used today; `is_own` where it is the operator's."""

    account: AccountView
    used: Bar
    is_own: bool


@dataclass(frozen=True, slots=True)
class OperatorsPage:
    """Amounts are those of the last 31 days, reservations of calls under way included; `found` only after a look-up."""

    spending: Spending
    caps: list[Bar]
    days: list[Bar]
    models: list[Bar]
    purposes: list[Bar]
    work: Workload
    found: Found | None
    listed: ListedModels


def _page(
    request: Request, session: Session, settings: CurrentSettings, operator: AccountView, code: str = ""
) -> Response:
    roster: Roster = request.app.state.roster
    work = workload.show(session)
    caps = caps_of(settings)
    shown = spending.show(session, caps)
    found = None
    if code:
        account = accounts.find(session, code)
        used = cap_bar(spending.used_by(session, caps, account.account_id))
        found = Found(account, used, account.account_id == operator.account_id)
    view = OperatorsPage(
        spending=shown,
        caps=[cap_bar(each) for each in shown.used],
        days=day_bars(shown.lines, SHOWN_DAYS, datetime.now(UTC).date().isoformat()),
        models=model_bars(shown.lines),
        purposes=purpose_bars(shown.lines),
        work=work,
        found=found,
        listed=listed_models(roster, work.standings, datetime.now(UTC)),
    )
    return respond(request, "operators", view)


@router.get("")
def operators(request: Request, session: Reading, settings: CurrentSettings, operator: Operator) -> Response:
    """What is spent, waits and fails, with the switch."""
    return _page(request, session, settings, operator)


@router.post("/spending")
def switch(session: Writing, operator: Operator, calls: Annotated[Literal["stop", "start"], Form()]) -> Response:
    """Stops all calls that cost, for every process from its next one on, or sends them again."""
    if calls == "stop":
        spending.stop(session)
    else:
        spending.start(session)
    log.warning("spending: %s by the operator %s", {"stop": "stopped", "start": "started"}[calls], operator.code)
    return see_other("/operators")


@router.post("/account")
def look_up(
    request: Request, session: Writing, settings: CurrentSettings, operator: Operator, code: Code = ""
) -> Response:
    """Shows the account with a code, which stands in no address."""
    if not code.strip():
        raise BadInput("Type the code of the account first; it stands on the person's own data page.")
    return _page(request, session, settings, operator, code)


@router.post("/suspend")
def suspend(request: Request, session: Writing, settings: CurrentSettings, operator: Operator, code: Code) -> Response:
    """Has nothing done any more for an account."""
    if accounts.find(session, code).account_id == operator.account_id:
        raise BadInput(
            "This is your own account. Nothing was changed; another operator, or the command, may suspend it."
        )
    account = accounts.suspend(session, code, operator.code)
    log.warning("account %s was suspended by the operator %s", account.code, operator.code)
    return _page(request, session, settings, operator, code)


@router.post("/lift")
def lift(request: Request, session: Writing, settings: CurrentSettings, operator: Operator, code: Code) -> Response:
    """Ends a suspension."""
    account = accounts.lift(session, code, operator.code)
    log.warning("the suspension of account %s was lifted by the operator %s", account.code, operator.code)
    return _page(request, session, settings, operator, code)
