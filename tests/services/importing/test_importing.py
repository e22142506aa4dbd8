"""Bringing choices in: samples, files, pasted conversations; whole or not at all."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from app.domain.choices.preference import Verdict, first_is_left
from app.domain.errors import BadInput, NotFound
from app.domain.texts.conversation import Turn
from app.services.choosing import comparing
from app.services.importing import conversations, files
from app.storage.database import Database, Session
from app.storage.tables import ComparisonRow, CompletionRow, ImportBatch, JobRequest, VerdictRevision, VerdictRow
from tests.builders import an_account, choices_of

SAMPLES = Path(__file__).parents[2] / "samples"
TALK = [Turn("user", "Sky?"), Turn("assistant", "Blue."), Turn("user", "Sea?"), Turn("assistant", "Blue too.")]


def pairs(*numbers: int) -> bytes:
    rows = [
        {
            "context": [{"role": "user", "content": f"Question {number}?"}],
            "chosen": {"role": "assistant", "content": f"Good {number}"},
            "rejected": {"role": "assistant", "content": f"Bad {number}"},
        }
        for number in numbers
    ]
    return "\n".join(json.dumps(row) for row in rows).encode()


def everything(session: Session) -> dict[str, int]:
    """How many rows each table holds."""
    connection = session.connection()
    return {
        name: len(connection.execute(table.select()).all()) for name, table in sorted(SQLModel.metadata.tables.items())
    }


@pytest.mark.parametrize("sample", files.samples(), ids=lambda sample: sample.name)
def test_every_sample_loads_whole_as_samples_of_imported_choices(database: Database, sample: files.SampleView) -> None:
    with database.writing() as session:
        account_id = an_account(session)

        report = files.load_sample(session, account_id, sample.name)

        rows = session.exec(select(ComparisonRow)).all()
        assert (report.found, report.added, report.doubled, report.skipped) == (sample.n, sample.n, 0, [])
        assert 20 <= sample.n <= 24
        assert all(row.is_sample and row.source == "sample" for row in rows)
        assert all(session.exec(select(VerdictRow.imported)).all())
        assert comparing.progress(session, account_id).choices == sample.n
        assert sample.attribution
        assert sample.licence


def test_a_sample_that_does_not_exist_is_not_found(database: Database) -> None:
    with database.writing() as session, pytest.raises(NotFound):
        files.load_sample(session, an_account(session), "../samples/index")


def test_an_imported_choice_keeps_question_answers_and_winner_whichever_side_was_drawn(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        files.import_pairs(session, account_id, "mine.jsonl", files.read_pairs(pairs(*range(20))))

        found = choices_of(session, account_id)
        seeds = dict(session.exec(select(ComparisonRow.comparison_id, ComparisonRow.side_seed)).all())

    assert [pair.chosen.text for pair in found] == [f"Good {number}" for number in range(20)]
    assert [pair.context[0].content for pair in found] == [f"Question {number}?" for number in range(20)]
    assert {pair.chosen_first for pair in found} == {True, False}
    assert all(pair.chosen_first is first_is_left(seeds[pair.pair_id]) for pair in found)


def test_the_same_file_imported_twice_adds_nothing(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        files.import_pairs(session, account_id, "mine.jsonl", files.read_pairs(pairs(1, 2)))

        again = files.import_pairs(session, account_id, "mine.jsonl", files.read_pairs(pairs(2, 1, 3, 3)))

        assert (again.found, again.added, again.doubled, again.repeated_in_all) == (4, 1, 2, 1)
        assert [line.seq for line in comparing.list_choices(session, account_id)] == [3, 2, 1]


def test_a_file_imported_ten_times_at_once_is_there_once(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)

    def bring(_: int) -> int:
        with database.writing() as session:
            return files.import_pairs(session, account_id, "mine.jsonl", files.read_pairs(pairs(1, 2, 3))).added

    with ThreadPoolExecutor(10) as pool:
        added = sorted(pool.map(bring, range(10)))

    assert added == [0] * 9 + [3]


def test_skipped_rows_are_reported_and_kept_with_the_import(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)

        report = files.import_pairs(session, account_id, "a\0b.jsonl", files.read_pairs(pairs(1) + b"\n{broken\n{}"))

        batch = session.exec(select(ImportBatch)).one()
        assert [where for where, _ in report.skipped] == ["line 2", "line 3"]
        assert (batch.source_name, batch.state, batch.report["skipped_in_all"]) == ("a\ufffdb.jsonl", "done", 2)


def test_a_refused_file_leaves_nothing_behind(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
    with database.reading() as session:
        before = everything(session)

    for bad in (b"", b"[" + pairs(1), b"\xff", b"{}", pairs(1)[:30], b"\0"):
        with pytest.raises(BadInput), database.writing() as session:
            files.import_pairs(session, account_id, "bad", files.read_pairs(bad))

    with database.reading() as session:
        assert everything(session) == before


def test_all_five_verdicts_come_in_from_battles_and_two_feed_induction(database: Database) -> None:
    winners = ["model_a", "model_b", "tie", "tie (bothbad)", None]
    rows = [
        {
            "winner": winner,
            "verdict": "skip",
            "conversation_a": [{"role": "user", "content": f"{number}?"}, {"role": "assistant", "content": "one"}],
            "conversation_b": [{"role": "user", "content": f"{number}?"}, {"role": "assistant", "content": "two"}],
        }
        for number, winner in enumerate(winners)
    ]

    with database.writing() as session:
        account_id = an_account(session)
        files.import_pairs(session, account_id, "battles.json", files.read_pairs(json.dumps(rows).encode()))

        given = [line.verdict for line in reversed(comparing.list_choices(session, account_id))]
        assert given == [Verdict.FIRST, Verdict.SECOND, Verdict.SAME, Verdict.BOTH_BAD, Verdict.SKIP]
        assert [pair.chosen.text for pair in choices_of(session, account_id)] == ["one", "two"]


def test_both_turns_of_one_question_stay_in_one_conversation(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        files.import_pairs(session, account_id, "m.jsonl", files.read_pairs((SAMPLES / "mtbench.jsonl").read_bytes()))

        found = choices_of(session, account_id)

    second_turns = [pair for pair in found if pair.chosen.lead_in]
    same = {pair.conversation_id for pair in found if pair.context == second_turns[0].context}
    assert len(found) == 7
    assert len(same) == 1


def test_an_imported_verdict_can_be_changed_and_its_first_value_stays_as_a_revision(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        files.import_pairs(session, account_id, "mine.jsonl", files.read_pairs(pairs(1)))
        line = comparing.list_choices(session, account_id)[0]

        comparing.give_verdict(session, account_id, line.comparison_id, Verdict.SKIP, 5, revision=1)

        kept = session.exec(select(VerdictRevision.value).order_by(col(VerdictRevision.revision))).all()
        assert list(kept) == [line.verdict.value, "skip"]
        assert session.exec(select(VerdictRow.imported)).one() is False


def test_a_pasted_conversation_asks_for_an_alternative_to_each_answer(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)

        report = conversations.import_conversation(
            session, account_id, conversations.identified(TALK), model="m", style="brief", seed=3, answers=9, most=9
        )

        rows = session.exec(select(ComparisonRow).order_by(col(ComparisonRow.seq))).all()
        request = session.exec(select(JobRequest)).one()
        batch = session.exec(select(ImportBatch)).one()
        answers = {row.completion_id: row for row in session.exec(select(CompletionRow))}
    assert (report.found, report.added) == (2, 2)
    assert [len(row.context) for row in rows] == [1, 3]
    assert (request.kind, request.subject_id, batch.state) == ("alternatives", report.import_id, "working")
    assert rows[0].conversation_id == rows[1].conversation_id
    for row, text in zip(rows, ["Blue.", "Blue too."], strict=True):
        original, alternative = answers[row.first_id], answers[row.second_id]
        if not first_is_left(row.side_seed):
            original, alternative = alternative, original
        assert (original.text, original.state) == (text, "ready")
        assert (alternative.state, alternative.model, alternative.style) == ("pending", "m", "brief")


def test_no_object_is_made_of_a_row_that_a_paste_adds(database: Database) -> None:
    """Made for 200 answers, they would hold SQLite's one writer three times as long."""
    made: list[object] = []

    def note(row: object, *_given: object) -> None:
        made.append(row)

    turns = [Turn(role, f"{role} {n}") for n in range(30) for role in ("user", "assistant")]
    with database.writing() as session:
        account_id = an_account(session)
        for table in (CompletionRow, ComparisonRow):
            sa.event.listen(table, "init", note)
        try:
            report = conversations.import_conversation(
                session, account_id, conversations.identified(turns), model="m", style="", seed=1, answers=30, most=30
            )
        finally:
            for table in (CompletionRow, ComparisonRow):
                sa.event.remove(table, "init", note)

    assert report.added == 30
    assert made == []


def test_the_same_conversation_pasted_twice_asks_for_nothing_more(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        conversations.import_conversation(
            session, account_id, conversations.identified(TALK), model="m", style="brief", seed=3, answers=9, most=9
        )

        again = conversations.import_conversation(
            session, account_id, conversations.identified(TALK), model="m", style="brief", seed=4, answers=9, most=9
        )

        assert (again.added, again.doubled) == (0, 2)
        assert len(session.exec(select(JobRequest)).all()) == 1


@pytest.mark.parametrize(
    "turns",
    [[], [Turn("user", "Only asked")], [Turn("assistant", "Only said")], [Turn("user", " "), Turn("assistant", "b")]],
)
def test_a_conversation_without_an_answer_to_a_question_is_refused(database: Database, turns: list[Turn]) -> None:
    with database.writing() as session:
        account_id = an_account(session)

        with pytest.raises(BadInput):
            conversations.import_conversation(
                session, account_id, conversations.identified(turns), model="m", style="", seed=0, answers=9, most=9
            )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "{{ 7*7 }}{% raw %}",
        "'; drop table account; --",
        "e\u0301" * 50,
        "👩\u200d👩\u200d👧",
        "𐍈",
    ],
)
def test_any_text_comes_out_as_it_went_in(database: Database, text: str) -> None:
    row = {"prompt": text, "chosen": text + "!", "rejected": text + "?"}
    with database.writing() as session:
        account_id = an_account(session)
        files.import_pairs(session, account_id, text, files.read_pairs(json.dumps(row).encode()))

    with database.reading() as session:
        pair = choices_of(session, account_id)[0]
    assert (pair.context[0].content, pair.chosen.text, pair.rejected.text) == (text, text + "!", text + "?")
