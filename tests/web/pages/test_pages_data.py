"""The page My data: receipts of every switch, and everything in one file."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.services.people import consenting
from tests.web.clients import browser


def test_a_person_takes_their_own_data_and_a_stranger_gets_none(app: FastAPI) -> None:
    person, stranger = browser(app), browser(app)
    person.post("/sample", data={"name": "mt-bench-judge"})

    reply = person.get("/data/my-data.json")

    assert reply.status_code == 200
    assert "my-data.json" in reply.headers["content-disposition"]
    assert reply.headers["cache-control"] == "no-store"
    assert len(reply.json()["comparisons"]) == 21
    assert reply.json()["account"]["code"] in person.get("/data").text
    assert stranger.get("/data/my-data.json").status_code in (303, 401)


def test_every_turn_of_a_switch_has_its_receipt(app: FastAPI) -> None:
    person = browser(app)
    person.post("/sample", data={"name": "mt-bench-judge"})
    for granted in ("yes", "no"):
        person.post("/data/consent", data={"scope": "choices", "granted": granted})

    page = person.get("/data").text

    assert page.index("my choices switched off") < page.index("my choices switched on")
    assert "my texts switched" not in page


def made(person: TestClient, name: str, *scopes: str) -> str:
    """Makes a token by the form and gives its secret."""
    ticked = {f"may-{scope}": "yes" for scope in scopes}
    page = person.post("/data/tokens", data={"name": name, "days": "30", **ticked}).text
    found = re.search(r'id="new-token">([^<]+)<', page)
    assert found
    return found.group(1)


def status_of(app: FastAPI, secret: str) -> int:
    return TestClient(app).get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code


def test_a_token_is_made_with_what_was_ticked_and_shown_once(guest: TestClient, app: FastAPI) -> None:
    secret = made(guest, "import script", "read", "import")

    page = guest.get("/data").text
    assert "import script" in page
    assert secret not in page
    program = TestClient(app, headers={"Authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/me").json()["scopes"] == ["read", "import"]


def test_what_most_people_need_no_token_for_is_folded_until_it_is_asked_for(guest: TestClient) -> None:
    assert '<details id="make-token">' in guest.get("/data").text


def test_a_token_with_nothing_ticked_is_refused(guest: TestClient) -> None:
    reply = guest.post("/data/tokens", data={"name": "nothing"})

    assert reply.status_code == 400
    assert "at least one scope" in reply.text


def test_one_token_is_revoked_and_then_all(guest: TestClient, app: FastAPI) -> None:
    secrets = {name: made(guest, name, "read") for name in ("one", "two", "three")}
    revoke = re.search(
        r'action="(/data/tokens/[^"]+/revoke)"><input[^>]*>\s*<div>\s*<p><b>two', guest.get("/data").text
    )
    assert revoke

    assert guest.post(revoke.group(1)).headers["location"] == "/data#tokens"
    assert guest.post(revoke.group(1)).status_code == 303
    assert {name: status_of(app, secrets[name]) for name in secrets} == {"one": 200, "two": 401, "three": 200}

    guest.post("/data/tokens/revoke")
    assert {status_of(app, secrets[name]) for name in secrets} == {401}
    assert guest.get("/data").status_code == 200


def test_a_switch_beside_an_old_text_is_refused_and_the_new_one_named(
    guest: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = re.search(r'name="text_version" value="([^"]+)"', guest.get("/data").text)
    assert shown
    monkeypatch.setattr(consenting, "VERSION", "2031-01")
    sent = {"scope": "choices", "granted": "yes", "text_version": shown.group(1)}

    refused = guest.post("/data/consent", data=sent)

    assert refused.status_code == 409
    assert "2031-01" in refused.text
    assert "Switch off" not in guest.get("/data").text
