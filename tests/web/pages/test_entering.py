"""Signing in by a provider: a guest becomes known, comes back on a second device, brings along, links and unlinks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import ASGITransport, AsyncClient
from sqlmodel import select

from app.services import limiting
from app.storage.database import Database
from app.storage.tables import Account, IdentityRow, SignIn, SpendCounter, now
from app.web.guards.rates import Kind
from tests.identity_provider import IdentityProvider, identity_provider
from tests.web.clients import HERE, browser
from tests.web.pages.signing import address_on, at_provider, chosen, code_of, signed_in, signing_app, to_provider


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with identity_provider() as found:
        yield found


@pytest.fixture
def site(database_url: str, tmp_path: Path, provider: IdentityProvider) -> FastAPI:
    return signing_app(database_url, tmp_path, provider)


def test_without_a_provider_nothing_of_signing_in_shows(guest: TestClient) -> None:
    for address in ("/", "/choose", "/keep", "/data"):
        assert "sign-in?" not in guest.get(address).text
        assert 'id="sign-in"' not in guest.get(address).text
    assert "Signing in" not in guest.get("/keep").text
    assert guest.get("/sign-in").status_code == 404
    assert guest.post("/sign-in/with/university").status_code == 404


def test_a_guest_who_signs_in_keeps_their_account_and_comes_back_to_where_they_were(site: FastAPI) -> None:
    mine = chosen(site)
    before, cookie = code_of(mine), mine.cookies["sign-in"]

    reply = signed_in(mine)

    assert (reply.status_code, reply.headers["location"]) == (303, "/choices")
    assert code_of(mine) == before != ""
    assert mine.cookies["sign-in"] != cookie
    old = browser(site)
    old.cookies.set("sign-in", cookie)
    assert code_of(old) == ""
    assert "Sign in</a>" not in mine.get("/choices").text


@pytest.mark.parametrize("name", ["university", "github"])
def test_the_same_person_opens_the_same_account_on_a_second_device(
    site: FastAPI, provider: IdentityProvider, name: str
) -> None:
    provider.person = 4711 if name == "github" else "person-1"
    mine, second = chosen(site), browser(site)
    signed_in(mine, name)

    signed_in(second, name)

    assert code_of(second) == code_of(mine) != ""


def test_the_same_e_mail_and_subject_at_another_issuer_open_nothing(
    database_url: str, tmp_path: Path, provider: IdentityProvider
) -> None:
    with identity_provider() as other:
        site = signing_app(database_url, tmp_path, provider, second=other)
        mine, stranger = chosen(site), browser(site)
        signed_in(mine)

        signed_in(stranger, "second")

        assert code_of(stranger) not in ("", code_of(mine))


def test_choices_are_brought_along_into_the_account_or_left(site: FastAPI, database: Database) -> None:
    mine = chosen(site)
    signed_in(mine)
    for bring, left in (("no", 2), ("yes", 1)):
        phone = chosen(site, "second")
        asked = signed_in(phone)
        assert "This browser holds 1 choice" in asked.text
        ticket = re.search(r'name="ticket" value="([^"]+)"', asked.text)
        assert ticket
        assert code_of(phone) != code_of(mine)

        done = phone.post("/sign-in/finish", data={"ticket": ticket[1], "bring": bring})

        assert (done.status_code, done.headers["location"]) == (303, "/choices")
        assert code_of(phone) == code_of(mine)
        with database.reading() as session:
            assert len(session.exec(select(Account)).all()) == left + (bring == "yes")
        again = phone.post("/sign-in/finish", data={"ticket": ticket[1], "bring": "yes"})
        assert again.status_code == 409


def test_linking_asks_for_a_fresh_sign_in_and_the_last_way_in_stays_until_there_are_words(
    site: FastAPI, provider: IdentityProvider, database: Database
) -> None:
    mine = chosen(site)
    signed_in(mine)
    with database.writing() as session:
        session.connection().execute(sa.update(SignIn).values(created_at=now() - timedelta(minutes=11)))
    assert "Sign in again first" in mine.post("/sign-in/with/github", data={"purpose": "link"}).text
    own = re.search(r"/sign-in/unlink/([0-9a-f-]+)", mine.get("/keep").text)
    assert own
    assert mine.post(f"/sign-in/unlink/{own[1]}").status_code == 409

    signed_in(mine, purpose="again")
    assert mine.post(f"/sign-in/unlink/{own[1]}").status_code == 409  # the last one
    provider.person = 4711
    signed_in(mine, "github", purpose="link")
    assert mine.post(f"/sign-in/unlink/{own[1]}").status_code == 303

    second = browser(site)
    signed_in(second, "github")
    assert code_of(second) == code_of(mine)
    other = re.search(r"/sign-in/unlink/([0-9a-f-]+)", second.get("/keep").text)
    assert other
    second.post("/keep")
    assert second.post(f"/sign-in/unlink/{other[1]}").status_code == 303


def test_an_identity_of_another_account_is_not_linked(site: FastAPI, provider: IdentityProvider) -> None:
    mine, other = chosen(site), chosen(site)
    signed_in(mine)
    provider.person = "person-2"
    signed_in(other)

    refused = signed_in(mine, purpose="link")

    assert refused.status_code == 400
    assert "opens another account" in refused.text
    unknown = chosen(site)
    provider.person = "person-3"
    signed_in(unknown)
    provider.person = "person-4"
    assert "You are signed in already" in signed_in(unknown).text


@pytest.mark.parametrize("there", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "x"])
def test_no_way_back_leads_to_another_site(site: FastAPI, there: str) -> None:
    mine = chosen(site)

    assert mine.get(at_provider(to_provider(mine, **{"return": there}))).headers["location"] == "/"


def test_beginning_to_sign_in_is_limited_by_address(
    database_url: str, tmp_path: Path, provider: IdentityProvider
) -> None:
    site = signing_app(database_url, tmp_path, provider, limit_sign_ins="2/5 minutes")
    client = browser(site)

    assert [client.post("/sign-in/with/university").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("people", [4, pytest.param(40, marks=pytest.mark.slow)])
def test_first_sign_ins_at_once_make_an_account_each_one_of_the_same_person_and_no_operator(
    site: FastAPI, provider: IdentityProvider, database: Database, people: int
) -> None:
    many = people + max(2, people // 4)  # the last ones are one person

    async def one(number: int) -> int:
        async with AsyncClient(transport=ASGITransport(app=site), base_url=HERE, headers={"Origin": HERE}) as client:
            page = await client.post("/sign-in/with/university", data={"form_key": "nobody"})
            address = address_on(page.text)
            provider.person = f"person-{min(number, people - 1)}"
            return int((await client.get(at_provider(address))).status_code)

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(one(number) for number in range(many)))

    assert asyncio.run(all_at_once()) == [303] * many
    with database.reading() as session:
        accounts = session.exec(select(Account)).all()
        assert (len(accounts), {account.role for account in accounts}) == (people, {"person"})
        assert len(session.exec(select(IdentityRow)).all()) == people


def test_what_is_counted_has_a_name_that_fits_its_column(database: Database) -> None:
    with database.writing() as session:
        for kind in get_args(Kind):
            limiting.use(session, kind, "127.0.0.1", 1, 60)
        subjects = session.exec(select(SpendCounter.subject)).all()

    assert len(subjects) == len(get_args(Kind))
    assert max(map(len, subjects)) <= 80  # SQLite would take a longer one
