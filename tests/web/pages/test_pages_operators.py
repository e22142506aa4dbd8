"""The page for operators: what it shows, what it stops, whom it suspends, and that nobody else sees or does any of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.adapters.roster.listing import Roster
from app.domain.spending import NO_CAPS, Caps, Price
from app.induction.model.language_model import Reply, Usage
from app.services.operating import spending
from app.services.people import accounts
from app.storage.database import Database
from app.storage.spending.ledger import DatabaseLedger
from app.storage.working import model_standings
from tests.jobs.test_ledger import held_run
from tests.web.clients import SEED, application, browser

FORMS = [
    ("/operators/spending", {"calls": "stop"}),
    ("/operators/account", {"code": "2222-2222"}),
    ("/operators/suspend", {"code": "2222-2222"}),
    ("/operators/lift", {"code": "2222-2222"}),
]


def code_of(client: TestClient) -> str:
    found = re.search(r'class="secret">([2-9A-Z-]{9})<', client.get("/data").text)
    assert found
    return found.group(1)


@pytest.fixture
def operator(guest: TestClient, database: Database) -> TestClient:
    with database.writing() as session:
        accounts.grant(session, code_of(guest), "operator")
    return guest


@pytest.fixture
def person(app: FastAPI) -> TestClient:
    other = browser(app)
    assert other.post("/first-choice", data={"side_seed": SEED, "value": "first"}).status_code == 303
    return other


def is_stopped(database: Database) -> bool:
    with database.reading() as session:
        return spending.show(session, NO_CAPS).is_stopped


@pytest.mark.parametrize("role", ["person", "researcher"])
def test_nobody_else_sees_the_page_or_does_what_is_on_it(guest: TestClient, database: Database, role: str) -> None:
    with database.writing() as session:
        accounts.grant(session, code_of(guest), role)

    refused = [guest.get("/operators"), *(guest.post(path, data=dict(data)) for path, data in FORMS)]

    assert [reply.status_code for reply in refused] == [403] * 5
    assert "This is for operators." in refused[0].text
    assert 'href="/operators"' not in guest.get("/data").text
    assert not is_stopped(database)


def test_a_stranger_is_led_to_the_first_page(visitor: TestClient, database: Database) -> None:
    refused = [visitor.get("/operators"), *(visitor.post(path, data=dict(data)) for path, data in FORMS)]

    assert [(reply.status_code, reply.headers["location"]) for reply in refused[:1]] == [(303, "/")]
    assert {reply.status_code for reply in refused[1:]} == {303}
    assert not is_stopped(database)


def test_spending_by_day_model_and_purpose_stands_there_with_money_where_the_price_is_known(
    operator: TestClient, database: Database
) -> None:
    account_id, _, hold = held_run(database)
    prices = {"openai/priced": Price(1000.0, 1000.0)}
    book = DatabaseLedger(
        database,
        hold,
        account_id,
        budget_calls=9,
        budget_tokens=10_000,
        caps=Caps(price_of=lambda model: prices.get(model, Price())),
    )
    for number, model in enumerate(("openai/priced", "openai/unpriced")):
        book.reserve(f"{number:064d}", 1, "judge", model, 150, 50)
        book.settle(f"{number:064d}", 1, "judge", Reply("yes", Usage(100, 23)))
    book.reserve("f" * 64, 1, "vote", "openai/unpriced", 10, 10)
    book.fail("f" * 64, 1, "The provider did not answer.")

    page = operator.get("/operators").text

    assert "123 tokens, $0.12" in page
    assert re.search(
        r"openai/unpriced</td><td>judge</td><td class=\"number\">1</td><td class=\"number\">123</td>.*–", page
    )
    assert "266 of 50,000,000 tokens, $0.12 of $50.00" in page
    assert "It returns at 00:00 UTC." in page
    assert "The provider did not answer." in page
    assert "No worker is running." in page


def test_the_switch_stops_and_starts_and_the_page_says_how_it_stands(operator: TestClient, database: Database) -> None:
    assert operator.post("/operators/spending", data={"calls": "stop"}).status_code == 303
    assert is_stopped(database)
    assert "All calls to hosted models are stopped" in operator.get("/operators").text

    assert operator.post("/operators/spending", data={"calls": "start"}).status_code == 303
    assert not is_stopped(database)
    assert "Calls to models are sent." in operator.get("/operators").text


def test_a_form_that_was_shown_to_another_stops_nothing(operator: TestClient, database: Database) -> None:
    reply = operator.post("/operators/spending", data={"calls": "stop", "form_key": "another's"})

    assert reply.status_code == 409
    assert not is_stopped(database)


def test_an_account_is_found_by_its_code_suspended_and_let_in_again(operator: TestClient, person: TestClient) -> None:
    code = code_of(person)

    found = operator.post("/operators/account", data={"code": f" {code.lower()} "}).text
    suspended = operator.post("/operators/suspend", data={"code": code}).text

    assert "Suspend this account" in found
    assert "Lift the suspension" in suspended
    assert person.get("/choices").status_code == 403
    assert "Suspend this account" in operator.post("/operators/lift", data={"code": code}).text
    assert person.get("/choices").status_code == 200


def test_operators_do_not_suspend_themselves_and_unknown_codes_are_said(operator: TestClient) -> None:
    own = operator.post("/operators/suspend", data={"code": code_of(operator)})
    unknown = operator.post("/operators/account", data={"code": "2222-2222"})
    empty = operator.post("/operators/account", data={"code": " "})

    assert (own.status_code, unknown.status_code, empty.status_code) == (400, 404, 400)
    assert "No account has this code." in unknown.text
    assert operator.get("/operators").status_code == 200


def test_the_link_stands_on_pages_for_operators(operator: TestClient) -> None:
    assert 'href="/operators"' in operator.get("/choose").text


LISTED = """
[[model]]
name = "The large one"
model = "openai/large"
weight = 3

[[model]]
model = "openai/small"

[[model]]
model = "openai/tried"
on = false
"""


def test_the_models_that_write_are_shown_with_their_share_and_rest_and_what_is_wrong_with_their_file(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "models.toml"
    file.write_text(LISTED)
    app = application(database_url, tmp_path, models_file=file)
    operator = browser(app)
    operator.post("/first-choice", data={"side_seed": SEED, "value": "first"})
    with database.writing() as session:
        accounts.grant(session, code_of(operator), "operator")
        model_standings.note(session, [("openai/large", "-"), ("openai/large", "+")])

    def rows() -> list[list[str]]:
        table = operator.get("/operators").text.partition('id="writers"')[2].partition("</table>")[0]
        cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("<tr>")[2:])
        return [[re.sub(r"<[^>]+>", " ", cell).strip() for cell in row] for row in cells]

    assert rows() == [
        ["The large one  openai/large", "on", "3", "75 %", "1 of 2 failed"],
        ["openai/small", "on", "1", "25 %", "none yet"],
        ["openai/tried", "off", "1", "–", "none yet"],
    ]

    with database.writing() as session:
        for _ in range(3):
            model_standings.note(session, [("openai/large", "-")])
    assert [(row[1][:12], row[3]) for row in rows()][:2] == [("rests until ", "–"), ("on", "100 %")]

    file.write_text("[[model]]")
    app.state.roster = Roster(app.state.settings)
    assert "does not say which it is" in operator.get("/operators").text
