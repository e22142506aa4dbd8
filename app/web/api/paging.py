"""Lists a part at a time: how many there are in all, and where the next part is, in the headers of the reply (RFC 8288)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

TOTAL = "X-Total-Count"
LIST_REPLY: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            TOTAL: {"description": "How many there are in all.", "schema": {"type": "integer"}},
            "Link": {
                "description": 'The address of the next part as `<...>; rel="next"`; absent where there is none.',
                "schema": {"type": "string"},
            },
        }
    }
}
"""What a list's route adds to its `responses`."""


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is wanted; `tell` says in the reply how many there are and where the next part is."""

    offset: int
    limit: int
    request: Request
    response: Response

    def tell(self, total: int, before: str | None = None) -> None:
        """Sets the headers. A list that is read from a place on says in `before` where its next part begins, "" where
        there is none."""
        self.response.headers[TOTAL] = str(total)
        if before is not None:
            following: dict[str, str | int] = {"before": before} if before else {}
        else:
            following = {"offset": self.offset + self.limit} if self.offset + self.limit < total else {}
        if following:
            query = urlencode({**following, "limit": self.limit})
            self.response.headers["Link"] = f'<{self.request.url.path}?{query}>; rel="next"'


async def _part(
    request: Request,
    response: Response,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="How many to give at most.")] = 50,
) -> Part:
    return Part(offset, limit, request, response)


Paged = Annotated[Part, Depends(_part)]
