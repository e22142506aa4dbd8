"""A form acts for whom its page was shown to, and for nobody else: the tab that stayed open while another came.

Every form carries the key of the sign-in that its page was made for (signing_in.form_key). A form of a page that was shown
to a stranger has a word that says so; it may still make a choice or ask for answers, which strangers may, when the same
browser has become a guest in another tab, but do nothing that only somebody who is signed in can. Requests with a bearer
token are a program's own, and need no key; so do those to the API.
"""

from __future__ import annotations

import hmac

from starlette.requests import Request

from app.web.refusals import Refused
from app.web.signing_in import STRANGERS_KEY, bearer_token, form_key

API = "/api/"
FIELD = "form_key"


def needs_key(request: Request) -> bool:
    """Whether the request is one of a page's forms, by itself or by htmx."""
    is_programs = request.url.path.startswith(API) or bearer_token(request.scope["headers"]) is not None
    return not is_programs and request.method not in ("GET", "HEAD", "OPTIONS")


async def check_key(request: Request, *, is_for_strangers: bool) -> None:
    """Raises Refused (409) for a form that was shown to somebody else. A browser without a sign-in needs no key, but may
    not come with another's."""
    given = (await request.form()).get(FIELD, "")
    sent = given if isinstance(given, str) else ""
    wanted = form_key(request)
    if hmac.compare_digest(sent.encode("utf-8", "replace"), wanted.encode("utf-8", "replace")):
        return
    if wanted == STRANGERS_KEY and not sent:
        return
    if sent == STRANGERS_KEY and is_for_strangers:
        return
    raise Refused(
        409,
        "page-of-another",
        "This page was opened before the sign-in changed in this browser, so it may have been somebody else's. Nothing "
        "was done. Reload the page to see whose it is now, and do it again there.",
    )
