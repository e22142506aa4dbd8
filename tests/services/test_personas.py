"""Personas: stored once a run, shown with the choices behind them, handed out as files."""

from __future__ import annotations

import json

import pytest
from sqlmodel import select

from app.domain.errors import NotFound
from app.domain.preference import Verdict
from app.services import comparing, personas
from app.storage.database import Database, Session
from app.storage.personas import save_persona
from app.storage.tables import PersonaRow, TraitEvidence, TraitRow
from tests.builders import a_choice, a_document, a_run, an_account, choices


def a_persona(session: Session, n: int = 6) -> tuple[str, str, list[str]]:
    """An account with a persona from `n` choices: the ids of account, persona and choices."""
    account_id = an_account(session)
    pairs = choices(session, account_id, n)
    return account_id, save_persona(session, a_run(session, account_id), a_document(pairs), "prompt"), pairs


def test_each_trait_is_shown_with_the_choices_for_and_against_it(database: Database) -> None:
    with database.writing() as session:
        account_id, persona_id, pairs = a_persona(session)

        view = personas.persona(session, account_id, persona_id)

    trait = view.traits[0]
    assert [each.comparison_id for each in trait.supporting] == pairs[:3]
    assert [each.comparison_id for each in trait.opposing] == pairs[3:4]
    assert (trait.supporting[0].question, trait.supporting[0].chosen) == ("Question 0?", "Short answer 1.")
    assert trait.supporting[2].chosen.startswith("A much longer answer")
    assert (view.version, view.stale, view.summary) == (1, 0, "Likes it short.")


def test_saving_the_same_run_again_replaces_the_persona_in_place(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        pairs = choices(session, account_id, 6)
        run = a_run(session, account_id)
        once = save_persona(session, run, a_document(pairs), "old")

        twice = save_persona(session, run, a_document(pairs, summary="Newer."), "new")

        row = session.exec(select(PersonaRow)).one()
        assert once == twice
        assert (row.version, row.summary, row.system_prompt) == (1, "Newer.", "new")
        assert len(session.exec(select(TraitRow)).all()) == 1
        assert len(session.exec(select(TraitEvidence)).all()) == 4


def test_a_second_run_makes_the_next_version_and_the_latest_is_shown(database: Database) -> None:
    with database.writing() as session:
        account_id, _, pairs = a_persona(session)
        second = save_persona(session, a_run(session, account_id), a_document(pairs), "prompt")

        latest = personas.latest_persona(session, account_id)

        assert latest
        assert (latest.persona_id, latest.version) == (second, 2)
        assert [line.version for line in personas.list_personas(session, account_id)] == [2, 1]


def test_evidence_that_is_not_the_accounts_is_left_out_and_a_trait_without_any_has_no_row(database: Database) -> None:
    with database.writing() as session:
        account_id, other = an_account(session), an_account(session)
        choices(session, account_id, 5)
        foreign = choices(session, other, 5)

        persona_id = save_persona(session, a_run(session, account_id), a_document(foreign), "prompt")

        assert session.exec(select(TraitRow)).all() == []
        assert personas.persona(session, account_id, persona_id).traits[0].supporting == []


def test_changed_new_and_undone_choices_make_a_persona_stale(database: Database) -> None:
    with database.writing() as session:
        account_id, persona_id, pairs = a_persona(session)
        comparing.give_verdict(session, account_id, pairs[0], Verdict.SECOND, 1)
        comparing.undo_verdict(session, account_id, pairs[1])
        a_choice(session, account_id)
        a_choice(session, account_id, Verdict.SKIP)

        assert personas.persona(session, account_id, persona_id).stale == 3


def test_a_choice_changed_back_does_not_make_a_persona_stale(database: Database) -> None:
    with database.writing() as session:
        account_id, persona_id, pairs = a_persona(session)
        for verdict in (Verdict.SECOND, Verdict.FIRST):
            comparing.give_verdict(session, account_id, pairs[0], verdict, 1)

        assert personas.persona(session, account_id, persona_id).stale == 0


@pytest.mark.parametrize("kind", list(personas.DOWNLOADS))
def test_every_download_holds_the_persona(database: Database, kind: str) -> None:
    with database.writing() as session:
        account_id, persona_id, _ = a_persona(session)

        file = personas.download(session, account_id, persona_id, kind)

    stem, ending = kind.split(".")
    assert file.filename == f"{stem}-1.{ending}"
    assert "refers short answers" in file.content
    if ending == "json":
        assert json.loads(file.content)


def test_the_markdown_download_quotes_the_choices(database: Database) -> None:
    with database.writing() as session:
        account_id, persona_id, _ = a_persona(session)

        content = personas.download(session, account_id, persona_id, "persona.md").content

    assert "Question 1?" in content
    assert "Short answer 2." in content


def test_anothers_persona_and_an_unknown_download_are_not_found(database: Database) -> None:
    with database.writing() as session:
        account_id, persona_id, _ = a_persona(session)
        other = an_account(session)

        for asker, wanted, kind in (
            (other, persona_id, "prompt.txt"),
            (account_id, "\0", "prompt.txt"),
            (account_id, persona_id, "../x"),
        ):
            with pytest.raises(NotFound):
                personas.download(session, asker, wanted, kind)
        with pytest.raises(NotFound):
            personas.persona(session, other, persona_id)
        assert personas.latest_persona(session, other) is None
