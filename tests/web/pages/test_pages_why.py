"""Saying why, after a verdict: never asked for, kept with the choice, gone with it."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient

from app.domain.choices.preference import Verdict
from app.domain.choices.reasons import REASONS
from app.domain.errors import BadInput
from app.services.choosing import comparing, explaining
from app.services.choosing.explaining import WhyView
from app.services.exporting import exporting
from app.services.people import consenting
from app.storage.database import Database
from tests import builders
from tests.web.clients import verdict_address


def test_after_a_choice_one_may_say_why_and_judges_the_same_pair_next(guest: TestClient) -> None:
    first = guest.get("/choose").text
    guest.post(verdict_address(first), data={"value": "first"})
    page = guest.get("/choose").text
    address = verdict_address(first).replace("/verdict", "/why")
    assert f'action="{address}"' in page
    assert page.count('type="checkbox"') == len(REASONS) == 8

    said = {"strength": "clear", "why-tone": "yes", "why-length": "yes", "pair": verdict_address(page).split("/")[2]}
    reply = guest.post(address, data=said)

    after = guest.get(reply.headers["location"]).text
    assert verdict_address(after) == verdict_address(page)
    assert "You said why" in after
    assert after.count(" checked>") == 3


def test_no_reason_is_asked_for_where_neither_answer_was_chosen(guest: TestClient) -> None:
    address = verdict_address(guest.get("/choose").text)
    guest.post(address, data={"value": "same"})

    assert "Say why" not in guest.get("/choose").text
    assert guest.post(address.replace("/verdict", "/why"), data={"strength": "clear"}).status_code == 404


def test_what_was_said_is_exported_with_its_choice_and_forgotten_with_another_verdict(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        chosen = builders.a_choice(session, account_id)
        explaining.say_why(session, account_id, chosen, "slight", ["plain", "right", "plain"])
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)

    (row,) = [json.loads(line) for line in exporting.export_rows(database, file_format="trl", requested_by=None)]
    with database.writing() as session:
        comparing.give_verdict(session, account_id, chosen, Verdict.SECOND, None)
        why = explaining.why(session, account_id, chosen)

    assert (row["strength"], row["reasons"]) == ("slight", "right,plain")
    assert why == WhyView("", ())
    with pytest.raises(BadInput), database.writing() as session:
        explaining.say_why(session, account_id, chosen, "", ["because"])


@pytest.mark.parametrize("strength", ["huge", "slightly"])
def test_a_strength_that_is_not_listed_is_refused(guest: TestClient, strength: str) -> None:
    address = verdict_address(guest.get("/choose").text)
    guest.post(address, data={"value": "first"})

    assert guest.post(address.replace("/verdict", "/why"), data={"strength": strength}).status_code == 400
