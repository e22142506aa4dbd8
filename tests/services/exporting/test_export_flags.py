"""What an exported row says of how its verdict was given."""

from __future__ import annotations

import json

import pytest

from app.domain.choices.preference import Verdict
from app.services.choosing import asking, comparing
from app.services.exporting import exporting
from app.services.importing import files
from app.services.people import consenting
from app.storage.choosing import answers
from app.storage.database import Database
from tests.builders import a_comparison, an_account


def test_a_row_flags_a_verdict_changed_after_the_names_were_shown_and_one_given_in_no_time(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        kept, changed, quick = (
            a_comparison(session, account_id, question=f"{name}?") for name in ("kept", "changed", "quick")
        )
        comparing.give_verdict(session, account_id, kept, Verdict.FIRST, 1_500)
        comparing.give_verdict(session, account_id, changed, Verdict.FIRST, 4_000)
        comparing.give_verdict(session, account_id, changed, Verdict.SECOND, 9_000)
        comparing.give_verdict(session, account_id, quick, Verdict.SECOND, 1_499)
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)

    rows = [json.loads(line) for line in exporting.export_rows(database, file_format="trl", requested_by=None)]

    flags = {row["prompt"][0]["content"]: (row["verdict_changed_after_reveal"], row["quick"]) for row in rows}
    assert flags == {"kept?": (False, False), "changed?": (True, False), "quick?": (False, True)}


def test_a_row_flags_answers_that_name_their_model_and_answers_that_are_equal(database: Database) -> None:
    texts = {
        "plain?": ("Blue.", "Red. ChatGPT is made by OpenAI."),
        "names?": ("Blue.", "As ChatGPT, made by OpenAI, I say red."),
        "equal?": ("Blue and\n red.", "Blue and red."),
    }
    with database.writing() as session:
        account_id = an_account(session)
        for question, (first, second) in texts.items():
            comparison_id = a_comparison(session, account_id, question, first, second)
            comparing.give_verdict(session, account_id, comparison_id, Verdict.FIRST, 4_000)
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)

    rows = [json.loads(line) for line in exporting.export_rows(database, file_format="trl", requested_by=None)]

    flags = {row["prompt"][0]["content"]: (row["names_model"], row["equal_answers"]) for row in rows}
    assert flags == {"plain?": (False, False), "names?": (True, False), "equal?": (False, True)}


def test_a_row_keeps_a_choice_that_teaches_nothing_and_says_why_and_which_answers_are_cut(database: Database) -> None:
    loop, cut = "It is what it is. " * 9, "There is much to say about blue and red. " * 6 + "Blue is the"
    texts = {"plain?": ("Blue.", "Red."), "looping?": ("Blue.", loop), "won?": (loop, "Red."), "cut?": (cut, "Red.")}
    with database.writing() as session:
        account_id = an_account(session)
        for question, (first, second) in texts.items():
            pair = a_comparison(session, account_id, question, first, second)
            comparing.give_verdict(session, account_id, pair, Verdict.FIRST, 4_000)
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)
        listed = comparing.list_choices(session, account_id)

    rows = [json.loads(line) for line in exporting.export_rows(database, file_format="trl", requested_by=None)]

    flags = {row["prompt"][0]["content"]: (row["left_out"], row["cut_answers"]) for row in rows}
    assert flags == {"plain?": ("", ""), "looping?": ("looping", ""), "won?": ("", ""), "cut?": ("", "first")}
    assert {each.question: each.left_out for each in listed} == {
        question: flag for question, (flag, _) in flags.items()
    }


@pytest.mark.parametrize(
    ("milliseconds", "told"),
    [(None, -1), (0, 1_000), (1_700, 1_000), (1_800, 3_000), (9_000, 10_000), (40_000, 30_000), (90_000, 100_000)],
)
def test_times_are_told_as_one_of_five(database: Database, milliseconds: int | None, told: int) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        comparing.give_verdict(session, account_id, a_comparison(session, account_id), Verdict.FIRST, milliseconds)
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)

    (line,) = exporting.export_rows(database, file_format="trl", requested_by=None)

    assert json.loads(line)["milliseconds"] == told


def test_what_is_told_of_texts_is_what_was_noted_when_they_were_brought_in_or_written(database: Database) -> None:
    pair = {
        "context": "Warum ist der Himmel blau, und wie ist es auf dem Mond?",
        "chosen": "Ich bin Claude.",
        "rejected": "Blau.",
    }
    with database.writing() as session:
        account_id = an_account(session)
        files.import_pairs(session, account_id, "mine.jsonl", files.read_pairs(json.dumps(pair).encode()))
        asked = asking.ask(session, account_id, "Why is the sky blue?", models=("a", "b"), styles=("", ""), seed=1)
        waiting = answers.by_ids(session, answers.pending_ids(session, "answers", asked))
        for pending, text in zip(waiting, ("I am ChatGPT.", "Light."), strict=True):
            answers.save_answer(session, pending, text)
        comparing.give_verdict(session, account_id, asked, Verdict.FIRST, 4_000)
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)

    rows = [json.loads(line) for line in exporting.export_rows(database, file_format="trl", requested_by=None)]

    told = {(row["source"], row["language"], row["names_model"], row["equal_answers"]) for row in rows}
    assert told == {("imported", "de", True, False), ("typed", "en", True, False)}


def test_names_of_models_with_marks_of_json_come_out_of_either_database_as_they_are(database: Database) -> None:
    odd = 'A "50 %" %b \\u0000 \\ é 鳥 model'
    sent = {"context": "Sky?", "chosen": "Blue.", "rejected": "Red.", "chosen_model": odd, "rejected_model": "n"}
    with database.writing() as session:
        account_id = an_account(session)
        files.import_pairs(session, account_id, "m.jsonl", files.read_pairs(json.dumps(sent).encode()))
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)

    (row,) = map(json.loads, exporting.export_rows(database, file_format="trl", requested_by=None))

    assert {row["first_model"], row["second_model"]} == {odd, "n"}
