"""Ready-made pairs: the same on the first page and in the account, added once, never exported."""

from __future__ import annotations

import json

from app.domain.preference import Verdict
from app.services import comparing, consenting, exporting, starters
from app.storage.database import Database
from tests.builders import an_account


def test_a_pair_stands_in_the_account_with_the_sides_it_had_on_the_first_page(database: Database) -> None:
    shown = starters.starter_pair()

    with database.writing() as session:
        account_id = an_account(session)
        added = starters.add_starters(session, account_id)
        kept = comparing.comparison(session, account_id, added[shown.name])

    assert (kept.first.text, kept.second.text) == (shown.first.text, shown.second.text)
    assert kept.context == shown.context
    assert kept.is_sample


def test_adding_them_again_adds_nothing_and_names_the_same_comparisons(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        first = starters.add_starters(session, account_id)

        again = starters.add_starters(session, account_id)
        waiting = comparing.progress(session, account_id).waiting

    assert again == first
    assert waiting == len(first) == len(starters.starters())


def test_there_are_enough_for_a_first_sketch_and_they_are_short() -> None:
    pairs = starters.starters()

    assert len(pairs) >= 5
    assert all(len(answer.text) < 900 for pair in pairs for answer in (pair.first, pair.second))


def test_they_are_exported_with_every_consent_as_what_they_are(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        added = starters.add_starters(session, account_id)
        comparing.give_verdict(session, account_id, added[starters.starter_pair().name], Verdict.FIRST, None)
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, granted=True)

    rows = [json.loads(row) for row in exporting.export_rows(database, file_format="trl", requested_by=None)]
    assert [row["source"] for row in rows] == ["ready_made"]
