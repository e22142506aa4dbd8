"""Ready-made rate limits for routes: `dependencies=[Limited.verdicts]`. The counting is in rates.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Depends
from starlette.requests import Request

from app.services.people import accounts
from app.web.guards import rates
from app.web.guards.dependencies import CurrentAccount, Transaction


def _limited(kind: rates.Kind) -> Callable[..., None]:
    @rates.counts(kind)
    def count(request: Request, account: CurrentAccount, session: Transaction) -> None:
        who = account.account_id if account else rates.client_address(request)
        rates.take(request, kind, who, session)
        if account and not account.has_address and request.state.changes and kind != "verdicts":
            accounts.note_address(session, account.account_id, rates.client_address(request))

    return count


@rates.counts("guests")
def _count_guest(request: Request, session: Transaction) -> None:
    rates.take(request, "guests", rates.client_address(request), session)


@rates.counts("recoveries")
def _count_recovery(request: Request, session: Transaction) -> None:
    rates.take(request, "recoveries", rates.client_address(request), session)


class Limited:
    """One dependency a kind, counted per account (per address for a stranger, and guests and recoveries always so); 429 with
    Retry-After over the limit."""

    verdicts: Any = Depends(_limited("verdicts"))
    jobs: Any = Depends(_limited("jobs"))
    imports: Any = Depends(_limited("imports"))
    prompts: Any = Depends(_limited("prompts"))
    guests: Any = Depends(_count_guest)
    recoveries: Any = Depends(_count_recovery)
