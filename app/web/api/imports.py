"""What was brought in before, and stopping what is still written for it (bringing in: importing.py)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from app.services.importing import past
from app.services.importing.past import PastImport
from app.web.api.import_models import Import
from app.web.api.paging import LIST_REPLY, Paged
from app.web.api.replies import problems
from app.web.guards.dependencies import MayImport, MayRead, Reading, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute

router = APIRouter(prefix="/imports", route_class=GuardedRoute, tags=["getting choices in"])


@router.get("", responses=LIST_REPLY, response_model=list[Import])
def list_imports(session: Reading, account: MayRead, part: Paged) -> list[PastImport]:
    """What you have brought in, newest first."""
    part.tell(past.count_imports(session, account.account_id))
    return past.list_imports(session, account.account_id, part.offset, part.limit)


@router.get("/{import_id}", responses=problems(404), response_model=Import)
def read_import(
    import_id: Annotated[str, Path(max_length=64, description="The id of one of your imports.")],
    session: Reading,
    account: MayRead,
) -> PastImport:
    """One import with what became of it."""
    return past.one_import(session, account.account_id, import_id)


@router.post("/{import_id}/stop", responses=problems(404), response_model=Import, dependencies=[Limited.imports])
def stop_import(
    import_id: Annotated[str, Path(max_length=64, description="The id of one of your imports.")],
    session: Writing,
    account: MayImport,
) -> PastImport:
    """Stop the writing of an import's alternatives. What was written stays, and what is under way and so paid for; the rest
    is dropped and never ordered. Stopping twice, or an import that is done, changes nothing."""
    return past.stop_import(session, account.account_id, import_id)
