"""What every reply carries and every request must pass before any route sees it.

Headers: a strict content security policy and its companions, and no caching of anything private. Guards: an unknown
Host is refused (hosts.py); an unsafe request that comes from another site is refused always, unless it is signed in
by a bearer token, which no browser sends by itself.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.web.errors import problem_of, reply
from app.web.guards.hosts import KnownHosts
from app.web.guards.requests import SAFE_METHODS
from app.web.refusals import Refused
from app.web.signing_in import bearer_token, is_https

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
ONE_YEAR = "max-age=31536000"
HEALTH_PATHS = frozenset({"/healthz", "/readyz"})


class SecurityHeaders:
    """Adds the headers to every reply, errors included."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = dict(HEADERS)
        if settings.production and is_https(settings):
            self.headers["strict-transport-security"] = f"{ONE_YEAR}; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                if scope.get("state", {}).get("body_unread"):
                    headers["connection"] = "close"
                if "cache-control" not in headers:
                    headers["cache-control"] = "no-store"
                    headers.add_vary_header("Cookie, HX-Request")
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Guards:
    """Refuses unknown hosts and unsafe requests that another site has a browser send."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.public = urlsplit(settings.public_url).netloc.lower()
        self.known = KnownHosts(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        await reply(request, problem_of(refusal))(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refused | None:
        headers = Headers(scope=scope)
        if scope["path"] not in HEALTH_PATHS and headers.get("host", "") not in self.known:
            return Refused(
                400,
                "unknown-host",
                "This site is not known under that host name. Whoever runs it can name more of them in ALLOWED_HOSTS.",
            )
        if scope["method"] in SAFE_METHODS or bearer_token(scope["headers"]) is not None:
            return None
        if self._is_from_here(headers):
            return None
        return Refused(
            403, "cross-site", "This request came from another site and was refused. Open the page here and try again."
        )

    def _is_from_here(self, headers: Headers) -> bool:
        """By the browser's own word where it gives it, else by Origin; programs send neither and carry no ambient rights."""
        site = headers.get("sec-fetch-site")
        if site:
            return site in ("same-origin", "none")
        origin = headers.get("origin")
        if origin is None:
            return True
        return urlsplit(origin).netloc.lower() in {self.public, headers.get("host", "").lower()} - {""}


class CachedFiles(StaticFiles):
    """The static folder. An address that names a version (`?v=`) may be kept for a year, any other for an hour."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        forever = b"v=" in scope.get("query_string", b"")

        async def send_with_age(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 206, 304):
                age = f"public, {ONE_YEAR}, immutable" if forever else "public, max-age=3600"
                MutableHeaders(scope=message)["cache-control"] = age
            await send(message)

        await super().__call__(scope, receive, send_with_age)
