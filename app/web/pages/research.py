"""Research: the export of consented preferences for those who have the role, how to get it for the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response, StreamingResponse

from app.domain.export import licences
from app.domain.export.card import data_card
from app.domain.export.columns import COMMON, FORMATS, Column, FileFormat, Format
from app.services.exporting import exporting
from app.services.exporting.exporting import ExportView
from app.services.people.consenting import CONSENT_TEXTS, VERSION
from app.web.guards.dependencies import CurrentAccount, CurrentDatabase, Researcher
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.showing.rendering import respond

router = APIRouter(prefix="/research", route_class=GuardedRoute)


@dataclass(frozen=True, slots=True)
class ResearchPage:
    """`code` is what somebody without the role tells an operator; empty for a stranger. `exports` are the latest ones."""

    is_researcher: bool
    code: str
    formats: tuple[Format, ...]
    common: tuple[Column, ...]
    exports: list[ExportView]
    consents: tuple[str, ...]
    consent_version: str
    licences: tuple[tuple[str, str], ...]


@router.get("")
def research(request: Request, account: CurrentAccount, database: CurrentDatabase) -> Response:
    """The downloads with what is in them and those made before, or how to be granted the role."""
    may = account is not None and account.role in ("researcher", "operator")
    made: list[ExportView] = []
    if may:
        with database.reading() as session:
            made = exporting.list_exports(session)
    view = ResearchPage(
        is_researcher=may,
        code=account.code if account else "",
        formats=FORMATS,
        common=COMMON,
        exports=made,
        consents=tuple(CONSENT_TEXTS.values()),
        consent_version=VERSION,
        licences=licences.LICENCES,
    )
    return respond(request, "research", view)


@router.get("/card.md")
def card(_account: Researcher) -> Response:
    """The card to lay beside a file: every column, licences and consent texts."""
    return Response(
        data_card(CONSENT_TEXTS, VERSION),
        media_type="text/markdown",
        headers={"Content-Disposition": 'attachment; filename="README.md"'},
    )


@router.post("/export", dependencies=[Limited.jobs])
def export(account: Researcher, database: CurrentDatabase, file_format: Annotated[FileFormat, Form()]) -> Response:
    """The export as it is at this moment, with its length, rows and SHA-256 told before the first byte."""
    whole = exporting.whole_export(database, file_format=file_format, requested_by=account.account_id)
    chosen = next(known for known in FORMATS if known.name == file_format)
    return StreamingResponse(
        whole.chunks(),
        media_type="application/json" if chosen.file_name.endswith(".json") else "application/x-ndjson",
        headers={**whole.headers, "Content-Disposition": f'attachment; filename="{chosen.file_name}"'},
    )
