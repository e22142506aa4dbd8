"""What an endpoint may refuse by itself, for its description; what any may refuse is added in describing.py."""

from __future__ import annotations

from typing import Any

from app.web.api.models import ProblemReply

SENTENCES = {
    400: "What was sent cannot be used; the text names the fault.",
    401: "No token, or one that is not valid.",
    403: "The token lacks the scope, or your account the role; or a browser sent this from another site.",
    404: "No such thing, or not yours.",
    409: "It was already done, or has changed meanwhile.",
    413: "Larger than this takes.",
    415: "The body is not of the content type this takes.",
    422: "A field is missing or of the wrong kind.",
    429: "Too many requests; see Retry-After.",
    503: "The database is not available at the moment; nothing was stored.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of an endpoint, as FastAPI's `responses`."""
    return {status: {"model": ProblemReply, "description": SENTENCES[status]} for status in statuses}
