"""What a file is written in: lines, arrays, tables, packed, with marks, and cut off."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import time
import zipfile

import pytest

from app.domain.errors import BadInput, TooLarge
from app.domain.transcripts.detector import read_preferences
from app.domain.transcripts.text import Limits
from tests.domain.transcripts.cases import answers, case, lines, said

ROWS = [{"prompt": f"Question {n}?", "chosen": f"Yes {n}.", "rejected": f"No {n}."} for n in (1, 2, 3)]
EXPECTED = [(f"Yes {n}.", f"No {n}.") for n in (1, 2, 3)]
PLAIN = lines(*ROWS)
MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    "name",
    [
        "commas-after-lines.jsonl",
        "packed.jsonl.gz",
        "pretty-objects.json",
        "two-files-in-one-with-marks.jsonl",
    ],
)
def test_three_choices_are_read_however_the_file_is_put_together(name: str) -> None:
    found = read_preferences(case(name))

    assert (answers(found), found.skipped) == (EXPECTED, ())


def zipped(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_SLASH_", "/"), data)
    return held.getvalue()


TABLE = "prompt,chosen,rejected\n" + "".join(f'"Question {n}?","Yes {n}.",No {n}.\n' for n in (1, 2, 3))
WAYS = {
    "CRLF": PLAIN.replace(b"\n", b"\r\n"),
    "empty lines": b"\n\n" + PLAIN.replace(b"\n", b"\n \n\n"),
    "a mark before each line": MARK + PLAIN.replace(b"\n", b"\n" + MARK),
    "all on one line": PLAIN.replace(b"\n", b""),
    "commas, CRLF and marks": MARK + PLAIN.replace(b"\n", b",\r\n" + MARK) + b",\r\n",
    "an array": json.dumps(ROWS, indent=1).encode(),
    "an array with a comma at its end": json.dumps(ROWS).encode()[:-1] + b", ]",
    "an array after a mark": MARK + json.dumps(ROWS).encode(),
    "two arrays": json.dumps(ROWS[:1]).encode() + b"\n" + MARK + json.dumps(ROWS[1:]).encode(),
    "objects over lines with commas": ",\n".join(json.dumps(row, indent=4) for row in ROWS).encode(),
    "record separators": b"\x1e" + PLAIN.replace(b"\n", b"\n\x1e"),
    "Python's objects": "\n".join(map(repr, ROWS)).encode(),
    "UTF-16": PLAIN.decode().encode("utf-16"),
    "UTF-16 without a mark": PLAIN.decode().encode("utf-16-le"),
    "UTF-32": PLAIN.decode().encode("utf-32"),
    "gzip": gzip.compress(PLAIN),
    "two gzips": gzip.compress(lines(*ROWS[:2]) + b"\n") + gzip.compress(lines(ROWS[2])),
    "zip": zipped(**{"mine.jsonl": PLAIN}),
    "zip with furniture": zipped(**{"a_SLASH_mine.json": PLAIN, "__MACOSX_SLASH_._mine.json": b"x", "a_SLASH_": b""}),
    "a zip of a gzip": zipped(**{"mine.jsonl.gz": gzip.compress(PLAIN)}),
    "CSV": TABLE.encode(),
    "CSV with CRLF and a mark": MARK + TABLE.replace("\n", "\r\n").encode(),
    "CSV with semicolons": TABLE.replace(",", ";").encode(),
    "CSV in UTF-16": TABLE.encode("utf-16"),
    "two tables in one": MARK + TABLE.encode() + MARK + TABLE.split("\n", 1)[0].encode() + b"\n",
    "names in capitals": TABLE.replace("prompt,chosen", "Prompt, Chosen").encode(),
    "TSV": TABLE.replace(",", "\t").replace('"', "").encode(),
    "TSV in gzip": gzip.compress(TABLE.replace(",", "\t").encode()),
}


@pytest.mark.parametrize("way", list(WAYS))
def test_the_same_rows_are_read_in_every_way_to_write_them_down(way: str) -> None:
    found = read_preferences(WAYS[way])

    assert (answers(found), found.skipped) == (EXPECTED, ())


def test_quotes_and_commas_in_a_table_s_cells_are_text() -> None:
    found = read_preferences(case("table.csv"))

    assert said(found.comparisons[0]) == [("user", "Question 1, or not?")]
    assert answers(found) == [("Yes 1.", "No 1."), ('Yes "2".', "No 2.")]


def test_a_table_s_faults_are_told_with_their_lines() -> None:
    table = 'prompt,chosen,rejected\n"two\nlines",a,b\nq,a\nq,,b\nq,a,b\n'

    found = read_preferences(table.encode())

    assert said(found.comparisons[0]) == [("user", "two\nlines")]
    assert [(told.where, told.why) for told in found.skipped] == [
        ("line 4", "It has 2 columns where the first line names 3."),
        ("line 5", "It has none of the known sets of fields: chosen is missing."),
    ]


def test_columns_of_a_table_beside_the_texts_are_read_too() -> None:
    table = "user_id,split,system,prompt,chosen,rejected\n7,Test,Be brief.,Sky?,Blue.,Red.\n"

    (found,) = read_preferences(table.encode()).comparisons

    assert (found.person, found.split, found.context[0].role) == ("7", "test", "system")


@pytest.mark.parametrize("broken", ['{"prompt": "x', '{"prompt": ["a", ', "{broken}", "hello", '{"prompt": "a"} tail'])
def test_a_broken_line_is_one_row_s_fault_whatever_stands_below(broken: str) -> None:
    data = PLAIN.replace(b"\n", f"\n{broken}\n".encode(), 1)

    found = read_preferences(data)

    assert [answer for answer in answers(found) if answer in EXPECTED] == EXPECTED
    assert {told.where for told in found.skipped} == {"line 2"}


def test_only_what_is_cut_off_is_called_cut_off() -> None:
    found = read_preferences(PLAIN + b'\n{"prompt": "x", "cho' + b"\n{nonsense: 1}")

    assert "(cut off?)" in found.skipped[0].why
    assert "(cut off?)" not in found.skipped[1].why


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (PLAIN[:20].decode().encode() + b"\n\xe4\xf6", "byte 0xE4 stands there, as in a file saved as Latin-1"),
        (zipped(**{"a.jsonl": PLAIN, "b.jsonl": PLAIN}), "The zip holds 2 files; exactly one is read"),
        (zipped(**{"[Content_Types].xml": b"", "xl_SLASH_a": b""}), "a spreadsheet or document of Office"),
        (gzip.compress(PLAIN)[:-9], "was cut off"),
        (b"\x1f\x8b\x08nonsense", "packed with gzip and damaged"),
        (b"%PDF-1.7 ...", "The file is a PDF"),
        (b"BZh91AY&SY", "packed with bzip2"),
        (b"\x28\xb5\x2f\xfd...", "packed with zstd"),
        (b"SQLite format 3\0...", "a database of SQLite"),
        (b"PAR1....PAR1", "The file is Parquet, which needs the extra `parquet`"),
        (b"name,age\nana,3\n", "neither JSON nor a table whose first line names"),
        (b"<!doctype html><p>Sign in", "The file is a web page"),
        (b"version https:\noid sha256:1\n", "a pointer of Git LFS and not the file itself"),
        (gzip.compress(gzip.compress(gzip.compress(gzip.compress(PLAIN)))), "packed more than 2 times over"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",  # packed bytes hold the time of day
)
def test_what_cannot_be_read_is_refused_by_what_it_is(data: bytes, reason: str) -> None:
    with pytest.raises(BadInput, match=r"^[A-Z].*\.$") as refusal:
        read_preferences(data)

    assert reason in str(refusal.value)


def test_a_small_file_that_unpacks_to_a_large_one_is_refused_within_limits() -> None:
    begun = time.monotonic()

    for bomb in (gzip.compress(b" " * 30_000_000), zipped(**{"a.jsonl": b" " * 30_000_000})):
        assert len(bomb) < 100_000
        with pytest.raises(TooLarge, match="at most 20 MB are taken, unpacked"):
            read_preferences(bomb)
    assert time.monotonic() - begun < 10


def test_rows_over_the_limit_are_refused_and_the_limit_is_named() -> None:
    assert len(read_preferences(PLAIN, limits=Limits(most_rows=3)).comparisons) == 3
    with pytest.raises(TooLarge, match="more than 2 rows"):
        read_preferences(PLAIN, limits=Limits(most_rows=2))


LONG = 200_000
HOSTILE_TEXTS = {
    "spaces": " " * LONG,
    "empty lines": "\n" * LONG,
    "empty lines and spaces": "\n \n" * (LONG // 3),
    "empty lines of Windows": "\r\n" * (LONG // 2),
    "labels": "\n\nHuman: a" * 1_000 + "\n\nAssistant:" * 1_000,
    "waits": "\n" * LONG + "Assistant:",
    "a list of turns": "[{'role': 'user', 'content': 'a'}" + "\n" * 100_000 + "]",
    "a list of objects": "[" + "{'role': 1, 'content': 1}\n" * 10_000 + "]",
    "brackets": "[{'role': 'a', 'content': " + "[" * 19_000,
    "minuses": "[{'role': 'a', 'content': " + "-" * 100_000 + "1}]",
}


@pytest.mark.parametrize("name", list(HOSTILE_TEXTS))
def test_long_runs_of_anything_are_read_or_refused_at_once(name: str) -> None:
    text = HOSTILE_TEXTS[name]
    begun = time.process_time()

    for row in (
        {"prompt": text, "chosen": "a", "rejected": "b"},
        {"prompt": "a", "chosen": text, "rejected": text + "b"},
        {"chosen": text + "a", "rejected": text + "b"},
    ):
        with contextlib.suppress(BadInput):
            read_preferences(lines(row))

    assert time.process_time() - begun < 10


def test_a_zip_of_very_many_files_and_one_packed_in_another_way_are_refused_before_they_are_unpacked() -> None:
    many = zipped(**{f"{number}.txt": b"" for number in range(20_000)})
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.jsonl", b" " * 30_000_000)

    with pytest.raises(BadInput, match="too many files"):
        read_preferences(many)
    with pytest.raises(BadInput, match="packed in a way not known here"):
        read_preferences(held.getvalue())


def test_lines_that_each_look_like_the_beginning_of_more_are_read_in_bounded_time() -> None:
    begun = time.monotonic()

    with pytest.raises(BadInput):
        read_preferences(b'{"a": [1, 2,\n' * 9_000)

    assert time.monotonic() - begun < 10
