"""What the web itself refuses, before or beside what the domain does: no sign-in, a token without the scope, too often,
a body that cannot be read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from starlette.exceptions import HTTPException

from app.domain.errors import NotAllowed, ProblemError


class SignInNeeded(ProblemError):
    """Nobody is signed in here."""


class InvalidToken(SignInNeeded):
    """The token that was sent signs in to nothing, or no longer."""


class ScopeMissing(NotAllowed):
    """The token may not do this; `scope` is what it lacks, empty where no token of limited scope may."""

    def __init__(self, message: str, scope: str = "") -> None:
        super().__init__(message)
        self.scope = scope


class AllScopesNeeded(NotAllowed):
    """The token may do less than its account, whatever it is that it lacks."""


def check_scope(scopes: Collection[str], needed: str) -> None:
    """Raises ScopeMissing where a token of these scopes may not do what needs another."""
    if needed not in scopes:
        raise ScopeMissing(
            f"This token may not do that: it lacks the scope {needed}. Make one that has it, on the page My data or by "
            "POST /api/v1/me/tokens.",
            needed,
        )


class TooManyRequests(ProblemError):
    """Over a rate limit; `wait` is in seconds."""

    permanent = False

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message)
        self.wait = wait


class Busy(ProblemError):
    """The database cannot take the request at the moment; nothing was stored."""

    permanent = False


class Refused(HTTPException):
    """A request that cannot be read; `kind` names its problem (problem_kinds). FastAPI lets only an HTTPException out
    while it reads a body."""

    def __init__(self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail, headers)
        self.kind = kind
