"""Consent: off until switched on, each turn kept with its text and time."""

from __future__ import annotations

import hashlib

import pytest
from sqlmodel import col, select

from app.domain.errors import BadInput, ConsentTextChanged
from app.services.people import consenting
from app.storage.database import Database
from app.storage.tables import Consent
from tests.builders import an_account


def test_every_switch_is_off_before_it_was_touched(database: Database) -> None:
    with database.writing() as session:
        views = consenting.consents(session, an_account(session))

    assert [(view.scope, view.granted, view.given_at) for view in views] == [
        ("choices", False, None),
        ("texts", False, None),
    ]
    assert all(view.text for view in views)


def test_each_turn_of_a_switch_is_kept_with_its_text_and_time_and_the_newest_counts(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        for granted in (True, True, False, False, True):
            consenting.set_consent(session, account_id, "texts", granted)

        log = session.exec(select(Consent).order_by(col(Consent.given_at))).all()
        view = consenting.consents(session, account_id)[1]

    assert [row.granted for row in log] == [True, False, True]
    assert log[0].text_sha256 == hashlib.sha256(view.text.encode()).hexdigest()
    assert (view.granted, view.text_version, view.given_at) == (True, consenting.VERSION, log[-1].given_at)


def test_one_persons_switch_is_nobody_elses(database: Database) -> None:
    with database.writing() as session:
        mine, other = an_account(session), an_account(session)
        consenting.set_consent(session, mine, "choices", True)

        assert not any(view.granted for view in consenting.consents(session, other))


def test_an_unknown_switch_is_refused(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)

        with pytest.raises(BadInput, match="choices, texts"):
            consenting.set_consent(session, account_id, "everything", True)


def test_agreeing_to_another_text_than_the_present_one_is_refused_and_keeps_nothing(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        with pytest.raises(ConsentTextChanged, match=consenting.VERSION):
            consenting.set_consent(session, account_id, "texts", True, "2025-01")
        assert consenting.receipts(session, account_id) == []

        consenting.set_consent(session, account_id, "texts", True, consenting.VERSION)
        assert consenting.consents(session, account_id)[1].granted


def test_switching_off_is_never_refused_whatever_text_was_read(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        consenting.set_consent(session, account_id, "texts", True)

        consenting.set_consent(session, account_id, "texts", False, "2025-01")

        assert not consenting.consents(session, account_id)[1].granted


def test_who_agreed_to_an_older_text_is_told_both_versions_and_may_agree_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        consenting.set_consent(session, account_id, "texts", True)
        before = consenting.VERSION
        monkeypatch.setattr(consenting, "VERSION", "2031-01")

        view = consenting.consents(session, account_id)[1]
        assert (view.text_version, view.current_text_version) == (before, "2031-01")

        consenting.set_consent(session, account_id, "texts", True, "2031-01")
        assert consenting.consents(session, account_id)[1].text_version == "2031-01"
        assert len(consenting.receipts(session, account_id)) == 2
