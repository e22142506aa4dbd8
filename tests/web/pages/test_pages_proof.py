"""The persona's proof on its page: every comparison in counts, and plain words where the persona proves nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.domain.letter import letter
from app.domain.personas.persona import Accuracy
from app.domain.prompt_targets import verdict_sentence
from app.storage.database import Database
from app.storage.working.personas import save_persona
from tests.builders import a_document, a_report, a_run, choices
from tests.web.clients import account_id

NO_TASTE = {"found": False, "chance": 0.34}
FREE = [arm for arm in a_report()["arms"] if arm["name"] in ("longer", "counted", "coin")]


def page_with(guest: TestClient, database: Database, report: Mapping[str, Any] | None, **document: Any) -> str:
    """The persona page of a guest whose persona has this report, spaces made even."""
    with database.writing() as session:
        mine = account_id(database)
        pairs = choices(session, mine, 6)
        save_persona(session, a_run(session, mine), a_document(pairs, report=report, **document), "prompt")
    return " ".join(guest.get("/persona").text.split())


def rows(page: str) -> list[tuple[str, str]]:
    """Each row of the plots with its count."""
    return re.findall(r'<span>([^<]+)</span> <span class="plot-count">([^<]+)</span>', page)


def test_what_else_explains_the_choices_stands_beside_the_prompt_in_counts(
    guest: TestClient, database: Database
) -> None:
    page = page_with(guest, database, a_report())

    assert rows(page)[:7] == [
        ("With the prompt", "11 of 15"),
        ("All of it weighed together: our guess", "10 of 15"),
        ("Without it", "8 of 15"),
        ("What you said in your own words", "9 of 15"),
        ("Always the longer answer", "9 of 15"),
        ("Counting: what most people choose, and your own choices", "8 of 15"),
        ("A coin", "7.5 of 15"),
    ]
    assert "With it the model was right on 11 of 15 unseen choices" in page


def test_the_other_comparisons_are_a_click_away_and_all_of_them_stand_in_the_table(
    guest: TestClient, database: Database
) -> None:
    page = page_with(guest, database, a_report())

    hidden = page.partition("<summary>All comparisons</summary>")[2].partition("</details>")[0]
    assert len(rows(hidden)) == 5
    assert "Notes from your earlier choices" in hidden
    table = page.partition("Right on unseen choices, as a table")[2].partition("</table>")[0]
    assert table.count('<th scope="row">') == 12


def test_flips_the_cores_sentences_and_the_basis_are_told(guest: TestClient, database: Database) -> None:
    page = page_with(guest, database, a_report())

    told = re.findall(r"<li>([^<]+)</li>", page.partition('id="reading"')[2].partition("</ul>")[0])
    assert len(told) == 3
    assert "on 2 of 15 with the prompt and on 4 of 15 without it" in told[0]
    assert told[1] == "So few choices cannot prove that the prompt helps."
    assert "dealt into 3 parts" in told[2]


def test_the_learning_curve_has_a_point_for_every_number_of_choices_and_says_what_more_would_settle(
    guest: TestClient, database: Database
) -> None:
    page = page_with(guest, database, a_report())

    assert (
        page.count("<circle", page.index('class="curve"'), page.index("</section>", page.index('class="curve"'))) == 4
    )
    assert "3 choices, 8 of 15 (likely between 30 % and 75 %)" in page
    assert "About 24 more choices would settle whether it helps." in page


@pytest.mark.parametrize("curve", [[], a_report()["curve"][:1]])
def test_fewer_than_two_points_draw_no_curve(guest: TestClient, database: Database, curve: list[Any]) -> None:
    page = page_with(guest, database, a_report(curve=curve))

    assert 'class="curve"' not in page
    assert "About 24 more choices would settle whether it helps." in page


def test_without_curve_and_forecast_nothing_is_said_of_more_choices(guest: TestClient, database: Database) -> None:
    nothing = {"more": None, "words": ""}

    assert "With more choices" not in page_with(guest, database, a_report(curve=[], forecast=nothing))


def test_where_no_taste_was_found_what_was_learnt_comes_first_and_that_behind_how_sure(
    guest: TestClient, database: Database
) -> None:
    page = page_with(guest, database, a_report(taste=NO_TASTE))

    assert (
        page.index('class="sheet letter')
        < page.index("How sure is this?")
        < page.index("do not settle the traits taken together")
    )
    assert "as consistent in 34 of 100 tries" in page
    assert "differ more from one another" in page


def test_where_counting_alone_was_tested_no_prompt_is_said_to_have_guessed(
    guest: TestClient, database: Database
) -> None:
    right = {"hits": 8, "n": 15, "failed": 0}
    page = page_with(guest, database, a_report(form="counting", arms=FREE), accuracy=right)

    assert "Choices it had not seen, guessed by counting and otherwise." in page
    assert "guessed with the prompt" not in page


def test_who_chooses_without_a_pattern_is_told_so_once_and_what_would_help(
    guest: TestClient, database: Database
) -> None:
    coin = a_report(form="counting", arms=FREE, taste={"found": False, "chance": 1.0, "times": 0.7, "foreseen": 0})
    with database.writing() as session:
        mine = account_id(database)
        pairs = choices(session, mine, 6)
        document = a_document(pairs, report=coin) | {"traits": [], "letter": None}
        document["verdict"] = verdict_sentence(Accuracy(8, 15), None, is_sketch=False, report=coin)
        save_persona(session, a_run(session, mine), document, "")

    page = " ".join(guest.get("/persona").text.split())

    assert page.count("That is no fault") == page.count("a coin could have made") == 1
    assert "right on 8 of 15" in page
    assert "nothing to be right or wrong about" not in page
    assert "differ more from one another" in page


def test_without_a_word_on_taste_the_page_says_none(guest: TestClient, database: Database) -> None:
    page = page_with(guest, database, a_report(taste=None))

    assert "no taste" not in page.lower()
    assert "at random" not in page


def test_something_simpler_that_does_as_well_is_said_once_beside_the_verdict(
    guest: TestClient, database: Database
) -> None:
    page = page_with(guest, database, a_report(explained_by="longer"))

    assert page.count("Something simpler guesses these choices at least as well") == 1
    assert "always taking the longer answer is right on 9 of 15" in page
    assert "no taste" not in page.lower()


def test_a_persona_that_was_not_tested_shows_only_what_needs_no_model_and_offers_the_full_way(
    guest: TestClient, database: Database
) -> None:
    page = page_with(guest, database, a_report(arms=FREE, curve=[], folds=0, words=[]), recipe="quick")

    assert [name for name, _ in rows(page)][:3] == [
        "Always the longer answer",
        "Counting: what most people choose, and your own choices",
        "A coin",
    ]
    assert "All comparisons" not in page
    assert '<a href="/run?recipe=traits#again">Write it in full</a>' in page


def test_a_sketch_with_a_report_is_told_to_go_on_choosing(guest: TestClient, database: Database) -> None:
    page = page_with(guest, database, a_report(arms=FREE, curve=[], folds=0, words=[]), is_sketch=True)

    assert "It is tested once ten choices are there." in page
    assert "Write it in full" not in page


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (a_report(arms=FREE, curve=[], folds=0, words=[]), "all belong to one conversation"),
        (None, "It was not tested: not one unseen choice was guessed with the prompt."),
    ],
)
def test_enough_choices_that_were_not_tested_are_told_why_and_offered_nothing_that_does_not_help(
    guest: TestClient, database: Database, report: Mapping[str, Any] | None, said: str
) -> None:
    page = page_with(guest, database, report, recipe="traits", notes=["The budget is spent."], n_choices=20)

    section = page.partition('<h2 id="accuracy">')[2].partition("</section>")[0]
    assert said in section
    assert "The budget is spent." in page.partition("How sure is this?")[2].partition("</section>")[0]
    assert "ten choices" not in section
    assert "Write it in full" not in section


def test_while_its_own_run_goes_on_a_version_is_said_to_be_tested(guest: TestClient, database: Database) -> None:
    with database.writing() as session:
        mine = account_id(database)
        pairs = choices(session, mine, 12)
        save_persona(session, a_run(session, mine, state="running"), a_document(pairs, recipe="traits"), "prompt")

    page = " ".join(guest.get("/persona").text.split())

    assert "This version is being tested" in page
    assert "How often it is right is still being counted." in page
    assert "A new version is being written" not in page


def test_what_was_left_out_stands_with_how_to_read_the_figures(guest: TestClient, database: Database) -> None:
    page = page_with(guest, database, a_report(), notes=["The small model read the newest 10 of 40 choices."])

    assert "<li>The small model read the newest 10 of 40 choices.</li>" in page


@pytest.mark.parametrize("report", [None, {}])
def test_a_document_without_a_report_shows_its_accuracy_as_before(
    guest: TestClient, database: Database, report: Mapping[str, Any] | None
) -> None:
    counted = {"accuracy": {"hits": 6, "n": 9, "failed": 1}, "baseline": {"hits": 4, "n": 9, "failed": 1}}

    page = page_with(guest, database, report, **counted)

    assert rows(page)[:2] == [("With this persona", "6 of 9"), ("Without it", "4 of 9")]
    assert "On 1 choice the model gave no usable judgement" in page
    assert "What else could explain these choices" not in page


def test_a_document_from_before_there_were_reports_is_shown(guest: TestClient, database: Database) -> None:
    with database.writing() as session:
        mine = account_id(database)
        document = a_document(choices(session, mine, 6))
        del document["report"]
        document["traits"] = [
            {name: trait[name] for name in ("text", "certainty", "supporting", "opposing")}
            for trait in document["traits"]
        ]
        save_persona(session, a_run(session, mine), document, "prompt")

    page = guest.get("/persona").text

    assert "you prefer short answers" in page
    assert "further choices like these" not in page


def test_a_conditional_trait_keeps_its_condition_and_each_weight_its_range(
    guest: TestClient, database: Database
) -> None:
    with database.writing() as session:
        mine = account_id(database)
        pairs = choices(session, mine, 6)
        document = a_document(pairs)
        document["traits"][0] |= {
            "text": "For code: prefers no comments", "when": "code", "weight": 1.0, "spread": 0.5
        }  # fmt: skip
        document["letter"] = letter(document)
        save_persona(session, a_run(session, mine), document, "prompt")

    page = " ".join(guest.get("/persona").text.split())

    assert ">For code: you prefer no comments: " in page
    assert "About 73 in 100 further choices like these go this way, likely 50 to 88" in page


def test_under_the_prompt_stands_what_was_tested_of_it(guest: TestClient, database: Database) -> None:
    page_with(guest, database, a_report(folds=1))
    page = " ".join(guest.get("/prompt").text.split())

    assert "With this prompt the model was right on 11 of 15 unseen choices, 8 of 15 without." in page
    address = re.search(r'href="(/prompt/[^"]+/judge\.json)"', page)
    assert address
    assert guest.get(address.group(1)).json()["messages"][0]["role"] == "system"


@pytest.mark.parametrize(
    ("form", "hits", "said"),
    [
        ("counting", 13, "The persona behind it is right on 13 of 15 unseen choices."),
        ("counting", 8, "What was counted stands: a coin seldom chooses so. As a guess it was right on 8 of 15"),
        ("both_orders", 8, "Right on 8 of 15 unseen choices."),
    ],
)
def test_beside_the_prompt_it_is_said_whether_the_persona_or_the_prompt_was_tested(
    guest: TestClient, database: Database, form: str, hits: int, said: str
) -> None:
    page_with(guest, database, a_report(form=form), accuracy={"hits": hits, "n": 15})

    assert f'<p class="verdict-line section-small">{said}' in guest.get("/prompt").text


def test_a_prompt_that_was_not_tested_says_so(guest: TestClient, database: Database) -> None:
    page_with(guest, database, None)

    assert "Not tested yet" in guest.get("/prompt").text
