"""What every endpoint may answer besides success, for its description."""

from __future__ import annotations

from typing import Any

from app.web.api.models import ProblemReply

_SENTENCES = {
    400: "What was sent cannot be used; the text names the fault.",
    401: "No token, or one that is not valid.",
    403: "Your account lacks the role.",
    404: "No such thing, or not yours.",
    409: "It was already done, or has changed meanwhile.",
    413: "Larger than this takes.",
    422: "A field is missing or of the wrong kind.",
    429: "Too many requests; see Retry-After.",
    503: "The database is not available at the moment; nothing was stored.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of an endpoint, as FastAPI's `responses`."""
    return {
        status: {
            "model": ProblemReply,
            "description": _SENTENCES[status],
        }
        for status in statuses
    }


def tell_problem_type(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with the refusals under their true media type; FastAPI describes all replies as plain JSON."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, reply in operation["responses"].items():
                if not status.startswith("2") and "application/json" in reply.get("content", {}):
                    reply["content"]["application/problem+json"] = reply["content"].pop("application/json")
    return document
