"""The JSON API under /api/v1: what the pages do, for programs. Signed in by a bearer token."""

from __future__ import annotations

from fastapi import APIRouter

from app.web.api import (
    accounts,
    archives,
    choosing,
    early,
    exports,
    files,
    importing,
    imports,
    personas,
    recovery,
    runs,
    tokens,
)
from app.web.api.replies import problems

VERSION = "1"
DESCRIPTION = """Everything the pages do, for programs.

Create an account (`POST /api/v1/accounts`) and send its token with every other request as
`Authorization: Bearer TOKEN`. Load a sample history, bring in pairs, or ask something; give verdicts; start a run;
read the persona and download the prompt. Give each program a token of its own (`POST /api/v1/me/tokens`) with the
scopes that it needs: each operation names the one that it asks for.

Refusals are `application/problem+json` (RFC 9457): `type` tells a program which it is, as listed on `/problems`;
`detail` is a sentence for a person. Whatever is missing or somebody else's is 404 alike. Another method than those of
an address is 405 with all of them in `Allow`; HEAD is wherever GET is.

What costs model calls takes an `Idempotency-Key`: the same request with the same key gets the same reply for 24 hours,
is paid once, and says `Idempotency-Replayed: true`. What is limited tells in `RateLimit-Policy` and `RateLimit` how
much is allowed and left (draft-ietf-httpapi-ratelimit-headers), and over it 429 with `Retry-After`.

Lists come newest first with `X-Total-Count`, and with the address of their next part in `Link`. Bodies are UTF-8 JSON;
fields not named here change nothing, whatever they hold.

What may change under `/api/v1`: new addresses, new optional fields and headers, new kinds of problem under the statuses
that are described, new words in `detail`. What may not: a field, address, scope or kind of problem that is there loses
or changes its meaning; that comes as `/api/v2`, beside `/api/v1` for at least six months, and is told in the changelog.
There are no cross-origin replies: a page of another site reads this API through its own server."""

router = APIRouter(prefix="/api/v1", responses=problems(422))
for part in (accounts, recovery, tokens, importing, imports, archives, choosing, early, runs, personas, files, exports):
    router.include_router(part.router)
