"""The page of a run: what one costs before it begins, the two ways to have it, and what is known before it ends."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.domain.choices.preference import Verdict
from app.domain.letter import how_sure
from app.domain.prompt_targets import document, system_prompt
from app.induction.model.habits import Habits
from app.induction.model.language_model import ModelProfile
from app.induction.traits.learning import NO_TRAIT_HOLDS
from app.services.calling.habits_rows import HabitsRows
from app.services.choosing import comparing
from app.storage.choosing import comparisons
from app.storage.database import Database
from app.storage.working import runs
from app.storage.working.personas import save_persona
from tests.builders import a_document, a_run, choices
from tests.web.clients import SEED, account_id, application, browser

HOSTED = ModelProfile("openai/x")
SMALL = ModelProfile("small", small=True, judging="pointwise", packing=1)
TRAITS = [{"text": "prefers <b>short</b> answers", "certainty": "likely"}]


def with_choices(client: TestClient, database: Database, n: int) -> TestClient:
    """The client's guest with so many more choices."""
    with database.writing() as session:
        choices(session, account_id(database), n)
    return client


def page_of(client: TestClient) -> str:
    return " ".join(client.get("/run").text.split())


def test_both_ways_are_offered_with_their_cost_in_plain_words(guest: TestClient, database: Database) -> None:
    page = page_of(with_choices(guest, database, 14))

    assert '<input type="radio" name="recipe" value="traits" checked>' in page
    assert '<input type="radio" name="recipe" value="quick">' in page
    assert page.count("calls and") == 2
    assert "Tested on choices it has not seen" in page
    assert "held against every choice. Not tested." in page


def test_minutes_come_first_and_what_is_asked_of_the_model_is_a_click_away(
    guest: TestClient, database: Database
) -> None:
    page = page_of(with_choices(guest, database, 14))

    labels = re.findall(r'<label class="offer">.*?</label>', page)
    folded = page.partition("<summary>What that asks of the model</summary>")[2].partition("</details>")[0]
    assert all(re.search(r'"offer-cost">(About|Less)', label) and "token" not in label for label in labels)
    assert re.findall(r"<li>(\w+): about [\d,]+ calls and [\d,]+ tokens", folded) == ["Full", "Quick"]


def test_own_words_are_said_to_stand_first_in_the_prompt_and_do(guest: TestClient, database: Database) -> None:
    page = page_of(with_choices(guest, database, 14))
    prompt = system_prompt(a_document(["a", "b", "c", "d"], stated="Answer me in rhyme."))

    assert "They stand first in your prompt, as you type them. A line that plainly says what you like" in page
    assert "your choices alone decide whether it stays" in page
    assert prompt.splitlines()[1] == "- Answer me in rhyme."


def test_with_a_small_model_there_is_one_way_and_it_asks_no_model(
    database_url: str, tmp_path: Path, database: Database
) -> None:
    client = browser(application(database_url, tmp_path, model="/m/own.gguf"))
    client.post("/first-choice", data={"side_seed": SEED, "value": "first"})

    page = page_of(with_choices(client, database, 14))

    assert '<input type="hidden" name="recipe" value="traits">' in page
    assert "How thorough?" not in page
    assert "No model is asked." in page
    assert "The persona comes from your choices alone." in page
    assert "minutes" not in page
    assert client.post("/run/start").status_code == 303
    assert stored(database) == ("traits", "")


@pytest.mark.parametrize(("state", "told"), [("running", True), ("done", False)])
def test_of_a_run_that_has_ended_without_a_call_no_calls_and_tokens_are_named(
    guest: TestClient, database: Database, state: str, told: bool
) -> None:
    with_choices(guest, database, 14)
    with database.writing() as session:
        a_run(session, account_id(database), state=state, recipe="traits")

    page = page_of(guest)

    assert (("Calls to the model" in page), ("Tokens" in page)) == (told, told)


def test_what_was_found_about_the_model_stands_beside_the_cost(
    database_url: str, tmp_path: Path, database: Database
) -> None:
    client = browser(application(database_url, tmp_path, model="openai/x"))
    client.post("/first-choice", data={"side_seed": SEED, "value": "first"})
    before = page_of(with_choices(client, database, 14))

    HabitsRows(database).keep("openai/x", "http://127.0.0.1:9", Habits().thinking(400))

    after = page_of(client)
    assert "What openai/x takes is found out by a few short calls before its first use" in before
    assert "openai/x thinks before it answers (about 400 tokens a call): several choices go into one call" in after
    assert after.count("calls and") > before.count("calls and"), "The sentence names what a run takes."


def stored(database: Database) -> tuple[str, str]:
    with database.engine.connect() as connection:
        recipe, stated = connection.exec_driver_sql("select recipe, stated from induction_run").one()
    return recipe, stated


def test_what_was_chosen_and_stated_is_what_runs(guest: TestClient, database: Database) -> None:
    with_choices(guest, database, 10)

    reply = guest.post("/run/start", data={"recipe": "quick", "stated": "Short.\r\nNo lists."})

    assert reply.status_code == 303
    assert stored(database) == ("quick", "Short.\nNo lists.")


def test_without_a_choice_of_way_a_hosted_model_goes_the_full_one(guest: TestClient, database: Database) -> None:
    with_choices(guest, database, 10)

    guest.post("/run/start")

    assert stored(database) == ("traits", "")


@pytest.mark.parametrize(
    ("sent", "status"), [({"recipe": "cake"}, 422), ({"recipe": "paper"}, 422), ({"stated": "x" * 2001}, 400)]
)
def test_another_way_and_too_long_a_statement_are_refused(
    guest: TestClient, database: Database, sent: dict[str, str], status: int
) -> None:
    with_choices(guest, database, 10)

    assert guest.post("/run/start", data=sent).status_code == status


def test_first_traits_are_shown_while_the_summary_is_not_there_yet(guest: TestClient, database: Database) -> None:
    with_choices(guest, database, 14)
    with database.writing() as session:
        run = a_run(session, account_id(database), state="running", recipe="traits")
        runs.add_event(session, run.run_id, 1, "voting", 15, 15, {})
        runs.add_event(session, run.run_id, 2, "writing", 0, 1, {"traits": TRAITS})

    page = page_of(guest)

    assert "First traits" in page
    assert "you prefer &lt;b&gt;short&lt;/b&gt; answers" in page
    assert "Holding each trait against each choice" in page
    assert page.count('class="stage ') == 3
    assert 'name="recipe"' not in page


@pytest.mark.parametrize("worded", [False, True])
def test_persona_and_figures_are_said_to_be_there_while_a_small_model_only_words_them(
    guest: TestClient, database: Database, worded: bool
) -> None:
    with database.writing() as session:
        run = a_run(session, account_id(database), state="running", recipe="traits")
        counted = a_document(choices(session, account_id(database), 12), recipe="traits")
        persona = save_persona(session, run, counted, "prompt")
        runs.add_event(session, run.run_id, 1, "testing", 12, 12, {})
        if worded:
            runs.add_event(session, run.run_id, 2, "wording", 0, 1, {})

    page = page_of(guest)

    button = f'<a class="button button-main" href="/persona/{persona}">Read your persona</a>'
    assert (button in page, "Being put into words" in page, how_sure(counted) in page) == (worded,) * 3
    assert ("Your persona is written" in page, "is being written" in page) == (worded, not worded)
    assert ("is still being counted" in page, "Being tested" in page) == (not worded,) * 2


@pytest.mark.parametrize(("state", "opened"), [("failed", True), ("cancelled", True)])
def test_after_a_run_without_a_persona_it_can_be_started_again_with_what_was_stated(
    guest: TestClient, database: Database, state: str, opened: bool
) -> None:
    with_choices(guest, database, 14)
    with database.writing() as session:
        a_run(session, account_id(database), state=state, recipe="traits", stated="Short & dry.")

    page = page_of(guest)

    assert ('<details class="again" id="again" open>' in page) is opened
    assert ">Short &amp; dry.</textarea>" in page


def test_where_no_persona_could_be_written_the_reason_stands_on_the_page(guest: TestClient, database: Database) -> None:
    with_choices(guest, database, 14)
    verdict = document(
        persona=None, is_sketch=False, accuracy=None, baseline=None, style={}, model="m", recipe="traits", seed=0,
        n_choices=14, missing=[NO_TRAIT_HOLDS],
    )["verdict"]  # fmt: skip
    with database.writing() as session:
        report = {"missing": [NO_TRAIT_HOLDS], "verdict": verdict}
        a_run(session, account_id(database), recipe="traits", report=report)

    page = page_of(guest)

    assert "No persona could be written from these choices" in page
    assert NO_TRAIT_HOLDS in page
    assert "with it" not in page.lower()
    assert "Read your persona" not in page


def test_the_stream_of_a_run_ends_with_its_page(guest: TestClient, app: FastAPI, database: Database) -> None:
    with_choices(guest, database, 14)
    with database.writing() as session:
        run_id = a_run(session, account_id(database), state="failed", recipe="traits").run_id

    assert 'name="recipe"' in guest.get(f"/run/{run_id}/stream").text


def test_a_link_may_choose_the_full_way_beforehand_and_opens_the_form(guest: TestClient, database: Database) -> None:
    with_choices(guest, database, 14)
    with database.writing() as session:
        a_run(session, account_id(database), state="done", recipe="quick")

    page = guest.get("/run?recipe=traits").text

    assert '<details class="again" id="again" open>' in page
    assert '<input type="radio" name="recipe" value="traits" checked>' in page
    assert guest.get("/run?recipe=other").status_code == 422


def finished(database: Database, account: str, model: str) -> None:
    """A run over the account's choices of this moment, ended well."""
    with database.writing() as session:
        row = a_run(session, account)
        row.pairs = runs.snapshot(session, account)
        row.model = model
        runs.finish(session, row, "done", at=datetime.now(UTC), report={}, prompt_digests={})


@pytest.mark.parametrize("change", ["nothing", "a verdict", "back again", "another choice", "another model"])
def test_starting_again_with_nothing_changed_says_that_it_would_give_the_same(
    guest: TestClient, database: Database, change: str
) -> None:
    with_choices(guest, database, 6)
    mine = account_id(database)
    finished(database, mine, "openai/other" if change == "another model" else str(guest.app.state.settings.model))  # type: ignore[attr-defined]
    with database.writing() as session:
        one = next(iter(comparisons.chosen_sides(session, mine)))
        was = Verdict.FIRST if comparisons.chosen_sides(session, mine)[one] else Verdict.SECOND
        other = Verdict.SECOND if was is Verdict.FIRST else Verdict.FIRST
        if change in ("a verdict", "back again"):
            comparing.give_verdict(session, mine, one, other, None)
        if change == "back again":
            comparing.give_verdict(session, mine, one, was, None)
        if change == "another choice":
            choices(session, mine, 1)

    page = page_of(guest)

    is_same = change in ("nothing", "back again")
    assert ("Nothing has changed since the last run." in page) is is_same
    assert ("it would give the same" in page) is is_same
