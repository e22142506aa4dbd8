"""The export for researchers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import StreamingResponse

from app.domain.export.columns import FORMATS, FileFormat
from app.services.exporting import exporting
from app.web.guards.dependencies import CurrentDatabase, Researcher
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute

router = APIRouter(route_class=GuardedRoute, tags=["research"])

LINES, BYTES = "application/x-ndjson", "application/octet-stream"
FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
EXPORT_REPLY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": f"One JSON object a line (`annotated`: one document), as `{LINES}`; whoever accepts `{BYTES}` alone is told that.",
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
        FileFormat,
        Path(
            description="`trl`: prompt, chosen, rejected for training. `lmsys`: arena rows with the four known winners. "
            "`skips`: skipped comparisons. `annotated`: annotated pairs 2.0, one JSON document."
        ),
    ],
    request: Request,
    account: Researcher,
    database: CurrentDatabase,
) -> StreamingResponse:
    """Every consented preference as JSON lines. For researchers. Sample histories are never among them.

    The file is made before it is sent: `Content-Length`, `Content-Digest`, `Export-Rows` and `Export-SHA256` tell whether all of it has come.
    """
    whole = exporting.whole_export(database, file_format=file_format, requested_by=account.account_id)
    name = next(known.file_name for known in FORMATS if known.name == file_format)
    return StreamingResponse(
        whole.chunks(),
        media_type=BYTES if request.headers.get("accept", "").strip().lower() == BYTES else LINES,
        headers={**whole.headers, "Content-Disposition": f'attachment; filename="{name}"'},
    )
