"""The research export: who is in it, under which name, and that the tools of the field can read it."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from sqlmodel import select

from app.adapters.parquet_rows import parquet_rows
from app.domain.choices.preference import Verdict
from app.domain.errors import BadInput
from app.domain.export import columns
from app.domain.transcripts.detector import read_preferences
from app.services.choosing import comparing, starters
from app.services.exporting import exporting
from app.services.importing import files
from app.services.people import accounts, consenting
from app.storage.choosing import decided
from app.storage.database import Database
from app.storage.tables import ExportRow
from tests.builders import a_choice, a_comparison, an_account, choices

SAMPLES = Path(__file__).parents[2] / "samples"


def a_participant(database: Database, n: int = 3, *, scopes: tuple[str, ...] = ("choices", "texts")) -> str:
    with database.writing() as session:
        account_id = an_account(session)
        choices(session, account_id, n)
        for scope in scopes:
            consenting.set_consent(session, account_id, scope, True)
    return account_id


def exported(database: Database, file_format: str = "trl") -> list[dict[str, Any]]:
    lines = exporting.export_rows(database, file_format=file_format, requested_by=None)
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("scopes", [(), ("choices",), ("texts",)])
def test_without_both_consents_nothing_is_exported(database: Database, scopes: tuple[str, ...]) -> None:
    a_participant(database, scopes=scopes)

    assert exported(database) == []
    assert exported(database, "lmsys") == []


def test_consent_puts_choices_in_and_its_withdrawal_keeps_them_out_of_the_next_export(database: Database) -> None:
    account_id = a_participant(database)
    consented = exported(database)

    with database.writing() as session:
        consenting.set_consent(session, account_id, "texts", False)

    assert len(consented) == 3
    assert exported(database) == []


def test_a_withdrawal_in_the_middle_of_an_export_ends_that_persons_rows_with_those_read_already(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    account_id = a_participant(database, 5)
    rows = exporting.export_rows(database, file_format="trl", requested_by=None)
    first = next(rows)

    with database.writing() as session:
        consenting.set_consent(session, account_id, "choices", False)

    assert first
    assert len(list(rows)) == 1


def test_a_large_export_takes_a_transaction_for_many_rows(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 50)
    for _ in range(3):
        a_participant(database, 40)
    reading = Mock(wraps=database.reading)
    monkeypatch.setattr(database, "reading", reading)

    assert len(exported(database)) == 120
    assert reading.call_count == 1 + 2 + 3


def test_an_account_erased_in_the_middle_of_an_export_is_left_out_from_the_next_rows_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    account_id = a_participant(database, 5)
    rows = exporting.export_rows(database, file_format="lmsys", requested_by=None)
    next(rows)

    with database.writing() as session:
        accounts.delete_everything(session, account_id)

    assert list(rows) == []


def test_samples_are_never_exported(database: Database) -> None:
    account_id = a_participant(database, 1)
    with database.writing() as session:
        files.load_sample(session, account_id, "mt-bench-judge")

    assert len(exported(database)) == 1
    assert len(exported(database, "lmsys")) == 1


def test_the_trl_file_loads_with_the_datasets_library_and_has_its_columns(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_participant(database, 4)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    path = tmp_path / "export.jsonl"
    path.write_bytes(b"".join(exporting.export_rows(database, file_format="trl", requested_by=None)))
    import datasets

    loaded = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))

    assert {"prompt", "chosen", "rejected"} <= set(loaded.column_names)
    for row in loaded:
        assert [turn["role"] for turn in row["prompt"]] == ["user"]
        assert [turn["role"] for turn in row["chosen"]] == [turn["role"] for turn in row["rejected"]] == ["assistant"]
        assert row["chosen"] != row["rejected"]


def test_every_verdict_is_in_one_file_and_skips_stand_apart_and_all_read_back(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        for verdict in Verdict:
            a_choice(session, account_id, verdict, question=f"{verdict}?")
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)

    battles, skips = exported(database, "lmsys"), exported(database, "skips")

    assert {row["verdict"]: row["winner"] for row in battles} == {
        "first": "model_a",
        "second": "model_b",
        "same": "tie",
        "both_bad": "tie (bothbad)",
    }
    assert [row["verdict"] for row in skips] == ["skip"]
    back = read_preferences("\n".join(json.dumps(row) for row in battles + skips).encode())
    assert {each.verdict for each in back.comparisons} == set(Verdict)
    assert len(exported(database, "trl")) == 2


def test_a_second_turn_keeps_what_led_to_each_answer_in_both_formats(database: Database) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        files.import_pairs(session, account_id, "m.jsonl", files.read_pairs((SAMPLES / "mtbench.jsonl").read_bytes()))
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)

    rows = [row for row in exported(database) if len(row["chosen"]) > 1]
    battles = exported(database, "lmsys")

    assert [[turn["role"] for turn in row["chosen"]] for row in rows] == [["assistant", "user", "assistant"]] * 3
    assert sum(len(row["conversation_a"]) == 4 for row in battles) == 3
    for again in (exported(database), battles):
        back = read_preferences("\n".join(json.dumps(row) for row in again).encode())
        original = read_preferences((SAMPLES / "mtbench.jsonl").read_bytes())
        assert {each.digest for each in back.comparisons} == {each.digest for each in original.comparisons}


def test_a_row_tells_what_research_needs_and_the_day_only(database: Database) -> None:
    a_participant(database, 1)

    row = exported(database)[0]

    assert (row["chosen_side"], row["verdict"], row["milliseconds"], row["source"]) == ("first", "first", 1000, "typed")
    assert row["consent_versions"] == {"choices": consenting.VERSION, "texts": consenting.VERSION}
    assert len(row["day"]) == 10
    assert row["licence_human_text"]
    assert row["licence_model_text"]


def test_names_hold_within_one_export_and_differ_between_two(database: Database) -> None:
    account_id = a_participant(database, 3)

    one, other = exported(database), exported(database)

    assert len({row["participant"] for row in one}) == 1
    assert account_id not in json.dumps(one)
    for column in ("participant", "pair_id", "conversation"):
        assert not {row[column] for row in one} & {row[column] for row in other}


def test_the_finished_export_is_on_the_list_with_its_rows_and_digest(database: Database) -> None:
    account_id = a_participant(database, 3)

    data = b"".join(exporting.export_rows(database, file_format="trl", requested_by=account_id))

    with database.reading() as session:
        listed = exporting.list_exports(session)
        row = session.exec(select(ExportRow)).one()
    assert [(each.rows, each.sha256) for each in listed] == [(3, hashlib.sha256(data).hexdigest())]
    assert (row.requested_by, row.finished_at is None) == (account_id, False)


def test_an_export_that_was_broken_off_is_on_the_list_as_unfinished(database: Database) -> None:
    a_participant(database, 3)
    rows = exporting.export_rows(database, file_format="trl", requested_by=None)
    next(rows)
    rows.close()

    with database.reading() as session:
        assert [(each.rows, each.finished_at) for each in exporting.list_exports(session)] == [(None, None)]


def test_verdicts_on_ready_made_pairs_are_exported_with_their_collection_and_licence(database: Database) -> None:
    account_id = a_participant(database, 0)
    with database.writing() as session:
        files.load_sample(session, account_id, "tulu-evaluator")
        for comparison_id in starters.add_starters(session, account_id).values():
            comparing.give_verdict(session, account_id, comparison_id, Verdict.SECOND, 4_000)

    rows = exported(database)

    assert len(rows) == len(starters.starters())
    assert {row["source"] for row in rows} == {"ready_made"}
    assert {row["licence_human_text"] for row in rows} == {"MIT"}
    assert {row["source_name"] for row in rows} == {"Synthesize Me, ready-made pairs"}


def test_a_sample_history_stays_out_after_one_of_its_verdicts_was_changed(database: Database) -> None:
    account_id = a_participant(database, 0)
    with database.writing() as session:
        files.load_sample(session, account_id, "tulu-evaluator")
        for found in decided.newest_first(session, account_id, 0, 50):
            comparing.give_verdict(session, account_id, found.comparison_id, Verdict.SAME, 2_000)

    assert exported(database, "lmsys") == []


def test_a_file_written_aside_tells_its_rows_size_and_digest(database: Database) -> None:
    a_participant(database, 3)

    whole = exporting.whole_export(database, file_format="trl", requested_by=None)
    data = b"".join(whole.chunks())

    digest = hashlib.sha256(data)
    assert (whole.size, whole.written.rows) == (len(data), 3)
    assert whole.headers["Export-SHA256"] == digest.hexdigest()
    assert whole.headers["Content-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert whole.file.closed


@pytest.mark.parametrize("form", ["trl", "lmsys", "skips"])
def test_a_parquet_file_has_the_listed_types_and_reads_back_by_our_reader(
    database: Database, form: str, tmp_path: Path
) -> None:
    with database.writing() as session:
        account_id = an_account(session)
        for verdict in Verdict:
            a_choice(session, account_id, verdict, question=f"{verdict}?")
        for scope in consenting.CONSENT_TEXTS:
            consenting.set_consent(session, account_id, scope, True)
    path = tmp_path / "rows.parquet"

    written = exporting.export_to(database, exporting.check_target(path, force=False), file_format=form)

    back = read_preferences(path.read_bytes(), parquet=parquet_rows)
    assert len(back.comparisons) == written.rows > 0
    assert written.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {one.person[:12] for one in back.comparisons} == {"participant-"}


def test_annotated_pairs_are_no_parquet(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no table"):
        exporting.export_to(database, tmp_path / "rows.parquet", file_format="annotated")


def test_an_export_of_nothing_has_no_rows_in_any_format(database: Database) -> None:
    for form in columns.FORMATS:
        whole = exporting.whole_export(database, file_format=form.name, requested_by=None)
        data = b"".join(whole.chunks())
        assert whole.written.rows == 0
        assert data == b"" or json.loads(data)["comparisons"] == []


def test_only_decided_comparisons_are_exported_and_an_undone_one_is_not(database: Database) -> None:
    account_id = a_participant(database, 2)
    with database.writing() as session:
        a_comparison(session, account_id)
        undone = a_choice(session, account_id)
        comparing.undo_verdict(session, account_id, undone)

    assert len(exported(database)) == 2


def test_an_unknown_format_is_refused_before_anything_is_streamed(database: Database) -> None:
    with pytest.raises(BadInput, match="trl, lmsys, skips, annotated"):
        exporting.export_rows(database, file_format="csv", requested_by=None)
