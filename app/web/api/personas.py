"""Personas and what can be downloaded of them; the export for researchers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from starlette.responses import Response, StreamingResponse

from app.domain.errors import NotFound
from app.services import exporting, personas
from app.services.personas import PersonaLine as Line
from app.services.personas import PersonaView
from app.web.api.persona_models import Persona, PersonaLine
from app.web.api.replies import problems
from app.web.guards.dependencies import CurrentDatabase, MayRead, Reading, Researcher
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute

router = APIRouter(route_class=GuardedRoute)

PersonaPath = Annotated[str, Path(max_length=64, description="The id of one of your personas.")]
Kind = Literal["prompt.txt", "persona.md", "persona.json", "messages.json", "judge.txt", "judge.json"]
FILE_REPLY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            kind: {"schema": {"type": "string"}} for kind in ("text/plain", "text/markdown", "application/json")
        },
    }
}
EXPORT_REPLY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One JSON object a line.",
        "content": {"application/x-ndjson": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/personas", tags=["personas"], response_model=list[PersonaLine])
def list_personas(session: Reading, account: MayRead) -> list[Line]:
    """Your personas, newest first."""
    return personas.list_personas(session, account.account_id)


@router.get("/personas/latest", tags=["personas"], responses=problems(404), response_model=Persona)
def read_latest_persona(session: Reading, account: MayRead) -> PersonaView:
    """Your newest persona with its evidence."""
    found = personas.latest_persona(session, account.account_id)
    if found is None:
        raise NotFound("There is no such persona.")
    return found


@router.get("/personas/{persona_id}", tags=["personas"], responses=problems(404), response_model=Persona)
def read_persona(persona_id: PersonaPath, session: Reading, account: MayRead) -> PersonaView:
    """One persona: summary and accuracy in `document`, traits with the choices for and against them."""
    return personas.persona(session, account.account_id, persona_id)


@router.get(
    "/personas/{persona_id}/files/{kind}",
    tags=["personas"],
    responses={**problems(404), **FILE_REPLY},
    response_class=Response,
)
def download(
    persona_id: PersonaPath,
    kind: Annotated[Kind, Path(description="`prompt.txt` is the personalised system prompt.")],
    session: Reading,
    account: MayRead,
) -> Response:
    """The persona in a form to take away: system prompt, Markdown with evidence, JSON, chat messages, judge prompt."""
    made = personas.download(session, account.account_id, persona_id, kind)
    return Response(
        made.content,
        media_type=made.media_type,
        headers={"Content-Disposition": f'attachment; filename="{made.filename}"'},
    )


@router.post(
    "/exports/{file_format}",
    tags=["research"],
    responses={**EXPORT_REPLY},
    response_class=StreamingResponse,
    dependencies=[Limited.jobs],
)
def export(
    file_format: Annotated[
        Literal["trl", "lmsys"],
        Path(description="`trl`: prompt, chosen, rejected for training. `lmsys`: arena rows with all verdicts."),
    ],
    account: Researcher,
    database: CurrentDatabase,
) -> StreamingResponse:
    """Every consented preference as JSON lines, streamed. For researchers. Sample histories are never among them."""
    rows = exporting.export_rows(database, file_format=file_format, requested_by=account.account_id)
    return StreamingResponse(
        rows,
        media_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="preferences-{file_format}.jsonl"'},
    )
