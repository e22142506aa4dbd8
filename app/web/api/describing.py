"""The OpenAPI document as programs need it: every status that can come, its headers, and who answers for the whole.

FastAPI describes what a route says of itself. What guards and limits may answer is true of many routes at once, and is
added here, so that no route can forget it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute

from app.settings import Settings
from app.web.api.replies import SENTENCES
from app.web.guards.rates import Kind, allowance

Document = dict[str, Any]
Operation = dict[str, Any]

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemReply"}}}
TEXT = {"type": "string"}
HEADERS: Mapping[int, Mapping[str, str]] = {
    201: {"Location": "Where what was made can be read."},
    202: {"Location": "Where what was asked for can be read."},
    401: {"WWW-Authenticate": "How to sign in (RFC 6750)."},
    415: {"Accept": "The content types taken."},
    429: {"Retry-After": "How many seconds to wait."},
    503: {"Retry-After": "How many seconds to wait."},
}
TAGS = {
    "account": "You, your tokens, and all that you have here.",
    "consents": "The switches for research.",
    "getting choices in": "Sample histories, files of preference pairs, pasted conversations, archives of other products.",
    "choices": "Prompts, comparisons and verdicts.",
    "personas": "Runs, personas and what can be taken away of them.",
    "research": "For researchers.",
}
LIMIT_HEADERS = {
    "RateLimit-Policy": "How much is allowed: `q` uses in `w` seconds.",
    "RateLimit": "How much is left: `r` uses for the next `t` seconds.",
}


def describe(document: Document, routes: Sequence[BaseRoute], settings: Settings) -> Document:
    """The document with what all operations have in common."""
    limits = dict(_limits(routes))
    site = settings.public_url.rstrip("/")
    document["servers"] = [{"url": site or "/", "description": "This site."}]
    document["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    document["info"]["contact"] = {"name": "Whoever runs this site"} | ({"url": f"{site}/about"} if site else {})
    for methods in document["paths"].values():
        for method, operation in methods.items():
            kind = limits.get(operation["operationId"])
            if not operation.get("parameters") and not operation.get("requestBody"):
                operation["responses"].pop("422", None)
            for status in _statuses(method, operation, limited=kind is not None):
                operation["responses"].setdefault(str(status), {"description": SENTENCES[status]})
            for scope in _scopes(operation):
                operation["description"] += f"\n\nNeeds the scope `{scope}`."
            if kind:
                told = f"{SENTENCES[429]} Allowed here: {allowance(settings, kind)}."
                operation["responses"]["429"]["description"] = told
            for status, reply in operation["responses"].items():
                _complete(int(status), reply, limited=kind is not None)
            operation["responses"] = dict(sorted(operation["responses"].items()))
            operation.setdefault("security", [])
    return document


def _limits(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, Kind]]:
    for context in iter_route_contexts(routes):
        route = context.original_route
        if isinstance(route, APIRoute) and (kind := _kind(route.dependant)):
            yield route.name, kind


def _kind(dependant: Dependant) -> Kind | None:
    own: Kind | None = getattr(dependant.call, "counted_as", None)
    return own or next((kind for kind in map(_kind, dependant.dependencies) if kind), None)


def _scopes(operation: Operation) -> Sequence[str]:
    return [scope for needed in operation.get("security", []) for scopes in needed.values() for scope in scopes]


def _statuses(method: str, operation: Operation, *, limited: bool) -> Iterator[int]:
    takes = operation.get("requestBody", {}).get("content", {})
    yield from (400, 503)
    if "security" in operation:
        yield from (401, 403)
    if method != "get":
        # From another site; written by two at once; and, signed in, the account deleted meanwhile.
        yield from (403, 409)
    if method != "get" and "security" in operation:
        yield 404
    if takes:
        yield from (413, 422)
    if "application/json" in takes:
        yield 415
    if operation.get("parameters"):
        yield 422
    if limited:
        yield 429


def _complete(status: int, reply: dict[str, Any], *, limited: bool) -> None:
    if status >= 400:
        reply["content"] = PROBLEM
    told = dict(HEADERS.get(status, {}))
    if limited and (status < 300 or status == 429):
        told |= LIMIT_HEADERS
    if told:
        headers = {name: {"description": text, "schema": TEXT} for name, text in told.items()}
        reply["headers"] = {**reply.get("headers", {}), **headers}
