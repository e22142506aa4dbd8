"""The page My data: receipts of every switch, and everything in one file."""

from __future__ import annotations

from fastapi import FastAPI

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
