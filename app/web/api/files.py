"""A persona in the forms in which it is taken away; each has an address of its own, so that programs know what comes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.services.inducing import personas
from app.services.people.accounts import AccountView
from app.storage.database import Session
from app.web.api.personas import PersonaPath
from app.web.api.replies import problems
from app.web.guards.dependencies import MayRead, Reading
from app.web.guards.requests import GuardedRoute

router = APIRouter(prefix="/personas/{persona_id}/files", route_class=GuardedRoute, tags=["personas"])

FILE_NAME = {"Content-Disposition": {"description": "The file's name.", "schema": {"type": "string"}}}


def _reply(media_type: str, schema: dict[str, Any]) -> dict[int | str, Any]:
    """What a download answers, for its description."""
    return {200: {"description": "The file.", "headers": FILE_NAME, "content": {media_type: {"schema": schema}}}}


TEXT: dict[str, Any] = {"type": "string"}
OBJECT: dict[str, Any] = {"type": "object", "additionalProperties": True}
MESSAGES: dict[str, Any] = {"type": "array", "items": OBJECT}


@router.get("/prompt.txt", responses={**problems(404), **_reply("text/plain", TEXT)}, response_class=Response)
def download_prompt(persona_id: PersonaPath, session: Reading, account: MayRead) -> Response:
    """The personalised system prompt, to put into an assistant's instructions."""
    return _file(session, account, persona_id, "prompt.txt")


@router.get("/persona.md", responses={**problems(404), **_reply("text/markdown", TEXT)}, response_class=Response)
def download_persona_text(persona_id: PersonaPath, session: Reading, account: MayRead) -> Response:
    """The persona as Markdown, with the choices for and against each trait."""
    return _file(session, account, persona_id, "persona.md")


@router.get("/persona.json", responses={**problems(404), **_reply("application/json", OBJECT)}, response_class=Response)
def download_persona(persona_id: PersonaPath, session: Reading, account: MayRead) -> Response:
    """The whole result: schema `synthesize-me/persona/1`."""
    return _file(session, account, persona_id, "persona.json")


@router.get(
    "/messages.json", responses={**problems(404), **_reply("application/json", MESSAGES)}, response_class=Response
)
def download_messages(persona_id: PersonaPath, session: Reading, account: MayRead) -> Response:
    """The prompt as chat messages, each with `role` and `content`."""
    return _file(session, account, persona_id, "messages.json")


@router.get("/judge.txt", responses={**problems(404), **_reply("text/plain", TEXT)}, response_class=Response)
def download_judge_text(persona_id: PersonaPath, session: Reading, account: MayRead) -> Response:
    """A prompt for a judge, as text."""
    return _file(session, account, persona_id, "judge.txt")


@router.get("/judge.json", responses={**problems(404), **_reply("application/json", OBJECT)}, response_class=Response)
def download_judge(persona_id: PersonaPath, session: Reading, account: MayRead) -> Response:
    """The messages by which the prompt was tested, examples included, and how to use them."""
    return _file(session, account, persona_id, "judge.json")


def _file(session: Session, account: AccountView, persona_id: str, kind: str) -> Response:
    made = personas.download(session, account.account_id, persona_id, kind)
    return Response(
        made.content,
        media_type=made.media_type,
        headers={"Content-Disposition": f'attachment; filename="{made.filename}"'},
    )
