"""Taking away a text in one's own words that came out of an archive."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.services.importing.bringing import own_words
from app.web.guards.dependencies import RequiredAccount, Writing
from app.web.guards.limits import Limited
from app.web.guards.requests import GuardedRoute
from app.web.showing.rendering import see_other

router = APIRouter(prefix="/import/words", route_class=GuardedRoute)


@router.post("/{words_id}/delete", dependencies=[Limited.imports])
def delete(words_id: Annotated[str, Path(max_length=64)], session: Writing, account: RequiredAccount) -> Response:
    """Deletes the text."""
    own_words.take_away(session, account.account_id, words_id)
    return see_other("/import#own-words")
