"""What pages say of a sample history and of what is one's own: neither is taken for the other."""

from __future__ import annotations

from fastapi.testclient import TestClient

from app.web.showing.sample_persona import HISTORY

TAG = '<span class="tag">'


def load(browser: TestClient) -> str:
    """Loads the sample and gives the report's page."""
    reply = browser.post("/sample", data={"name": HISTORY})
    assert reply.status_code == 303
    return browser.get(reply.headers["location"]).text


def test_the_list_tells_ready_made_pairs_from_the_choices_of_a_sample(guest: TestClient) -> None:
    load(guest)

    page = guest.get("/choices").text

    assert page.count(f"{TAG}Ready-made</span>") == 1
    assert page.count(f"{TAG}Sample history</span>") == 22
    assert f"{TAG}Sample</span>" not in page


def test_what_is_stored_is_not_said_to_be_brought_in_by_who_brought_in_nothing(guest: TestClient) -> None:
    page = guest.get("/data").text

    assert "Kept so far, ready-made pairs and samples included:" in page
    assert "Brought in" not in page
