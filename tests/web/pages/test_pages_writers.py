"""Whose answers a person chooses, on My choices: from twenty verdicts on, in words that claim no more than they tell."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.domain.choices.preference import Verdict
from app.storage.database import Database
from tests.builders import a_choice
from tests.web.clients import account_id


@pytest.mark.parametrize(("for_one", "for_other"), [(19, 0), (18, 2), (11, 9)])
def test_the_table_of_models_comes_with_the_twentieth_verdict_and_says_what_it_cannot_tell_apart(
    guest: TestClient, database: Database, for_one: int, for_other: int
) -> None:
    with database.writing() as session:
        for verdict in [Verdict.FIRST] * for_one + [Verdict.SECOND] * for_other:
            a_choice(session, account_id(database), verdict, models=("openai/mild", "openai/<b>old"))  # type: ignore[arg-type]

    page = " ".join(guest.get("/choices").text.split())

    is_there = for_one + for_other >= 20
    assert ("Whose answers you choose" in page) is is_there
    assert ("from 20 verdicts that you gave before you saw the names" in page) is is_there
    assert ("Your verdicts do not tell these models apart yet." in page) is (for_one == 11)
    assert page.count(f'openai/mild</span> <span class="plot-count">{for_one} of 20 won') == is_there
    assert "<b>old" not in page
