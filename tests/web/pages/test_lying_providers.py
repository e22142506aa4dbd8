"""A provider that lies, fails or is slow signs nobody in: a page says so, what is safe and what to do, and nothing is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI

from app.adapters.identity import bounded
from app.storage.database import Database
from tests.identity_provider import IdentityProvider, identity_provider
from tests.listener import listener
from tests.web.clients import browser, row_counts
from tests.web.pages.signing import at_provider, chosen, code_of, signed_in, signing_app, to_provider

BEFORE_THE_PROVIDER = ("huge", "redirects", "describes another issuer")
AT_THE_RETURN = (
    "declined",
    "error in place of a token",
    "no identity token",
    "code of another issuer",
    "wrong issuer",
    "wrong audience",
    "wrong nonce",
    "no nonce",
    "expired",
    "no expiry",
    "not valid yet",
    "no subject",
    "subject too long",
    "subject no text",
    "token too long",
    "not signed",
    "signed by the secret",
    "wrong key",
    "unknown critical header",
    "plain http",
)


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with identity_provider() as found:
        yield found


@pytest.fixture
def site(database_url: str, tmp_path: Path, provider: IdentityProvider) -> Iterator[FastAPI]:
    yield signing_app(database_url, tmp_path, provider)
    provider.lie = ""


def told(page: str) -> str:
    found = re.search(r'role="alert">\s*<p><b>([^<]+)</b></p>\s*<p>Nothing was changed', page)
    assert found, page
    assert "Try again" in page
    return found[1]


def test_no_lie_at_the_return_signs_anybody_in(site: FastAPI, provider: IdentityProvider, database: Database) -> None:
    mine = chosen(site)
    before, cookie = row_counts(database), mine.cookies["sign-in"]

    for lie in AT_THE_RETURN:
        provider.lie = ""
        way = to_provider(mine)
        provider.lie = lie
        reply = mine.get(at_provider(way))
        assert (reply.status_code, mine.cookies["sign-in"] == cookie) == (400, True), lie
        assert told(reply.text), lie
        assert row_counts(database) == before, lie

    provider.lie = ""
    assert signed_in(mine).status_code == 303


def test_a_github_that_names_no_number_signs_nobody_in(site: FastAPI, provider: IdentityProvider) -> None:
    provider.lie = "subject no text"
    mine = chosen(site)

    assert "not believed" in told(signed_in(mine, "github").text)


@pytest.mark.parametrize("lie", BEFORE_THE_PROVIDER)
def test_a_provider_that_does_not_describe_itself_is_not_gone_to(
    site: FastAPI, provider: IdentityProvider, lie: str
) -> None:
    provider.lie = lie

    reply = chosen(site).post("/sign-in/with/university")

    assert reply.status_code == 400
    assert told(reply.text)
    assert "/elsewhere" not in provider.asked


def test_a_provider_that_is_away_or_slow_is_given_up(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "ANSWER_SECONDS", -1.0)  # whatever comes is too late
    with listener({"/.well-known/openid-configuration": (200, {"issuer": "x"})}) as slow:
        site = signing_app(database_url, tmp_path, IdentityProvider(url=slow.url))
        assert "did not answer in time" in told(chosen(site).post("/sign-in/with/university").text)
    assert "did not answer in time" in told(chosen(site).post("/sign-in/with/university").text)


def test_a_return_is_good_once_and_only_in_the_browser_that_began(site: FastAPI, database: Database) -> None:
    mine, other = browser(site), browser(site)
    to_provider(other)
    way = at_provider(to_provider(mine))

    assert "not known in this browser" in told(other.get(way).text)
    assert "not known in this browser" in told(other.get("/sign-in/with/university/callback?code=x").text)
    assert (code_of(other), mine.get(way).status_code) == ("", 303)
    assert "used already" in told(mine.get(way).text)


def test_a_return_to_another_provider_than_it_was_begun_with_is_refused(site: FastAPI) -> None:
    mine = browser(site)
    way = at_provider(to_provider(mine)).replace("/university/", "/second/")

    assert "not known in this browser" in told(mine.get(way).text)


def test_what_is_sent_to_the_provider_is_bound_to_this_browser_by_state_nonce_and_pkce(site: FastAPI) -> None:
    asked = [
        {name: values[0] for name, values in parse_qs(urlsplit(to_provider(browser(site))).query).items()}
        for _ in range(2)
    ]

    for name in ("state", "nonce", "code_challenge"):
        assert len({each[name] for each in asked}) == 2
        assert min(len(each[name]) for each in asked) >= 43
    assert (asked[0]["code_challenge_method"], asked[0]["response_type"], asked[0]["scope"]) == (
        "S256",
        "code",
        "openid",
    )
