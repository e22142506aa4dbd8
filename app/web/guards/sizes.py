"""How large the body of a request may be: on an ordinary route, on one that takes a file, and on one that takes a whole archive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

BODY_BYTES = 2_500_000
"""Most bytes of a body on an ordinary route; a paste of 2 MB and its form fields fit."""
UPLOAD_BYTES = 20_500_000
"""Most bytes of a body on a route that takes a file of up to 20 MB."""
ARCHIVE_BYTES = 101_000_000
"""Most bytes of a body on a route that takes a whole archive of up to 100 MB."""
MOST_FILES, MANY_FILES = 20, 2_000
"""How many files a form may hold, and one that brings an archive."""
DROPPED_BYTES = 128_000_000
"""How much of a body that is too large is read and dropped before the connection is closed on it."""


def takes_files(endpoint: Endpoint) -> Endpoint:
    """Marks a route's function as one that takes files, so that its body may have UPLOAD_BYTES."""
    vars(endpoint)["body_bytes"] = UPLOAD_BYTES
    return endpoint


def takes_archives(endpoint: Endpoint) -> Endpoint:
    """Marks a route's function as one that takes a whole archive in one or many files, so that its body may have ARCHIVE_BYTES."""
    vars(endpoint)["body_bytes"] = ARCHIVE_BYTES
    return endpoint


def most_bytes_of(endpoint: Callable[..., Any]) -> int:
    """How large a body the route's function takes."""
    most: int = getattr(endpoint, "body_bytes", BODY_BYTES)
    return most
