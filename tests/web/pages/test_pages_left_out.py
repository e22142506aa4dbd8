"""How a choice over a broken answer, and an answer that stops before its end, are marked on pages and in the API."""

from __future__ import annotations

from fastapi.testclient import TestClient

from app.domain.choices.preference import Verdict
from app.services.choosing import comparing
from app.storage.database import Database
from tests.builders import a_comparison
from tests.web.clients import account_id

LOOP = "It is what it is. " * 9
CUT = "There is much to say about blue and red. " * 6 + "Blue is the"
MARK = "This answer stops before its end."


def test_a_choice_over_a_looping_answer_is_marked_in_the_list_and_on_its_page(
    guest: TestClient, database: Database
) -> None:
    guest.get("/choose")
    with database.writing() as session:
        mine = account_id(database)
        lost = a_comparison(session, mine, "Which?", "Blue.", LOOP)
        won = a_comparison(session, mine, "Which one?", LOOP, "Blue.")
        for each in (lost, won):
            comparing.give_verdict(session, mine, each, Verdict.FIRST, 4_000)

    listed, page, other = (guest.get(at).text for at in ("/choices", f"/choices/{lost}", f"/choices/{won}"))

    assert listed.count("Left out: looping") == 1
    assert "Left out: the answer you did not choose is looping" in page
    assert "Left out" not in other
    reveal = guest.get(f"/api/v1/comparisons/{lost}").json()["reveal"]
    assert reveal["left_out"] == "looping"
    lines = {each["comparison_id"]: each["left_out"] for each in guest.get("/api/v1/choices").json()}
    assert (lines[lost], lines[won]) == ("looping", "")


def test_an_answer_that_stops_before_its_end_says_so_where_it_is_shown(guest: TestClient, database: Database) -> None:
    guest.get("/choose")
    with database.writing() as session:
        cut = a_comparison(session, account_id(database), "Which?", CUT, "Blue.")

    page = guest.get(f"/choices/{cut}").text

    assert page.count(MARK) == 1
    assert page.index(MARK) > page.index("Blue is the")
