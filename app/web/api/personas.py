"""Personas (their downloads: files.py)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from app.domain.errors import NotFound
from app.services.inducing import personas
from app.services.inducing.personas import PersonaLine as Line
from app.services.inducing.personas import PersonaView
from app.web.api.paging import LIST_REPLY, Paged
from app.web.api.persona_models import Persona, PersonaLine
from app.web.api.replies import problems
from app.web.guards.dependencies import MayRead, Reading
from app.web.guards.requests import GuardedRoute

router = APIRouter(route_class=GuardedRoute)

PersonaPath = Annotated[str, Path(max_length=64, description="The id of one of your personas.")]


@router.get("/personas", tags=["personas"], responses=LIST_REPLY, response_model=list[PersonaLine])
def list_personas(session: Reading, account: MayRead, part: Paged) -> list[Line]:
    """Your personas, newest first."""
    part.tell(personas.count_personas(session, account.account_id))
    return personas.list_personas(session, account.account_id, part.offset, part.limit)


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
