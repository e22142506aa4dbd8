"""Personas: stored once a run, shown with the choices behind them, handed out as files."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from app.domain.choices.preference import Verdict
from app.domain.errors import NotFound
from app.domain.personas.persona import Demonstration, Trait
from app.domain.prompt_targets import persona_from_document, system_prompt
from app.domain.texts.scopes import applies
from app.induction.judging.judge import Condition, judging_prompts
from app.induction.judging.stacked import stacked_prompt
from app.induction.model.language_model import ModelProfile
from app.services.choosing import comparing
from app.services.inducing import personas
from app.services.inducing.personas import Changes
from app.storage.database import Database, Session
from app.storage.tables import PersonaRow, TraitEvidence, TraitRow
from app.storage.working import runs
from app.storage.working.personas import save_persona
from tests.builders import a_choice, a_document, a_report, a_run, an_account, choices
from tests.induction.given import pair


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

        view = personas.persona(session, account_id, persona_id)
        assert (view.changes, view.stale) == (Changes(new=1, changed=1, gone=1), 3)


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
    assert re.search("(?:refers|me) short answers", file.content)
    if ending == "json":
        assert json.loads(file.content)


def a_judge(database: Database, **document: Any) -> dict[str, Any]:
    """judge.json of a persona whose first choice is an example."""
    with database.writing() as session:
        account_id = an_account(session)
        pairs = choices(session, account_id, 6)
        run = a_run(session, account_id)
        example = runs.snapshot_pairs(session, run)[0]
        made = a_document(pairs, demonstrations=(Demonstration(example, "It is short."),), **document)
        persona_id = save_persona(session, run, made, "prompt")
        file = personas.download(session, account_id, persona_id, "judge.json")
    return dict(json.loads(file.content))


def test_judge_json_holds_the_very_messages_that_are_tested(database: Database) -> None:
    given = a_judge(database, report=a_report())

    question = pair(1)
    filled = [*given["messages"], {"role": "user", "content": given["question"]}]
    for name, text in (
        ("request", question.context[-1].content),
        ("answer_a", question.chosen.text),
        ("answer_b", question.rejected.text),
    ):
        filled[-1]["content"] = filled[-1]["content"].replace("{{" + name + "}}", text)
    with database.reading() as session:
        stored = session.exec(select(PersonaRow)).one().document
    told = Condition("prompt", system_prompt(stored), lead="guide_prompt")
    tested = judging_prompts(question, told, "both_orders", ModelProfile("m", slot_tokens=100_000))[0].prompt
    assert filled == [{"role": message.role, "content": message.content} for message in tested.messages]
    assert [message["role"] for message in given["messages"]] == ["system"]
    assert "11 of 15 unseen choices" in given["tested"]


def test_judge_json_of_an_earlier_report_holds_the_traits_and_examples_that_were_tested(database: Database) -> None:
    traits = (
        Trait("prefers short answers", ("c1",), weight=1.0),
        Trait("When asked for code, prefers comments", ("c1",), weight=1.0, when="code"),
        Trait("Unless asked for facts, prefers lists", ("c1",), weight=1.0, when="-facts"),
    )
    earlier = [arm for arm in a_report()["arms"] if arm["name"] != "prompt"]

    given = a_judge(database, traits=traits, report=a_report(arms=earlier))

    usual = given["messages"][0]["content"]
    assert ("prefers comments" in usual, "prefers lists" in usual) == (False, True)
    assert given["system_when"].keys() == {"code", "facts"}
    assert "prefers comments" in given["system_when"]["code"]
    assert "prefers lists" not in given["system_when"]["facts"]
    assert [message["role"] for message in given["messages"]] == ["system", "user", "assistant"]


def test_a_persona_of_the_kinds_of_old_is_shown_and_judged_by_those_of_today(database: Database) -> None:
    traits = (
        Trait("When asked to write something, prefers a title", ("c1",), weight=1.0, when="writing"),
        Trait("Unless asked for code, prefers lists", ("c1",), weight=1.0, when="-code"),
    )
    with database.writing() as session:
        account_id = an_account(session)
        ids = choices(session, account_id, 6)
        run = a_run(session, account_id)
        made = a_document(ids, traits=tuple(replace(one, supporting=(ids[0],)) for one in traits))
        persona_id = save_persona(session, run, made, "prompt")
        view = personas.persona(session, account_id, persona_id)

    others = "facts,advice,opinion,making,editing,calculation,closed,chat,other"
    assert [trait.when for trait in view.traits] == ["making,editing", others]
    assert [trait.text for trait in view.traits] == [one.text for one in traits]
    back = persona_from_document(made)
    held = {
        kind: [applies(trait.when, kind) for trait in back.traits] for kind in ("code", "advice", "making", "editing")
    }
    assert held == {"code": [False, False], "advice": [False, True], "making": [True, True], "editing": [True, True]}


def test_where_each_answer_was_judged_alone_judge_json_asks_about_one(database: Database) -> None:
    arms = [{**arm, "flips": None, "flips_of": None} for arm in a_report()["arms"]]

    given = a_judge(database, report=a_report(arms=arms, form=None))

    assert given["form"] == "pointwise"
    assert "{{answer}}" in given["question"]
    assert [message["role"] for message in given["messages"]] == ["system"]


def test_where_several_were_judged_a_call_judge_json_asks_one_of_them_in_the_very_words(database: Database) -> None:
    given = a_judge(database, report=a_report(form="stacked"))

    with database.reading() as session:
        stored = session.exec(select(PersonaRow)).one().document
    told = Condition("prompt", system_prompt(stored), lead="guide_prompt")
    tested = stacked_prompt([(pair(1), told, True)], ModelProfile("m", slot_tokens=100_000)).prompt
    assert given["messages"] == [{"role": message.role, "content": message.content} for message in tested.messages[:-1]]
    assert given["question"].startswith("Question 1\n<request>\n{{request}}")
    assert "numbered" in given["how"]


@pytest.mark.parametrize("form", ["both_orders", "pointwise", "reasoned", "stacked"])
def test_judge_json_has_the_form_that_the_report_was_judged_in(database: Database, form: str) -> None:
    assert a_judge(database, report=a_report(form=form))["form"] == form


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
