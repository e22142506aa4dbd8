"""`Once`: what a route does once for each Idempotency-Key (draft-ietf-httpapi-idempotency-key-header), however often it
is asked. Without the header it is done each time.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.services import repeating
from app.services.repeating import KeptReply
from app.storage.database import Session
from app.web.guards.dependencies import CurrentAccount, Writing
from app.web.refusals import Refused

LONGEST_KEY = 200
KEY = re.compile(f"[!-~]{{1,{LONGEST_KEY}}}")
REPLAYED = "Idempotency-Replayed"

Made = TypeVar("Made", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class OneTime:
    """The key of a request ("" where it has none), and what tells the request from others."""

    session: Session
    account_id: str
    key: str
    request_sha256: str

    def reply(self, make: Callable[[], Made], status: int, location: Callable[[Made], str]) -> Response:
        """The reply to what `make` does; for a key that was there before, the reply of that time, and nothing is done.

        Raises KeyReused where the key came with another request.
        """
        if self.key:
            earlier = repeating.earlier_reply(self.session, self.account_id, self.key, self.request_sha256)
            if earlier:
                return _response(earlier, {REPLAYED: "true"})
        made = make()
        kept = KeptReply(status, location(made), made.model_dump(mode="json"))
        if self.key:
            repeating.keep_reply(self.session, self.account_id, self.key, self.request_sha256, kept)
        return _response(kept, {})


async def _request_sha256(request: Request) -> str:
    body = await request.body()
    said = await request.json() if body else None
    if "idempotency-key" not in request.headers:
        return ""  # nobody asks, and of 2 MB it would take the event loop longer than a page
    # The same JSON counts as the same, however a program spaces and orders it.
    asked = [request.method, request.url.path, sorted(request.query_params.multi_items()), said]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


async def _once(
    session: Writing,
    account: CurrentAccount,
    request_sha256: Annotated[str, Depends(_request_sha256)],
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            json_schema_extra={"minLength": 1, "maxLength": LONGEST_KEY, "pattern": f"^{KEY.pattern}$"},
            description="A name of your own for this request, at most 200 signs. Sent again within 24 hours, the same "
            "request gets the same reply and costs nothing; another request with it is refused (422).",
        ),
    ] = None,
) -> OneTime:
    return OneTime(session, account.account_id if account else "", _checked(key), request_sha256)


def _checked(key: str | None) -> str:
    if key is None:
        return ""
    bare = key.strip()
    if not KEY.fullmatch(bare):
        raise Refused(
            400,
            "bad-idempotency-key",
            f"The Idempotency-Key must have 1 to {LONGEST_KEY} printable ASCII characters without spaces. Nothing was done.",
        )
    return bare[1:-1] if len(bare) > 2 and bare[0] == bare[-1] == '"' else bare


def _response(reply: KeptReply, more: dict[str, str]) -> Response:
    return JSONResponse(reply.document, reply.status, {"Location": reply.location, **more})


Once = Annotated[OneTime, Depends(_once, scope="function")]
"""For routes that spend: `once.reply(make, status, location)`. Asks for `Writing`, so the route changes rows."""
