"""Every failure becomes one reply: a page, a fragment for htmx, or problem JSON (RFC 9457) under /api.

What a person reads is the error's own sentence where it is one of ours, a fixed sentence otherwise; a failure nobody
foresaw gets a reference that the log has too, and shows nothing of the inside.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import ProblemError, SeveralPeople
from app.storage.database import DatabaseBusy, DatabaseClash
from app.web.methods import allowed_methods, options
from app.web.problem_kinds import KINDS, Kind, kind_of, kind_of_status
from app.web.refusals import InvalidToken, Refused, ScopeMissing, SignInNeeded, TooManyRequests
from app.web.showing.rendering import respond
from app.web.showing.views import ErrorView

log = logging.getLogger("app.web")

BUSY_AGAIN_SECONDS = 5
CHALLENGE = 'Bearer realm="synthesize-me"'
"""What a 401 must say of how to sign in (RFC 9110, RFC 6750)."""

SENTENCES = {
    404: "There is nothing at this address, or it is not yours.",
    405: "This address does not take that kind of request.",
    413: "What was sent is larger than this address takes: files may have 20 MB, pasted text 2 MB. Nothing was stored.",
}


@dataclass(frozen=True)
class Problem:
    """What is told: the kind, the sentence, a reference for the log, further headers, and field by field faults."""

    kind: Kind
    message: str
    reference: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    faults: tuple[dict[str, str], ...] = ()
    people: Mapping[str, int] = field(default_factory=dict)
    """On a file of several people: how many choices each has."""

    @property
    def status(self) -> int:
        return self.kind.status

    @property
    def title(self) -> str:
        return self.kind.title


def problem_of(error: Exception) -> Problem:
    """The reply an error calls for; unforeseen errors are logged under a new reference."""
    if isinstance(error, ProblemError):
        kind = kind_of(error)
        people = error.people if isinstance(error, SeveralPeople) else {}
        return Problem(kind, str(error) or kind.title, headers=_headers_of(error, kind), people=people)
    if isinstance(error, RequestValidationError):
        faults = tuple(_fault(one) for one in error.errors()[:20])
        told = " ".join(f"The field {fault['field']} is not right: {fault['fault']}." for fault in faults)
        if any(fault["field"] == "body" for fault in faults):
            told = "The body must be a JSON object, sent with Content-Type: application/json. Nothing was stored."
        return Problem(KINDS["invalid-fields"], told, faults=faults)
    if isinstance(error, HTTPException):
        return _of_framework(error)
    if isinstance(error, DatabaseBusy):
        log.warning("database busy or away: %s", type(error).__name__)
        return Problem(
            KINDS["database-unavailable"],
            "The database is not available at the moment. Nothing was stored; try again shortly.",
            headers={"Retry-After": str(BUSY_AGAIN_SECONDS)},
        )
    if isinstance(error, DatabaseClash):
        log.warning("rows clashed: %s", type(error).__name__)
        return Problem(
            KINDS["changed-meanwhile"],
            "This was changed or deleted elsewhere at the same moment. Nothing was stored; load it again.",
        )
    reference = secrets.token_hex(4).upper()
    log.error("reference %s", reference, exc_info=error)
    return Problem(
        KINDS["unexpected"],
        f"Nothing was stored. If it happens again, tell us the reference {reference}.",
        reference=reference,
    )


def _headers_of(error: ProblemError, kind: Kind) -> dict[str, str]:
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.wait)}
    if isinstance(error, InvalidToken):
        return {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}
    if isinstance(error, SignInNeeded):
        return {"WWW-Authenticate": CHALLENGE}
    if isinstance(error, ScopeMissing):
        scope = f', scope="{error.scope}"' if error.scope else ""
        return {"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope"{scope}'}
    return {"Retry-After": str(BUSY_AGAIN_SECONDS)} if kind.status == 503 else {}


def _of_framework(error: HTTPException) -> Problem:
    kind = KINDS[error.kind] if isinstance(error, Refused) else kind_of_status(error.status_code)
    standard = error.detail == HTTPStatus(error.status_code).phrase or error.status_code in (404, 405, 413)
    message = SENTENCES.get(error.status_code, "") if standard else ""
    if kind.status != error.status_code:
        kind = replace(kind, status=error.status_code, title=HTTPStatus(error.status_code).phrase)
    return Problem(kind, message or error.detail, headers=dict(error.headers or {}))


def reply(request: Request, problem: Problem) -> Response:
    """The problem as the asker can read it: problem JSON under /api, else a page or a fragment."""
    if request.url.path.startswith("/api/"):
        return problem_json(problem)
    if problem.status == 401:
        return _to_the_first_page(request)
    view = ErrorView(status=problem.status, title=problem.title, message=problem.message, reference=problem.reference)
    response = respond(request, "error", view, status_code=problem.status)
    if request.headers.get("hx-request"):
        response.headers.update({"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"})
    response.headers.update(problem.headers)
    return response


def problem_json(problem: Problem) -> Response:
    """The problem as a program reads it."""
    return JSONResponse(_as_json(problem), problem.status, problem.headers, "application/problem+json")


class ShownInstead(Exception):
    """Raised by a dependency that answers the request itself, before anything is opened to be changed."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def add_handlers(app: FastAPI) -> None:
    """Has every foreseen error answered by this module; the unforeseen ones are caught by UnexpectedErrors."""

    async def answer(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem.status == 405:
            allowed = allowed_methods(app.routes, request.url.path)
            if request.method == "OPTIONS" and allowed:
                return options(allowed)
            problem.headers["Allow"] = ", ".join(allowed)
        return reply(request, problem)

    async def show(_request: Request, error: Exception) -> Response:
        assert isinstance(error, ShownInstead)
        return error.response

    async def nobody(_request: Request, _error: Exception) -> Response:
        return Response(status_code=400)

    app.add_exception_handler(ShownInstead, show)
    # Who left in the middle of a body hears nothing, and is no error of ours to be logged.
    app.add_exception_handler(ClientDisconnect, nobody)
    for kind in (ProblemError, HTTPException, RequestValidationError, *DatabaseBusy, *DatabaseClash):
        app.add_exception_handler(kind, answer)


class UnexpectedErrors:
    """Turns an exception nobody foresaw into a 500 with a reference. Inside the headers' middleware, so that the page
    gets them too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watching(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watching)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            problem = problem_of(error)
            try:
                response = reply(Request(scope, receive), problem)
            except Exception:
                log.exception("the error page of reference %s failed", problem.reference)
                response = PlainTextResponse(f"{problem.title}. {problem.message}", problem.status, problem.headers)
            await response(scope, receive, send)


def _fault(error: dict[str, Any]) -> dict[str, str]:
    where = [str(part) for part in error["loc"] if part not in ("body", "query", "path", "header")]
    message = "it is missing" if error["type"] == "missing" else str(error["msg"]).removesuffix(".")
    return {"field": " ".join(where) or "body", "fault": message[:1].lower() + message[1:]}


def _as_json(problem: Problem) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": problem.kind.uri,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.message,
    }
    if problem.reference:
        document["reference"] = problem.reference
    if problem.faults:
        document["faults"] = list(problem.faults)
    if problem.people:
        document["people"] = [{"person": person, "choices": count} for person, count in problem.people.items()]
    return document


def _to_the_first_page(request: Request) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": "/"})
    return RedirectResponse("/", 303)
