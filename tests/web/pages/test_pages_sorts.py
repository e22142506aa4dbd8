"""The lines of the persona page on the sorts of choices: answers about as long, and those that a trait tells apart."""

from __future__ import annotations

from fastapi.testclient import TestClient

from app.domain.prompt_targets.report import sort_sentences
from app.storage.database import Database
from tests.builders import a_report
from tests.web.pages.test_pages_proof import page_with


def test_each_sort_of_choices_has_a_line_and_a_report_of_before_has_none(guest: TestClient, database: Database) -> None:
    sorted_out = a_report()
    for arm in sorted_out["arms"]:
        arm |= {"alike": {"hits": arm["hits"] - 5, "n": 7}, "told_apart": {"hits": 4, "n": 6}}
    sorted_out["arms"][0]["alike"] = {"hits": 0, "n": 0}

    page = page_with(guest, database, sorted_out)

    assert (
        "Where the two answers are about as long (less than 20 % apart), right on: 6 of 7 with the prompt, 3 of 7 by counting, "
        "5 of 7 all weighed together." in page
    )
    assert "Where a trait tells the two answers apart, right on: 4 of 6 with the prompt, 4 of 6 without it" in page
    assert sort_sentences(a_report()) == []
