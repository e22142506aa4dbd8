"""What pages say of a sample history and of what is one's own: neither is taken for the other."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from app.storage.database import Database
from app.web.showing.sample_persona import HISTORY
from tests.fakes import FakeCompleter, small_profile
from tests.web.clients import SEED
from tests.web.work import work_off

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


def persona_of_the_sample(visitor: TestClient, database: Database) -> str:
    """Loads the sample and has its persona written; gives the page of the run."""
    load(visitor)
    visitor.post("/run/start", data={"recipe": "traits"})
    work_off(database, FakeCompleter(small_profile()))
    return visitor.get("/run").text


def note(page: str) -> str:
    """What a page says of whose persona it shows."""
    found = re.search(r"<b>This is a sample’s .*?</p>", page)
    return re.sub(r"<[^>]+>", "", found[0]) if found else ""


def test_the_persona_of_a_sample_is_marked_as_one_wherever_it_stands(visitor: TestClient, database: Database) -> None:
    run = persona_of_the_sample(visitor, database)

    persona, prompt, home = (visitor.get(at).text for at in ("/persona", "/prompt", "/"))

    assert "The sample’s persona is written" in run
    assert "Your persona is" not in run
    assert all(f"{TAG}Sample</span>" in page for page in (run, persona))
    rest = "written from a sample history. Yours is written from your own choices: 0 of 5 so far. Next pair"
    assert note(persona) == f"This is a sample’s persona, {rest}"
    assert note(prompt) == f"This is a sample’s prompt, {rest}"
    assert "The sample’s 22 choices count until you make one of your own." in home
    assert "22 choices so far" not in home
    assert 'action="/first-choice"' in home


@pytest.mark.parametrize("own", [0, 1])
def test_a_sample_that_counts_no_more_leaves_no_change_to_take_over_and_no_dead_end(
    visitor: TestClient, database: Database, own: int
) -> None:
    persona_of_the_sample(visitor, database)
    if own:
        visitor.post("/first-choice", data={"side_seed": SEED, "value": "first"})
    else:
        visitor.post("/sample/away")

    persona, prompt, run = (visitor.get(at).text for at in ("/persona", "/prompt", "/run"))

    assert f"which does not count any more. Yours is written from your own choices: {own} of 5 so far." in note(persona)
    assert "which does not count any more" in note(prompt)
    assert "since this was written" not in persona + prompt
    assert visitor.get("/api/v1/personas/latest").json()["stale"] == own
    assert f"<h2>{own} of 5</h2>" in run
    assert "is ready" not in run


def test_the_prompt_says_that_choices_came_since(visitor: TestClient, database: Database) -> None:
    persona_of_the_sample(visitor, database)
    choice = re.findall(r'action="(/choices/[^"]+/verdict)"', visitor.get("/choices").text)[0]
    visitor.post(choice, data={"value": "skip"})

    assert (
        '<p>1 choice taken back since this was written. <a href="/run?recipe=traits#again">Update</a>'
        in visitor.get("/prompt").text
    )


def test_who_has_own_choices_hears_beforehand_that_a_sample_would_not_count(guest: TestClient) -> None:
    page = guest.get("/import").text
    report = load(guest)

    assert "You have choices of your own, so a sample’s would not count." in page
    assert 'action="/sample"' not in page
    assert "They do not count: you have choices of your own." in report
    assert "Write my persona" not in report
