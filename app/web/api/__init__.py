"""The JSON API under /api/v1: what the pages do, for programs. Signed in by a bearer token."""

from __future__ import annotations

from fastapi import APIRouter

from app.web.api import accounts, choosing, importing, personas, runs, tokens
from app.web.api.replies import problems

VERSION = "1"
DESCRIPTION = """Everything the pages do, for programs.

Create an account (`POST /api/v1/accounts`) and send its token with every other request as
`Authorization: Bearer TOKEN`. Load a sample history, bring in pairs, or ask something; give verdicts; start a run;
read the persona and download the prompt. Refusals are `application/problem+json` with a sentence in `detail`.
Whatever is missing or somebody else's is 404 alike. Bodies are UTF-8 JSON; fields not named here change nothing."""

router = APIRouter(prefix="/api/v1", responses=problems(422))
for part in (accounts, tokens, importing, choosing, runs, personas):
    router.include_router(part.router)
