"""The page of addresses has every route of the application, with whom it is for and whether it changes anything, and no other."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.web.guards.admitting import scopes_needed
from tests.architecture.tree import ROOT

ROW = re.compile(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def asks(dependant: Dependant, mark: str) -> bool:
    """Whether a route asks, at whatever depth, for a dependency that is marked so."""
    return bool(getattr(dependant.call, mark, False)) or any(asks(asked, mark) for asked in dependant.dependencies)


def whom(dependant: Dependant) -> str:
    """Whom a route answers, read off what it asks for."""
    if asks(dependant, "needs_operator"):
        return "operators"
    scopes = scopes_needed(dependant)
    if scopes is not None:
        return "researchers" if "export" in scopes else ", ".join(["signed in", *sorted(scopes)])
    return "anybody, becomes a guest" if asks(dependant, "makes_guests") else "anybody"


def served_rows(app: FastAPI) -> list[tuple[str, ...]]:
    return sorted(
        (
            str(method),
            context.path or "",
            whom(context.original_route.dependant),
            "yes" if asks(context.original_route.dependant, "changes_rows") else "no",
        )
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in sorted(context.original_route.methods or ())
        if method not in ("HEAD", "OPTIONS")
    )


def test_the_table_of_addresses_is_that_of_the_routes(app: FastAPI) -> None:
    written = sorted(ROW.findall((ROOT / "docs" / "routes.md").read_text(encoding="utf-8")))

    assert written == served_rows(app)


def test_a_route_that_is_not_in_the_table_is_noticed(app: FastAPI) -> None:
    before = served_rows(app)

    app.add_api_route("/not-in-the-table", lambda: None)

    assert set(served_rows(app)) - set(before) == {("GET", "/not-in-the-table", "anybody", "no")}
