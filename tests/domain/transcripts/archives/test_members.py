"""Archives as they come: ZIPs in ZIPs, damaged, locked, mixed and unknown ones."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from app.domain.errors import BadInput, TooLarge
from app.domain.transcripts.archives import members
from app.domain.transcripts.archives.reading import read_archive
from app.domain.transcripts.text import Limits
from tests.domain.transcripts.archives.given import read_bytes, read_files, summary, zipped

TALK = ({"messages": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Blue."}]},)


def test_zips_within_a_zip_are_opened_and_programs_litter_is_passed_over() -> None:
    inner = zipped({"conversations.jsonl": TALK})

    report, _ = read_files(
        {"part1of2.zip": inner, "part2of2.zip": inner, "__MACOSX/._a.json": b"\0", "._b.json": b"\0"}
    )

    assert summary(report) == "messages 2/2/2"


def test_files_of_two_products_are_refused_by_name() -> None:
    claude = [{"uuid": "k", "chat_messages": []}]

    with pytest.raises(BadInput, match=r"several products: Claude \(1 file\), OpenAI messages \(1 file\)"):
        read_files({"conversations.json": claude, "mine.jsonl": TALK})


def test_an_archive_of_nothing_known_tells_what_was_seen() -> None:
    report, _ = read_files({"MyActivity.html": "<p>", "strange.json": [{"a": 1}], "user.json": {"id": 1}})

    assert report.is_empty
    assert report.as_json()["format"] is None
    assert list(report.seen) == [
        "MyActivity.html: not known",
        "strange.json: not known",
        "user.json: stands beside exports, and nothing of it is read",
    ]


def test_what_breaks_off_is_told_and_what_came_before_is_kept() -> None:
    report, _ = read_bytes("a.json", b'[{"messages": [{"role": "user", "content": "Sky?"}]}, {"mess')
    rows, _ = read_files({"a.jsonl": '{"messages": [{"role": "user", "content": "Sky?"}]}\n{"mess\n'})

    assert summary(report) == "messages 1/1/0, -file that breaks off 1"
    assert summary(rows) == "messages 1/1/0, -unreadable row 1"


def test_a_zip_that_declares_more_than_is_taken_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "ON_DISK", Limits(most_bytes=1_000))

    with pytest.raises(TooLarge, match="declares more than"):
        read_files({"a.json": b"[" + b" " * 2_000 + b"]"})


def test_a_damaged_zip_and_a_spreadsheet_are_refused_in_a_sentence() -> None:
    good = zipped({"a.jsonl": TALK})
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")

    with pytest.raises(BadInput, match="damaged"):
        read_bytes("a.zip", good[: len(good) // 2])
    with pytest.raises(BadInput, match="spreadsheet"):
        read_bytes("a.xlsx", sheet.getvalue())


@pytest.mark.parametrize(
    "row",
    [
        {"mapping": {"a": None, "b": {"message": {"author": "x", "content": [], "create_time": {"$date": []}}}}, "id": 5},
        {"chat_messages": [None, {"sender": 4, "content": [None, {"type": []}], "attachments": {}}]},
        {"history": {"messages": {"a": {"parentId": 3, "content": {"x": 1}, "annotation": {"rating": []}}}}},
        {"chatId": 1, "role": 2, "createdAt": "yesterday", "contentChunks": [1]},
        {"header": None, "title": 3, "time": [], "products": ["Gemini"], "details": [{"value": None}]},
        {"conversations": [{"conversation": [], "responses": [None, {"response": {"sender": []}}]}]},
        {"entries": [{"query_str": [], "blocks": [{"markdown_block": {"chunks": [1]}}]}]},
        {"format": "synthesize-me/my-data/1", "comparisons": [{"verdict": [], "context": {}}], "context_parts": [{"position": "x"}]},
        {"conversation_pair_id": [], "msg_index": "1", "model_pos": None, "liked": 1},
        {"content": {"output": {"feedback_step_2": {"original_turn": 1, "completion_comparison_rating": []}}}},
    ],
)  # fmt: skip
def test_rows_that_lie_about_their_shape_are_no_error(row: dict[str, object]) -> None:
    report, _ = read_files({"a.json": [row]})

    assert report.format
    assert not report.choices["A"]


def test_numbers_and_names_beyond_all_limits_are_no_error() -> None:
    huge = 10**350
    rows = {
        "a.json": [{"mapping": {"n": {"message": {"author": {"role": "user"}, "create_time": huge, "content": {}}}}}],
        "b.jsonl": (
            {
                "chosen_model_name": [],
                "both_equal": False,
                "conversation_a": [],
                "conversation_b": [],
                "model_a_name": {},
            },
        ),
        "c.json": [{"history": {"messages": {"a": {"annotation": {"rating": huge}, "timestamp": "²"}}}}],
        "d.json": [
            {"chatId": "k", "role": "user", "createdAt": {"$date": {"$numberLong": "9" * 5000}}, "content": "Sky?"}
        ],
    }

    for name, content in rows.items():
        report, _ = read_files({name: content})

        assert report.format


def test_tables_of_parquet_are_read_by_the_reader_that_is_handed_in() -> None:
    row = {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Red."}
    sheets = members.sheets_in("a.parquet", lambda: io.BytesIO(b"PAR1"), is_named=True)

    report, _ = read_archive(sheets, lambda _data, _limits: [row])

    assert summary(report) == "trl 1/1/0, A1"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", {"conversations": [{"conversation": {"id": "k"}, "responses": [{"sender": "human", "message": "Sky?"}]}]}),
        ("a.json", [{"id": "k", "chat": {"history": {"messages": {"m": {"role": "user", "content": "Sky?"}}}}}]),
        ("chat-k.json", [{"id": "m", "chatId": "k", "role": "user", "content": "Sky?", "createdAt": "2026-02-01"}]),
        ("a.json", [{"header": "Gemini Apps", "title": "Prompted Sky?", "time": "2026-02-01"}]),
        ("a.json", {"entries": [{"uuid": "q", "context_uuid": "k", "query_str": "Sky?"}]}),
    ],
)  # fmt: skip
def test_a_chat_that_stands_in_two_archives_counts_once(name: str, content: Any) -> None:
    report, _ = read_files({f"one/{name}": content, f"two/{name}": content})

    assert (report.conversations, report.user_turns, report.left_out["double"]) == (1, 1, 1)
