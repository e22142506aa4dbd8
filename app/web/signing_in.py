"""Who is asking: the sign-in cookie of a browser, the bearer token of a program.

Both are opaque random tokens; the database keeps only their SHA-256 and the times after which they are dead. A new
cookie is set by a middleware once the transaction that made its sign-in is committed, whatever response object the
route returned.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from http.cookies import SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.services.people import accounts
from app.settings import Settings
from app.storage.database import Session

COOKIE_DAYS = 180
LONGEST_TOKEN = 200


def cookie_name(settings: Settings) -> str:
    """`__Host-sign-in` where the site is served over https (the browser then refuses it from anywhere else)."""
    return "__Host-sign-in" if is_https(settings) else "sign-in"


def is_https(settings: Settings) -> bool:
    return settings.production or settings.public_url.startswith("https://")


def bearer_token(headers: Sequence[tuple[bytes, bytes]]) -> str | None:
    """The token of an `Authorization: Bearer` header; None where there is none (or one of another kind, as a proxy's)."""
    for name, value in headers:
        kind, _, token = value.decode("latin-1").partition(" ")
        if name == b"authorization" and kind.lower() == "bearer":
            return token.strip()[:LONGEST_TOKEN]
    return None


def presented_token(request: Request) -> str | None:
    """The token that came with the request: the bearer's where there is one, else the cookie's."""
    return token_of(request, request.app.state.settings)


def token_of(request: Request, settings: Settings) -> str | None:
    """The same, for what comes before the application."""
    bearer = bearer_token(request.scope["headers"])
    if bearer is not None:
        return bearer
    return request.cookies.get(cookie_name(settings), "")[:LONGEST_TOKEN] or None


STRANGERS_KEY = "nobody"


def form_key(request: Request) -> str:
    """What binds the forms of a page to the sign-in that the page was shown to: keyed by its token, which no page holds."""
    token = getattr(request.state, "new_token", None)
    if token is None:
        token = presented_token(request)
    return key_of(token) if token else STRANGERS_KEY


def key_of(token: str) -> str:
    """The form key of a sign-in."""
    return hmac.new(token.encode("utf-8", "surrogateescape"), b"form", hashlib.sha256).hexdigest()[:40]


def sign_in(request: Request, token: str) -> None:
    """Has the cookie set to `token` with the reply, provided that the request's transaction commits."""
    request.state.new_token = token


def sign_out(request: Request, session: Session) -> None:
    """Kills the sign-in of this request on the server and has the browser forget its cookie and caches."""
    token = presented_token(request)
    if token:
        accounts.sign_out(session, token)
    forget(request)


def forget(request: Request) -> None:
    """Has the browser drop the cookie, for when the account behind it is gone."""
    request.state.new_token = ""


class SignInCookie:
    """Sets or clears the cookie on the way out."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and "new_token" in state and state.get("committed"):
                headers = MutableHeaders(scope=message)
                headers.append("set-cookie", self._cookie(state["new_token"]))
                if not state["new_token"]:
                    headers["clear-site-data"] = '"cache", "storage"'
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _cookie(self, token: str) -> str:
        name = cookie_name(self.settings)
        cookie = SimpleCookie({name: token})
        cookie[name]["path"] = "/"
        cookie[name]["samesite"] = "Lax"
        cookie[name]["httponly"] = True
        cookie[name]["secure"] = is_https(self.settings)
        cookie[name]["max-age"] = COOKIE_DAYS * 86400 if token else 0
        return cookie.output(header="").strip()
