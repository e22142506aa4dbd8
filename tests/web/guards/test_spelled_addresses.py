"""Another spelling of an address, or of a method, opens and changes nothing that the plain one would not."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from app.storage.database import Database
from tests.web.clients import HERE, browser, program, row_counts

SPELLED = [
    "/api/v1/comparisons/{id}",
    "/api/v1/comparisons/{id}/",
    "//api/v1/comparisons/{id}",
    "/api/v1//comparisons/{id}",
    "/api/v1/./comparisons/{id}",
    "/api/v1/comparisons/x/../{id}",
    "/api/v1/comparisons/%2e%2e/comparisons/{id}",
    "/api/v1/comparisons%2f{id}",
    "/API/V1/COMPARISONS/{id}",
    "/api/v1/comparisons/{id}?account_id=owner",
    "/api/v1/comparisons/{id};a=b",
    "/api/v1/comparisons/{id}%00",
    "/choices/{id}",
    "/choices/{id}/",
    "/choices/x/../{id}",
]
OVERRIDES = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]
SECRET = "where the spare key lies"


@pytest.mark.exhaustive
@pytest.mark.parametrize("spelled", SPELLED)
def test_no_spelling_of_an_address_shows_what_is_another_persons(
    app: FastAPI, database: Database, spelled: str
) -> None:
    owner, other, stranger = program(app), program(app), browser(app)
    mine = owner.post("/api/v1/prompts", json={"text": SECRET}).json()["comparison_id"]
    before = row_counts(database)

    replies = [
        client.request(method, HERE + spelled.replace("{id}", mine), headers=headers)
        for client in (other, stranger)
        for method in ("GET", "HEAD", "PUT", "DELETE")
        for headers in ({}, {"X-Original-URL": f"/api/v1/comparisons/{mine}", "X-Forwarded-Prefix": "/api"})
    ]

    assert SECRET in owner.get(f"/api/v1/comparisons/{mine}").text
    assert [reply.status_code for reply in replies if reply.status_code < 300 or reply.status_code >= 500] == []
    assert [reply.url for reply in replies if SECRET in reply.text] == []
    assert row_counts(database) == before


@pytest.mark.parametrize("header", OVERRIDES)
def test_a_header_turns_no_method_into_another(app: FastAPI, database: Database, header: str) -> None:
    owner = program(app)
    owner.post("/api/v1/prompts", json={"text": SECRET})
    before = row_counts(database)

    looked = owner.get("/api/v1/me", headers={header: "DELETE"}, params={"_method": "DELETE"})
    owner.post("/api/v1/me", headers={header: "DELETE"}, data={"_method": "DELETE"})

    assert looked.status_code == 200
    assert row_counts(database) == before
