"""The export for researchers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import StreamingResponse

from app.services import exporting
from app.web.guards.dependencies import CurrentDatabase, Researcher
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute

router = APIRouter(route_class=GuardedRoute, tags=["research"])

LINES, BYTES = "application/x-ndjson", "application/octet-stream"
FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
EXPORT_REPLY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": f"One JSON object a line, as `{LINES}`; whoever accepts `{BYTES}` alone is told that.",
        "content": {LINES: FILE, BYTES: FILE},
    }
}


@router.post(
    "/exports/{file_format}",
    responses=EXPORT_REPLY,
    response_class=StreamingResponse,
    dependencies=[Limited.jobs],
)
def export_preferences(
    file_format: Annotated[
        Literal["trl", "lmsys"],
        Path(description="`trl`: prompt, chosen, rejected for training. `lmsys`: arena rows with all verdicts."),
    ],
    request: Request,
    account: Researcher,
    database: CurrentDatabase,
) -> StreamingResponse:
    """Every consented preference as JSON lines, streamed. For researchers. Sample histories are never among them."""
    rows = exporting.export_rows(database, file_format=file_format, requested_by=account.account_id)
    return StreamingResponse(
        rows,
        media_type=BYTES if request.headers.get("accept", "").strip().lower() == BYTES else LINES,
        headers={"Content-Disposition": f'attachment; filename="preferences-{file_format}.jsonl"'},
    )
