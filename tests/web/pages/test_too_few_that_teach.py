"""Choices that are left out are no choices to write a persona from: pages do not count them, and no run starts on them."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.domain.choices.preference import Verdict
from app.induction.estimate import estimate
from app.services.choosing import comparing
from app.storage.database import Database
from tests.builders import a_comparison
from tests.web.clients import account_id

LOOP = "It is what it is. " * 9


def chosen(guest: TestClient, database: Database, *, over_loops: int, others: int) -> None:
    """Choices of a guest, who has one already: some over a looping answer, and with that one some which teach, also of a looping answer."""
    guest.get("/choose")
    with database.writing() as session:
        mine = account_id(database)
        for number in range(over_loops + others - 1):
            answers = ("Blue.", LOOP) if number < over_loops else (LOOP, "Blue.")
            one = a_comparison(session, mine, f"Which of the {number}?", *answers)
            comparing.give_verdict(session, mine, one, Verdict.FIRST, 4_000)


def test_five_choices_of_which_one_is_left_out_start_no_run(guest: TestClient, database: Database) -> None:
    chosen(guest, database, over_loops=1, others=4)

    page, choose = (" ".join(guest.get(at).text.split()) for at in ("/run", "/choose"))
    refused = guest.post("/api/v1/runs", json={})

    assert "<h2>4 of 5</h2>" in page
    assert "1 more choice and a first sketch can be written." in page
    assert "1 other choice teaches nothing of manner and is left out; " in page
    assert "4 of 5 to a first sketch" in choose
    assert "1 left out" in choose
    assert refused.status_code == 400
    assert refused.json()["detail"] == (
        "A persona needs at least 5 choices; you have 5, and 1 of them teaches nothing of manner and is left out; "
        "My choices says why. Make 1 more first."
    )
    assert "4 of 5 so far" in guest.get("/persona").text


def test_five_that_teach_start_one_whatever_is_left_out_beside_them(guest: TestClient, database: Database) -> None:
    chosen(guest, database, over_loops=2, others=5)

    page = " ".join(guest.get("/run").text.split())

    assert "5 choices are ready." in page
    assert "2 other choices teach nothing of manner and are left out; " in page
    assert guest.post("/api/v1/runs", json={}).status_code == 202


def test_progress_and_estimate_tell_all_choices_from_those_that_teach(
    app: FastAPI, guest: TestClient, database: Database
) -> None:
    chosen(guest, database, over_loops=9, others=5)

    progress = guest.get("/api/v1/progress").json()
    told = guest.get("/api/v1/runs/estimate").json()

    assert {name: progress[name] for name in ("choices", "teaching", "left_out")} == {
        "choices": 14,
        "teaching": 5,
        "left_out": 9,
    }
    assert (told["choices"], told["teaching"]) == (14, 5)
    assert told["calls"] == estimate(5, app.state.model_known().profile, "traits").calls
    assert told["calls"] < estimate(14, app.state.model_known().profile, "traits").calls
