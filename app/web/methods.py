"""The methods of HTTP that every address has without a route of its own: HEAD wherever GET is, and OPTIONS.

HEAD is answered by the route of GET; what it sends is dropped, and a stream ends at its first piece.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class _Enough(Exception):
    """Raised into a response that would go on sending what nobody gets."""


class HeadAsGet:
    """Answers HEAD with the status and headers of GET, and no body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        finished = False

        async def headers_only(message: Message) -> None:
            nonlocal finished
            if message["type"] != "http.response.body":
                await send(message)
            elif not finished:
                finished = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            if finished and message.get("more_body"):
                raise _Enough

        try:
            # The server's own scope keeps the method, by which it knows that no body follows.
            await self.app({**scope, "method": "GET"}, receive, headers_only)
        except Exception:
            if not finished:
                raise


def allowed_methods(routes: Sequence[BaseRoute], path: str) -> list[str]:
    """Every method that `path` takes, as `Allow` lists them; empty where there is no such address.

    An address of its own (`/imports/pairs`) is none of those that a parameter stands for (`/imports/{import_id}`).
    """
    own: set[str] = set()
    by_parameter: set[str] = set()
    for context in iter_route_contexts(routes):
        methods = {"GET"} if isinstance(context.original_route, Mount) else set(context.methods or ())
        if context.path == path:
            own |= methods
        elif _is_at(context, path):
            by_parameter |= methods
    found = [method for method in METHODS if method in (own or by_parameter)]
    if "GET" in found:
        found.insert(1, "HEAD")
    return [*found, "OPTIONS"] if found else []


def options(allowed: Sequence[str]) -> Response:
    """The answer to OPTIONS."""
    return Response(status_code=204, headers={"Allow": ", ".join(allowed)})


def _is_at(context: RouteContext, path: str) -> bool:
    if isinstance(context.original_route, Mount):
        return path.startswith(f"{context.path}/")
    return compile_path(context.path or "")[0].match(path) is not None
