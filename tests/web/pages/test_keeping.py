"""The way back to a guest's account: made, used in another browser, replaced, switched off; and leaving without losing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.services.people import accounts, recovering
from app.storage.database import Database
from app.storage.tables import Account, RecoverySecret
from tests import builders
from tests.web.clients import HERE, SEED, application, browser, program


def chosen(app: FastAPI) -> TestClient:
    """A browser whose guest has made one choice."""
    client = browser(app)
    client.post("/first-choice", data={"side_seed": SEED, "value": "first"})
    return client


def words_of(client: TestClient) -> str:
    """New words, as the page's own form asks for them."""
    known = re.search(r'name="instead_of" value="([^"]+)"', client.get("/keep").text)
    page = client.post("/keep", data={"instead_of": known[1]} if known else {}).text
    found = re.search(r'id="the-words">([^<]+)<', page)
    assert found
    return found[1]


def code(client: TestClient) -> str:
    found = re.search(r"account code is <b[^>]*>([^<]+)<", client.get("/data").text)
    return found[1] if found else ""


def test_words_open_the_account_in_another_browser_and_the_first_stays_signed_in(app: FastAPI) -> None:
    mine = chosen(app)
    words = words_of(mine)
    other = browser(app)

    reply = other.post("/recover", data={"words": words.upper().replace(" ", "-")})

    assert (reply.status_code, reply.headers["location"]) == (303, "/persona")
    assert code(other) == code(mine) != ""
    assert "last opened this account on" in mine.get("/keep").text


def test_the_page_of_new_words_loaded_anew_makes_no_newer_ones(app: FastAPI) -> None:
    mine = chosen(app)
    words = words_of(mine)

    again = mine.post("/keep")

    assert (again.status_code, again.headers["location"]) == (303, "/keep")
    assert browser(app).post("/recover", data={"words": words}).status_code == 303


def test_only_a_digest_of_the_words_is_kept(app: FastAPI, database: Database) -> None:
    words = words_of(chosen(app))

    with database.engine.connect() as connection:
        kept = connection.execute(sa.select(RecoverySecret.__table__)).one()  # type: ignore[attr-defined]
    assert not any(word in str(kept) for word in words.split())


def test_the_words_are_shown_once_and_newer_ones_take_their_place(app: FastAPI) -> None:
    mine = chosen(app)
    before = words_of(mine)
    after = words_of(mine)

    assert after not in mine.get("/keep").text
    assert "Make new words" in mine.get("/keep").text
    refused = browser(app).post("/recover", data={"words": before})
    assert refused.status_code == 422
    assert "newer ones were made since" in refused.text
    assert browser(app).post("/recover", data={"words": after}).status_code == 303


def test_words_that_were_switched_off_open_nothing(app: FastAPI) -> None:
    mine = chosen(app)
    words = words_of(mine)

    assert mine.post("/keep/forget").status_code == 303

    assert browser(app).post("/recover", data={"words": words}).status_code == 422
    assert "There is none yet." in mine.get("/keep").text


def test_the_words_come_as_a_file_for_their_own_account_alone(app: FastAPI) -> None:
    mine, other = chosen(app), chosen(app)
    words = words_of(mine)

    file = mine.post("/keep/file", data={"words": words})

    assert file.headers["content-disposition"] == 'attachment; filename="synthesize-me-words.txt"'
    assert words in file.text
    assert code(mine) in file.text
    assert other.post("/keep/file", data={"words": words}).status_code == 404


def test_a_browser_with_choices_of_its_own_is_asked_before_it_leaves_them(app: FastAPI) -> None:
    words = words_of(chosen(app))
    other = chosen(app)
    own = code(other)

    asked = other.post("/recover", data={"words": words})

    assert asked.status_code == 200
    assert "This browser holds another account, with 1 choice" in asked.text
    assert "No words lead back to that one yet" in asked.text
    assert words in asked.text
    assert code(other) == own
    assert other.post("/recover", data={"words": words, "leave": "yes"}).status_code == 303
    assert code(other) not in ("", own)


def test_the_account_that_is_open_already_stays_so(app: FastAPI, database: Database) -> None:
    mine = chosen(app)
    words = words_of(mine)

    assert mine.post("/recover", data={"words": words}).status_code == 303

    with database.reading() as session:
        assert len(session.exec(select(Account)).all()) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [("acorn albun", "“albun” is none of the words"), ("acorn album", "There are 2 words"), ("", "0 words")],
)
def test_what_is_mistyped_is_told_and_stays_in_the_box(app: FastAPI, typed: str, said: str) -> None:
    reply = browser(app).post("/recover", data={"words": typed})

    assert reply.status_code == 422
    assert said in reply.text
    assert f">{typed}</textarea>" in reply.text


def test_tries_are_limited_by_address(sqlite_url: str, tmp_path: Path) -> None:
    app = application(sqlite_url, tmp_path, limit_recoveries="3/hour")

    statuses = [browser(app).post("/recover", data={"words": "acorn"}).status_code for _ in range(4)]

    assert statuses == [422, 422, 422, 429]


def test_signing_out_is_asked_twice_where_nothing_leads_back(app: FastAPI) -> None:
    mine = chosen(app)

    asked = mine.post("/sign-out")

    assert asked.status_code == 200
    assert "1 choice would be lost" in asked.text
    assert code(mine)
    assert mine.post("/sign-out", data={"sure": "yes"}).status_code == 303
    assert not code(mine)


def test_signing_out_asks_nothing_where_words_lead_back(app: FastAPI) -> None:
    mine = chosen(app)
    words = words_of(mine)
    own = code(mine)

    assert mine.post("/sign-out").status_code == 303
    assert not code(mine)
    assert mine.post("/recover", data={"words": words}).status_code == 303
    assert code(mine) == own


def test_no_page_offers_to_lose_all_with_one_click(app: FastAPI) -> None:
    mine = chosen(app)

    for page in ("/", "/choose", "/persona", "/data"):
        text = mine.get(page).text
        assert 'action="/sign-out"' not in text
        assert 'href="/keep"' in text


def test_words_die_with_their_account(app: FastAPI, database: Database) -> None:
    mine = chosen(app)
    words = words_of(mine)

    mine.post("/data/delete", data={"confirm": "yes"})

    assert browser(app).post("/recover", data={"words": words}).status_code == 422
    with database.reading() as session:
        assert session.exec(select(RecoverySecret)).all() == []


def test_a_suspended_account_is_not_opened_for_use(app: FastAPI, database: Database) -> None:
    mine = chosen(app)
    words, own = words_of(mine), code(mine)
    with database.writing() as session:
        accounts.suspend(session, own)
    other = browser(app)

    other.post("/recover", data={"words": words})

    assert other.get("/choices").status_code == 403


def test_a_program_makes_uses_and_forgets_words(app: FastAPI) -> None:
    mine = program(app)
    assert mine.get("/api/v1/me/recovery").status_code == 404

    words = mine.post("/api/v1/me/recovery").json()["words"]
    opened = TestClient(app, base_url=HERE).post("/api/v1/accounts/recover", json={"words": words}).json()

    assert opened["account"]["code"] == mine.get("/api/v1/me").json()["code"]
    other = TestClient(app, base_url=HERE, headers={"Authorization": f"Bearer {opened['token']}"})
    assert other.get("/api/v1/me/recovery").json()["used_at"]
    assert other.delete("/api/v1/me/recovery").status_code == 204
    again = TestClient(app, base_url=HERE).post("/api/v1/accounts/recover", json={"words": words})
    assert (again.status_code, again.json()["type"]) == (404, "/problems/not-found")


def test_a_token_that_may_do_less_cannot_make_what_opens_all(app: FastAPI) -> None:
    mine = program(app)
    limited = mine.post("/api/v1/me/tokens", json={"scopes": ["account"]}).json()["token"]
    weak = TestClient(app, base_url=HERE, headers={"Authorization": f"Bearer {limited}"})

    assert weak.post("/api/v1/me/recovery").json()["type"] == "/problems/all-scopes-needed"
    assert weak.delete("/api/v1/me/recovery").status_code == 403


def test_two_that_make_words_at_once_leave_one_way_back(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
    with database.writing() as session:
        recovering.make_words(session, account_id)
        words = recovering.make_words(session, account_id)

    with database.writing() as session:
        assert recovering.opened_by(session, words) == account_id
        assert len(session.exec(select(RecoverySecret)).all()) == 1
