"""The plain pages behind the links of the footer: what this is, how it works, what is kept."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.guards.requests import GuardedRoute
from app.web.showing.rendering import respond

router = APIRouter(route_class=GuardedRoute)


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A page that shows nobody's data."""


@router.get("/about")
def about(request: Request) -> Response:
    """What this is and whose method it uses."""
    return respond(request, "about", DocumentView())


@router.get("/method")
def method(request: Request) -> Response:
    """How a persona is made and tested, and how to use another model."""
    return respond(request, "method", DocumentView())


@router.get("/privacy")
def privacy(request: Request) -> Response:
    """What is kept, who sees it, and how it is deleted."""
    return respond(request, "privacy", DocumentView())
