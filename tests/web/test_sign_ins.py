"""Where one is signed in: listed, ended one by one or all at once; suspended accounts; streams that end with the sign-in."""

from __future__ import annotations

import asyncio
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.services.people import accounts
from app.storage.database import Database
from app.storage.tables import Account
from app.web import following
from app.web.following import Looks
from tests import builders
from tests.web.clients import SEED, account_id, browser


def second_browser(app: FastAPI, database: Database) -> TestClient:
    """Another browser of the same account."""
    with database.writing() as session:
        token = accounts.new_token(session, account_id(database), "browser")
    other = browser(app)
    other.cookies.set("sign-in", token)
    return other


def test_my_data_lists_the_browsers_and_signs_one_out(app: FastAPI, guest: TestClient, database: Database) -> None:
    other = second_browser(app, database)
    page = guest.get("/data").text
    assert (page.count("<b>This browser</b>"), page.count("<b>Another browser</b>")) == (1, 1)
    its = re.search(r'action="(/data/sign-ins/[^"/]+/end)".{0,300}Another browser', page, re.DOTALL)
    assert its

    assert guest.post(its.group(1)).headers["location"] == "/data#sign-ins"

    assert other.get("/api/v1/me").status_code == 401
    assert guest.get("/api/v1/me").status_code == 200


def test_another_persons_sign_in_cannot_be_ended(app: FastAPI, guest: TestClient, database: Database) -> None:
    address = re.findall(r'action="(/data/sign-ins/[^"/]+/end)"', guest.get("/data").text)[0]
    stranger = browser(app)
    stranger.post("/first-choice", data={"side_seed": SEED, "value": "first"})

    assert stranger.post(address).status_code == 303

    assert guest.get("/api/v1/me").status_code == 200


def test_signing_out_everywhere_ends_every_browser_and_token(
    app: FastAPI, guest: TestClient, database: Database
) -> None:
    other = second_browser(app, database)
    with database.writing() as session:
        token = accounts.new_token(session, account_id(database))

    reply = guest.post("/data/sign-ins/everywhere")

    assert reply.headers["clear-site-data"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert [each.get("/api/v1/me").status_code for each in (guest, other)] == [401, 401]
    assert browser(app).get("/api/v1/me", headers=bearer).status_code == 401


@pytest.mark.parametrize("how", ["sign out", "suspend"])
def test_an_open_stream_ends_with_its_sign_in(database: Database, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(following, "LOOK_EVERY_SECONDS", 0)
    with database.writing() as session:
        made = accounts.new_guest(session)
        run_id = builders.a_run(session, made.account_id, state="running").run_id

    async def watch() -> int:
        changes = Looks(database).changes(made.account_id, run_id, token=made.token)
        await anext(changes)
        with database.writing() as session:
            if how == "suspend":
                accounts.suspend(session, made.code)
            else:
                accounts.sign_out(session, made.token)
        return len([change async for change in changes])

    assert asyncio.run(asyncio.wait_for(watch(), 30)) == 0


def test_a_suspended_account_is_refused_at_the_next_request_until_it_is_lifted(
    guest: TestClient, database: Database
) -> None:
    with database.writing() as session:
        code = session.get_one(Account, account_id(database)).code
        accounts.suspend(session, code)

    for path in ("/choose", "/data", "/api/v1/me", "/data/my-data.json"):
        refused = guest.get(path)
        assert (refused.status_code, code in refused.text) == (403, True)
    assert guest.post("/choose/ask", data={"text": "Still there?"}).status_code == 403

    with database.writing() as session:
        accounts.lift(session, code)
    assert guest.get("/choose").status_code == 200
