"""What the tests of signing in share: an application with a provider, and the way of a browser there and back."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.identity_provider import CLIENT, SECRET, IdentityProvider
from tests.web.clients import SEED, application, browser


def signing_app(database_url: str, folder: Path, provider: IdentityProvider, **changes: Any) -> FastAPI:
    """Three ways in: the provider, the same under a second name, and as a GitHub; `second` has an issuer of its own if given."""
    second = changes.pop("second", provider)
    settings = {
        "sign_in_providers": f"university={provider.url} second={second.url} github={provider.url}",
        "sign_in_clients": " ".join(f"{name}={CLIENT}:{SECRET}" for name in ("university", "second", "github")),
        "limit_sign_ins": "1000/minute",
        **changes,
    }
    return application(database_url, folder, **settings)


def chosen(app: FastAPI, value: str = "first") -> TestClient:
    """A browser whose guest has made one choice."""
    client = browser(app)
    assert client.post("/first-choice", data={"side_seed": SEED, "value": value}).status_code == 303
    return client


def to_provider(client: TestClient, name: str = "university", **form: str) -> str:
    """The address at the provider to which the browser is sent."""
    return address_on(client.post(f"/sign-in/with/{name}", data={"return": "/choices", **form}).text)


def address_on(page: str) -> str:
    """Where the page that goes on by itself leads."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert found, page
    return html.unescape(found[1])


def at_provider(address: str) -> str:
    """Signs in there: the address to which the browser is sent back, without the host."""
    back = httpx2.get(address, follow_redirects=False).headers["location"]
    return "/" + str(back).split("/", 3)[3]


def signed_in(client: TestClient, name: str = "university", **form: str) -> Any:
    """The whole way; what the site answers when the browser comes back."""
    return client.get(at_provider(to_provider(client, name, **form)))


def code_of(client: TestClient) -> str:
    """The code of the account that the browser is in; "" for a stranger."""
    found = re.search(r"account code is <b[^>]*>([^<]+)<", client.get("/data").text)
    return found[1] if found else ""
