"""A form acts for whom its page was shown to; a tab that stayed open acts for nobody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.storage.database import Database
from tests.architecture.tree import ROOT
from tests.web.clients import HERE, SEED, row_counts

FIRST = "/first-choice"


def as_it_comes(app: FastAPI) -> TestClient:
    """A browser that sends what its forms hold, and nothing by itself."""
    return TestClient(app, base_url=HERE, headers={"Origin": HERE}, follow_redirects=False)


def key_in(page: str) -> str:
    keys = set(re.findall(r'name="form_key" value="([^"]+)"', page))
    assert len(keys) == 1, keys
    return str(keys.pop())


def arrive(client: TestClient) -> str:
    """Makes the browser a new guest and gives the key that My data then holds."""
    client.cookies.clear()
    assert (
        client.post(
            FIRST, data={"side_seed": SEED, "value": "first", "form_key": key_in(client.get("/").text)}
        ).status_code
        == 303
    )
    return key_in(client.get("/data").text)


CONSENT = {"scope": "choices", "granted": "yes"}


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/data/consent", CONSENT),
        ("/data/delete", {"confirm": "yes"}),
        ("/data/tokens", {"name": "x", "may-read": "yes"}),
        ("/data/tokens/revoke", {}),
        ("/choose/ask", {"text": "Plan a day."}),
        ("/choose/more", {}),
        ("/sample", {"name": "mt-bench-judge"}),
        ("/run/start", {}),
        ("/import/conversation", {}),
        ("/sign-out", {}),
        (FIRST, {"side_seed": SEED, "value": "second"}),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_a_tab_of_the_person_before_does_nothing_for_the_next(
    app: FastAPI, database: Database, address: str, fields: dict[str, str], htmx: bool
) -> None:
    client = as_it_comes(app)
    before = arrive(client)
    arrive(client)
    rows = row_counts(database)

    reply = client.post(address, data={**fields, "form_key": before}, headers={"HX-Request": "true"} if htmx else {})

    assert reply.status_code == 409
    assert "Nothing was done. Reload the page" in reply.text.replace("\n", " ")
    assert row_counts(database) == rows


def test_ones_own_form_works(app: FastAPI) -> None:
    client = as_it_comes(app)
    key = arrive(client)

    assert client.post("/data/consent", data={**CONSENT, "form_key": key}).status_code == 303
    assert 'aria-pressed="true"' in client.get("/data").text


@pytest.mark.parametrize("key", [{}, {"form_key": ""}, {"form_key": "nobody"}, {"form_key": "é"}])
def test_a_form_without_the_key_does_nothing_for_who_is_signed_in(app: FastAPI, key: dict[str, str]) -> None:
    client = as_it_comes(app)
    arrive(client)

    assert client.post("/data/consent", data={**CONSENT, **key}).status_code == 409


def test_a_tab_that_a_stranger_opened_still_chooses_and_asks_after_another_tab_made_a_guest(app: FastAPI) -> None:
    client = as_it_comes(app)
    strangers = key_in(client.get("/").text)
    arrive(client)

    assert client.post("/choose/ask", data={"text": "And now?", "form_key": strangers}).status_code == 303
    assert client.post("/data/delete", data={"confirm": "yes", "form_key": strangers}).status_code == 409


def test_a_tab_of_somebody_who_signed_out_makes_no_new_guest(app: FastAPI, database: Database) -> None:
    client = as_it_comes(app)
    key = arrive(client)
    client.post("/sign-out", data={"form_key": key})
    client.cookies.clear()
    rows = row_counts(database)

    assert client.post("/choose/ask", data={"text": "Whose?", "form_key": key}).status_code == 409
    assert row_counts(database) == rows


def test_the_key_is_not_the_token_and_does_not_sign_in(app: FastAPI) -> None:
    client = as_it_comes(app)
    key = arrive(client)

    thief = TestClient(app, base_url=HERE, cookies={"sign-in": key})

    assert key not in client.cookies["sign-in"]
    assert thief.get("/api/v1/me").status_code == 401


def test_a_program_with_a_token_needs_no_key(app: FastAPI) -> None:
    client = as_it_comes(app)
    token = client.post("/api/v1/accounts").json()["token"]

    reply = client.post("/choose/ask", data={"text": "Plan."}, headers={"Authorization": f"Bearer {token}"})

    assert reply.status_code == 303


def test_every_form_that_is_sent_here_carries_the_key() -> None:
    forms = {
        f"{path.relative_to(ROOT)}: {form}"
        for path in Path(ROOT / "templates").rglob("*.html")
        for form in re.findall(r'<form\b[^>]*method="post"[^>]*>.{0,80}', path.read_text(encoding="utf-8"), re.DOTALL)
    }

    assert len(forms) > 20
    # A macro is given the key by the page that it is part of; one that is not fails, for undefined names are errors.
    carried = re.compile(r'name="form_key" value="\{\{ (chrome\.)?form_key \}\}"')
    assert [form for form in forms if not carried.search(form)] == []
