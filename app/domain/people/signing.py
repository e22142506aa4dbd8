"""Signing in by a provider: who somebody is there, and where they may be sent back to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

LONGEST_PATH = 500
LONGEST_ISSUER = 300
LONGEST_SUBJECT = 255
ROUND_TRIP = timedelta(minutes=10)
"""How long somebody may take at the provider."""
FRESH_FOR = timedelta(minutes=10)
"""How recently somebody must have signed in who changes by what the account is entered."""
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at a provider: the two together, and nothing else that the provider says (OpenID Connect Core, 5.7)."""

    issuer: str
    subject: str


def way_back(path: str) -> str:
    """The path if it is one of this site, else "/": no address that a browser could take for another site's."""
    return path if len(path) <= LONGEST_PATH and _PATH.fullmatch(path) else "/"
