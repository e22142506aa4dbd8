"""Taking one's data home: all of one's own, nothing of anybody else's, and no names that are still hidden."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from app.domain.choices.preference import Verdict
from app.domain.errors import NotFound
from app.domain.texts.conversation import Turn, context_as_json
from app.domain.transcripts.archives.members import sheets_in
from app.domain.transcripts.archives.reading import read_archive
from app.services.choosing import comparing
from app.services.exporting import taking_out
from app.services.importing import conversations
from app.services.people import consenting
from app.storage.database import Database
from app.storage.tables import Account, ImportBatch, JudgementRow, new_id
from app.storage.working import personas
from tests import builders


def a_full_account(database: Database, canary: str) -> str:
    """One row at least of everything the file names, each with a text of its own that begins with `canary`."""
    with database.writing() as session:
        account_id = builders.an_account(session)
        ids = [
            builders.a_choice(
                session,
                account_id,
                question=f"{canary} question {number}",
                first=f"{canary} first {number}",
                second=f"{canary} second {number}",
            )
            for number in range(5)
        ]
        comparing.give_verdict(session, account_id, ids[0], Verdict.BOTH_BAD, None)
        comparing.undo_verdict(session, account_id, ids[1])
        session.add(
            ImportBatch(
                account_id=account_id,
                kind="pairs",
                state="done",
                source_name=f"{canary} file",
                content_sha256="0" * 64,
                report={"note": f"{canary} skipped line"},
            )
        )
        run = builders.a_run(session, account_id, report={"note": f"{canary} report"})
        session.add(JudgementRow(run_id=run.run_id, pair_id=ids[2], condition="plain", reasoning=f"{canary} reasoning"))
        document = builders.a_document(ids, summary=f"{canary} summary")
        personas.save_persona(session, run, document, f"{canary} prompt")
        for granted in (True, False):
            consenting.set_consent(session, account_id, "choices", granted)
    return account_id


def taken(database: Database, account_id: str) -> dict[str, Any]:
    with database.reading() as session, taking_out.everything(session, account_id) as file:
        made: dict[str, Any] = json.loads(file.read())
    return made


def test_it_holds_all_of_ones_own_and_nothing_of_another(database: Database) -> None:
    mine, other = a_full_account(database, "mine"), a_full_account(database, "other")
    with database.reading() as session:
        accounts = {each: session.get_one(Account, each) for each in (mine, other)}

    made = taken(database, mine)

    text = json.dumps(made)
    assert made["account"]["code"] == accounts[mine].code
    for number in range(5):
        for part in ("question", "first", "second"):
            assert f"mine {part} {number}" in text
    for part in ("file", "skipped line", "report", "reasoning", "summary", "prompt"):
        assert f"mine {part}" in text
    assert "other" not in text.replace("another", "").replace("otherwise", "")
    assert other not in text
    assert accounts[other].code not in text


def test_every_value_of_a_verdict_and_every_turn_of_a_switch_is_in_it(database: Database) -> None:
    account_id = a_full_account(database, "mine")

    made = taken(database, account_id)

    changed, undone = made["comparisons"][0], made["comparisons"][1]
    assert [each["value"] for each in changed["revisions"]] == ["first", "both_bad"]
    assert changed["verdict"]["value"] == "both_bad"
    assert undone["verdict"] is None
    assert [each["value"] for each in undone["revisions"]] == ["first", ""]
    assert [(each["scope"], each["granted"]) for each in made["consents"]] == [("choices", True), ("choices", False)]
    assert all(each["given_at"] and each["text_sha256"] for each in made["consents"])


def test_the_names_behind_a_pair_without_a_verdict_stay_hidden(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        builders.a_comparison(session, account_id, models=("hidden-one", "hidden-two"))
        builders.a_choice(session, account_id, models=("shown-one", "shown-two"))  # type: ignore[arg-type]

    text = json.dumps(taken(database, account_id))

    assert "shown-one" in text
    assert "shown-two" in text
    assert "hidden" not in text


def test_more_choices_than_are_read_at_once_are_all_there_in_order(database: Database) -> None:
    with database.writing() as session:
        account_id = builders.an_account(session)
        builders.choices(session, account_id, 230)

    made = taken(database, account_id)

    assert [each["seq"] for each in made["comparisons"]] == sorted(each["seq"] for each in made["comparisons"])
    assert len(made["comparisons"]) == 230
    assert all(each["revisions"] for each in made["comparisons"])


def test_an_account_that_is_gone_has_nothing_to_take(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotFound):
        taking_out.everything(session, new_id())


def test_a_long_conversation_is_in_it_once_with_all_its_turns(database: Database) -> None:
    talk = [Turn(role, f"{role} says {n} " + "word " * 20) for n in range(100) for role in ("user", "assistant")]
    with database.writing() as session:
        account_id, other = builders.an_account(session), builders.an_account(session)
        for each in (account_id, other):
            conversations.import_conversation(
                session, each, conversations.identified(talk), model="m", style="", seed=1, answers=100, most=100
            )

    made = taken(database, account_id)

    parts = {(part["branch"], part["position"]): part["turns"] for part in made["context_parts"]}
    assert len(made["context_parts"]) == len(parts) == 10
    branch = [turn for key in sorted(parts) for turn in parts[key]]
    assert branch == context_as_json(talk)
    whole = [branch[: one["earlier"]] + one["context"] for one in made["comparisons"]]
    assert whole == [context_as_json(talk[: 2 * n + 1]) for n in range(100)]
    assert len(json.dumps(made)) < 5 * len(json.dumps(context_as_json(talk)))


def test_it_comes_back_with_every_choice_and_conversation(database: Database) -> None:
    mine = a_full_account(database, "mine")
    with database.reading() as session, taking_out.everything(session, mine) as file:
        data = file.read()

    report, found = read_archive(sheets_in("my-data.json", lambda: io.BytesIO(data), is_named=True))

    assert (report.format, report.conversations, report.choices["A"], report.ties) == ("synthesize_me", 5, 3, 1)
    assert report.left_out == {"no verdict": 1}
    texts = {(each.comparison.first.text, each.comparison.second.text) for each in found.choices}
    assert texts == {(f"mine first {number}", f"mine second {number}") for number in (0, 2, 3, 4)}
