"""What a program may do with its token: the scopes, what they say, and how a token is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta

from app.domain.errors import BadInput

SCOPES: Mapping[str, str] = {
    "read": "see all of the account: choices, conversations, runs, personas, prompts",
    "choose": "give verdicts, and ask for two answers, which costs model calls",
    "import": "bring in samples, files and conversations, to which the model may write alternatives",
    "induce": "start and stop runs, which cost many model calls",
    "export": "download the researchers’ export, where the account has the role",
    "account": "turn consents on and off, make and revoke tokens, delete the account",
}
"""What each scope permits, as in "may see all of the account"."""
ALL_SCOPES = tuple(SCOPES)
IDLE_FOR = timedelta(days=60)
"""A guest's cookie is the only way back to their choices, so it lives longer than one that a new sign-in can replace."""


def chosen_scopes(names: Iterable[str]) -> tuple[str, ...]:
    """The named scopes once each, in the order of SCOPES. Raises BadInput for an unknown one, or for none at all."""
    wanted = set(names)
    unknown = sorted(wanted - SCOPES.keys())
    if unknown:
        raise BadInput(f"There is no scope {unknown[0][:40]!r}. The scopes are {', '.join(SCOPES)}.")
    if not wanted:
        raise BadInput("A token needs at least one scope. Choose what it may do.")
    return tuple(scope for scope in SCOPES if scope in wanted)


def stored_scopes(scopes: Iterable[str]) -> str:
    """The scopes as a row keeps them: "" for a sign-in that may do all that its account may."""
    kept = tuple(scopes)
    return "" if kept == ALL_SCOPES else " ".join(kept)


def scopes_from(stored: str) -> tuple[str, ...]:
    """The scopes that a row keeps."""
    return chosen_scopes(stored.split()) if stored else ALL_SCOPES


def token_digest(token: str) -> str:
    """The SHA-256 by which a token is known again; the token itself is never kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
