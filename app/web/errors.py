"""Every failure becomes one reply: a page, a fragment for htmx, or problem JSON (RFC 9457) under /api.

What a person reads is the error's own sentence where it is one of ours, a fixed sentence otherwise; a failure nobody
foresaw gets a reference that the log has too, and shows nothing of the inside.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import (
    BadInput,
    BudgetReached,
    Conflict,
    ModelUnavailable,
    NotAllowed,
    NotFound,
    ProblemError,
    TooLarge,
)
from app.storage.database import DatabaseBusy, DatabaseClash
from app.web.showing.rendering import respond
from app.web.showing.views import ErrorView

log = logging.getLogger("app.web")

BUSY_AGAIN_SECONDS = 5


class SignInNeeded(ProblemError):
    """Nobody is signed in here, or the token is not valid."""


class TooManyRequests(ProblemError):
    """Over a rate limit; `wait` is in seconds."""

    permanent = False

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message)
        self.wait = wait


class Busy(ProblemError):
    """The database cannot take the request at the moment; nothing was stored."""

    permanent = False


STATUS: tuple[tuple[type[ProblemError], int], ...] = (
    (TooLarge, 413),
    (BadInput, 400),
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (BudgetReached, 429),
    (TooManyRequests, 429),
    (SignInNeeded, 401),
    (ModelUnavailable, 503),
    (Busy, 503),
    (ProblemError, 400),
)
"""Most special first; the first that fits counts."""

TITLES = {
    400: "That could not be used",
    401: "Not signed in",
    403: "Not allowed",
    404: "Nothing here",
    405: "Not possible here",
    409: "It has changed meanwhile",
    413: "Too large",
    415: "Not a kind of content this takes",
    422: "That could not be used",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Not available at the moment",
}

SENTENCES = {
    404: "There is nothing at this address, or it is not yours.",
    405: "This address does not take that kind of request.",
    413: "What was sent is larger than this address takes: files may have 20 MB, pasted text 2 MB. Nothing was stored.",
}


@dataclass(frozen=True)
class Problem:
    """What is told: the status, the sentence, a reference for the log, further headers, and field by field faults."""

    status: int
    message: str
    reference: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    faults: tuple[dict[str, str], ...] = ()

    @property
    def title(self) -> str:
        return TITLES.get(self.status) or HTTPStatus(self.status).phrase


def problem_of(error: Exception) -> Problem:
    """The reply an error calls for; unforeseen errors are logged under a new reference."""
    if isinstance(error, ProblemError):
        status = next(status for kind, status in STATUS if isinstance(error, kind))
        headers = {}
        if isinstance(error, TooManyRequests):
            headers["Retry-After"] = str(error.wait)
        elif status == 503:
            headers["Retry-After"] = str(BUSY_AGAIN_SECONDS)
        return Problem(status, str(error) or TITLES[status], headers=headers)
    if isinstance(error, RequestValidationError):
        faults = tuple(_fault(one) for one in error.errors()[:20])
        told = " ".join(f"The field {fault['field']} is not right: {fault['fault']}." for fault in faults)
        if any(fault["field"] == "body" for fault in faults):
            told = "The body must be a JSON object, sent with Content-Type: application/json. Nothing was stored."
        return Problem(422, told, faults=faults)
    if isinstance(error, HTTPException):
        standard = error.detail == HTTPStatus(error.status_code).phrase or error.status_code in (404, 405, 413)
        message = SENTENCES.get(error.status_code, "") if standard else ""
        return Problem(error.status_code, message or error.detail, headers=dict(error.headers or {}))
    if isinstance(error, DatabaseBusy):
        log.warning("database busy or away: %s", type(error).__name__)
        return Problem(
            503,
            "The database is not available at the moment. Nothing was stored; try again shortly.",
            headers={"Retry-After": str(BUSY_AGAIN_SECONDS)},
        )
    if isinstance(error, DatabaseClash):
        log.warning("rows clashed: %s", type(error).__name__)
        return Problem(
            409, "This was changed or deleted elsewhere at the same moment. Nothing was stored; load it again."
        )
    reference = secrets.token_hex(4).upper()
    log.error("reference %s", reference, exc_info=error)
    return Problem(
        500, f"Nothing was stored. If it happens again, tell us the reference {reference}.", reference=reference
    )


def reply(request: Request, problem: Problem) -> Response:
    """The problem as the asker can read it: problem JSON under /api, else a page or a fragment."""
    if request.url.path.startswith("/api/"):
        return JSONResponse(_as_json(problem), problem.status, problem.headers, "application/problem+json")
    if problem.status == 401:
        return _to_the_first_page(request)
    view = ErrorView(status=problem.status, title=problem.title, message=problem.message, reference=problem.reference)
    response = respond(request, "error", view, status_code=problem.status)
    if request.headers.get("hx-request"):
        response.headers.update({"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"})
    response.headers.update(problem.headers)
    return response


def add_handlers(app: FastAPI) -> None:
    """Has every foreseen error answered by this module; the unforeseen ones are caught by UnexpectedErrors."""

    async def answer(request: Request, error: Exception) -> Response:
        return reply(request, problem_of(error))

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
    where = [str(part) for part in error["loc"] if part not in ("body", "query", "path")]
    message = "it is missing" if error["type"] == "missing" else str(error["msg"]).removesuffix(".")
    return {"field": " ".join(where) or "body", "fault": message[:1].lower() + message[1:]}


def _as_json(problem: Problem) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.message,
    }
    if problem.reference:
        document["reference"] = problem.reference
    if problem.faults:
        document["faults"] = list(problem.faults)
    return document


def _to_the_first_page(request: Request) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": "/"})
    return RedirectResponse("/", 303)
