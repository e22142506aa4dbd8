"""The switches of the frame: light or dark, single keys on or off."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.web.guards.requests import GuardedRoute
from app.web.showing.rendering import see_other
from app.web.signing_in import is_https

router = APIRouter(route_class=GuardedRoute)

ONE_YEAR_SECONDS = 365 * 24 * 3600


def back(request: Request) -> str:
    """The path of ours that the person came from, else the first page."""
    came_from = urlsplit(request.headers.get("referer", ""))
    if came_from.netloc != request.headers.get("host") or not came_from.path.startswith("/"):
        return "/"
    path = "/" + came_from.path.lstrip("/")
    return f"{path}?{came_from.query}" if came_from.query else path


def _with_cookie(request: Request, name: str, value: str) -> Response:
    reply = see_other(back(request))
    secure = is_https(request.app.state.settings)
    if value:
        reply.set_cookie(name, value, max_age=ONE_YEAR_SECONDS, httponly=True, samesite="lax", secure=secure)
    else:
        reply.delete_cookie(name, httponly=True, samesite="lax", secure=secure)
    return reply


@router.post("/theme")
def theme(request: Request, theme: Annotated[Literal["", "light", "dark"], Form()] = "") -> Response:
    """Keeps the theme in a cookie; an empty one follows the system again."""
    return _with_cookie(request, "theme", theme)


@router.post("/keys")
def keys(request: Request, keys: Annotated[Literal["on", "off"], Form()]) -> Response:
    """Switches the single keys off, or on again."""
    return _with_cookie(request, "keys", "off" if keys == "off" else "")
