"""The kinds of refusal, each at the address that stands in `type` of the API's problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.domain.errors import NotFound
from app.web.guards.requests import GuardedRoute
from app.web.problem_kinds import ADDRESS, KINDS, Kind
from app.web.showing.rendering import respond

router = APIRouter(prefix=ADDRESS, route_class=GuardedRoute)


@dataclass(frozen=True, slots=True)
class ProblemsPage:
    """`kinds` is one where one was asked for, else all."""

    kinds: Sequence[Kind]
    is_one: bool


@router.get("")
def problems(request: Request) -> Response:
    """Every kind of refusal."""
    return respond(request, "problems", ProblemsPage(list(KINDS.values()), is_one=False))


@router.get("/{name}")
def problem(request: Request, name: Annotated[str, Path(max_length=64)]) -> Response:
    """One kind of refusal."""
    if name not in KINDS:
        raise NotFound("There is no such kind of problem.")
    return respond(request, "problems", ProblemsPage([KINDS[name]], is_one=True))
