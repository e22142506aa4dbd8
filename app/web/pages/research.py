"""Research: the export of consented preferences for those who have the role, how to get it for the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import Response, StreamingResponse

from app.services import exporting
from app.web.guards.dependencies import CurrentAccount, CurrentDatabase, Researcher
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.showing.rendering import respond

router = APIRouter(prefix="/research", route_class=GuardedRoute)

FORMATS = (
    ("trl", "TRL preference rows: prompt, chosen and rejected as conversations. Choices only."),
    ("lmsys", "LMSYS battle rows: all verdicts, with our side, seed, time and versions."),
)


@dataclass(frozen=True, slots=True)
class ResearchPage:
    """`code` is what somebody without the role tells an operator; empty for a stranger."""

    is_researcher: bool
    code: str
    formats: tuple[tuple[str, str], ...]


@router.get("")
def research(request: Request, account: CurrentAccount) -> Response:
    """The downloads, or how to be granted the role."""
    may = account is not None and account.role in ("researcher", "operator")
    return respond(request, "research", ResearchPage(may, account.code if account else "", FORMATS))


@router.post("/export", dependencies=[Limited.jobs])
def export(
    account: Researcher, database: CurrentDatabase, file_format: Annotated[Literal["trl", "lmsys"], Form()]
) -> Response:
    """Streams the export as it is at this moment."""
    return StreamingResponse(
        exporting.export_rows(database, file_format=file_format, requested_by=account.account_id),
        media_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="preferences-{file_format}.jsonl"'},
    )
