"""What was counted, on the pages of a run, a persona and its prompt: never alone, never twice, and in which languages."""

from __future__ import annotations

import re
from typing import Any

from fastapi.testclient import TestClient

from app.domain.personas.style_facts import StyleFact, StyleFacts
from app.storage.database import Database
from app.storage.working import runs
from app.storage.working.personas import save_persona
from tests.builders import a_document, a_report, a_run, choices
from tests.web.clients import account_id


def page_with(guest: TestClient, database: Database, report: dict[str, Any], **document: Any) -> str:
    """The persona page of a guest whose persona has this report, spaces made even."""
    with database.writing() as session:
        mine = account_id(database)
        pairs = choices(session, mine, 6)
        save_persona(session, a_run(session, mine), a_document(pairs, report=report, **document), "prompt")
    return " ".join(guest.get("/persona").text.split())


def style_fact(name: str, more: int, n: int, most_people: float | None) -> dict[str, Any]:
    return StyleFacts((StyleFact(name, "", more, n, most_people),), 6, 6).as_json()["facts"][0]  # type: ignore[index,no-any-return]


def test_what_was_counted_stands_beside_most_people_and_is_not_said_twice(
    guest: TestClient, database: Database
) -> None:
    facts = [
        style_fact("length", 1, 6, 0.7),
        style_fact("lists", 1, 4, 0.6),
        style_fact("first_shown", 3, 6, None),
        style_fact("bold", 2, 2, 0.5),
    ]

    page = page_with(guest, database, a_report(), style={"choices": 6, "read": 6, "facts": facts})
    panel = page.partition("Also counted in your choices")[2].partition("</section>")[0]

    # The trait above speaks of length; of the side shown first nothing is known of most people; two decisions are too few.
    counts = r'<span>([^<]+)</span> <span class="plot-count">([^<]+) <span class="plot-others">([^<]+)</span></span>'
    assert re.findall(counts, panel) == [("the answer with less of a list", "3 of 4", "most people 4 of 10")]
    assert "Of 6 choices, where the two answers differ in it, you took" in panel


def test_counts_from_before_most_people_were_known_are_not_shown_alone(guest: TestClient, database: Database) -> None:
    old = {key: value for key, value in style_fact("lists", 3, 4, 0.6).items() if key != "most_people"}

    page = page_with(guest, database, a_report(), style={"choices": 6, "facts": [old]})

    assert "counted in your choices" not in page


def test_other_languages_are_told_behind_how_sure_on_persona_and_prompt(guest: TestClient, database: Database) -> None:
    counted = {"choices": 6, "languages": {"de": 6}, "measures": {"de": ["length"]}, "traits": []}

    page = page_with(guest, database, a_report(), counted=counted)

    for shown in (page, " ".join(guest.get("/prompt").text.split())):
        told = shown.partition("How sure is this?</summary>")[2].partition("</details>")[0]
        assert "All 6 choices are on requests in German." in told


BESIDE_OTHERS = r'class="plot-count">([^<]+) <span class="plot-others">most people ([^<]+)</span>'
COUNTED_FACTS = [
    {"name": name, "label": "", "more": 1, "n": n, "share": 0.2, "low": 0.1, "high": 0.9, "stands_out": False,
     "most_people": 0.7}
    for name, n in [("length", 5), ("lists", 9)]
]  # fmt: skip


def test_what_was_counted_is_there_first_beside_most_people_and_decisions_are_called_so(
    guest: TestClient, database: Database
) -> None:
    with database.writing() as session:
        choices(session, account_id(database), 14)
        run = a_run(session, account_id(database), state="running", recipe="traits")
        style = {"choices": 9, "read": len(run.pairs), "facts": COUNTED_FACTS}
        runs.add_event(session, run.run_id, 1, "style", 1, 1, {"style": style})
        read = len(run.pairs)

    page = guest.get("/run").text

    assert re.findall(BESIDE_OTHERS, page) == [("8 of 9", "3 of 10"), ("4 of 5", "3 of 10")]
    assert f"9 decisions from {read} choices" in page
    assert "what has one request and one winner counts once" in page
