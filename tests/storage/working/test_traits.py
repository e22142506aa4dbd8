"""A trait is never stored without a choice that supports it: the induction makes none, and the database takes none."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from app.induction.induce import RECIPES, induce
from app.storage.database import Database
from app.storage.tables import TraitEvidence, TraitRow, new_id
from app.storage.working.personas import save_persona
from tests.builders import a_document, a_run, an_account, choices, choices_of
from tests.fakes import FakeCompleter, FakeLanguageModel


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_every_induced_trait_is_stored_with_its_supporting_choices(sqlite_url: str, recipe: str) -> None:
    database = Database(sqlite_url)
    with database.writing() as session:
        account_id = an_account(session)
        choices(session, account_id, 12)
        pairs = choices_of(session, account_id)
        induced = asyncio.run(induce(pairs, FakeLanguageModel(FakeCompleter()), recipe=recipe))
        document = induced.document()

        save_persona(session, a_run(session, account_id), document, document["prompts"]["system"])

        rows = session.exec(select(TraitRow).order_by(sa.text("position"))).all()
        assert [row.text for row in rows] == [trait["text"] for trait in document["traits"]]
        assert rows
        for row, trait in zip(rows, document["traits"], strict=True):
            kept = session.exec(select(TraitEvidence).where(TraitEvidence.trait_id == row.trait_id)).all()
            assert {one.comparison_id for one in kept if one.supports} == {*trait["supporting"]}
            assert {one.comparison_id for one in kept if not one.supports} == {*trait["opposing"]}
            assert row.lead_comparison_id in trait["supporting"]


@pytest.mark.parametrize("has_lead", [False, True])
def test_a_trait_without_a_choice_or_with_one_that_does_not_exist_is_refused(
    database: Database, has_lead: bool
) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        pairs = choices(session, account_id, 5)
        persona_id = save_persona(session, a_run(session, account_id), a_document(pairs), "prompt")

    row: dict[str, Any] = {"persona_id": persona_id, "position": 9, "text": "wants lists", "certainty": "clear"}
    row["lead_comparison_id"] = new_id() if has_lead else None

    with pytest.raises(sa.exc.IntegrityError), database.writing() as session:
        session.add(TraitRow(**row))
