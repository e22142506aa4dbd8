"""The command `read` as a person or a program types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.commanding import Exit

TALK = {"messages": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Blue."}]}


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def test_a_folder_is_told_as_json_and_nothing_is_stored(tmp_path, data_folder, capsys):
    folder = tmp_path / "mine"
    (folder / "deeper").mkdir(parents=True)
    (folder / "deeper/a.jsonl").write_text(json.dumps(TALK))
    (folder / "cat.png").write_bytes(b"picture")
    (folder / ".hidden.json").write_text("[]")

    code = main(["read", str(folder), "--json"])

    assert code == Exit.DONE
    assert json.loads(capsys.readouterr().out) == {
        "format": "messages",
        "conversations": 1,
        "user_turns": 1,
        "assistant_turns": 1,
        "left_out": [{"what": "other file", "count": 1}],
        "choices": {"A": 0, "B": 0, "C": 0, "D": 0, "E": 0},
        "ties": 0,
        "own_words": 0,
        "marked": [],
        "seen": ["deeper/a.jsonl: OpenAI messages", "cat.png: not known"],
    }
    assert not data_folder.exists()


def test_an_archive_that_yields_nothing_is_no_success_and_says_what_was_seen(tmp_path, capsys):
    (tmp_path / "MyActivity.html").write_text("<p>Prompted Sky?</p>")

    code = main(["read", str(tmp_path / "MyActivity.html")])

    told = capsys.readouterr()
    assert code == Exit.NOTHING
    assert "Seen: MyActivity.html: not known." in told.err
    assert "ask Takeout for it again as JSON" in told.err


def test_a_report_reads_as_lines(tmp_path, capsys):
    (tmp_path / "a.json").write_text(json.dumps([TALK, {"messages": [{"role": "user", "content": []}]}]))

    code = main(["read", str(tmp_path / "a.json")])

    lines = capsys.readouterr().out.splitlines()
    assert code == Exit.DONE
    assert lines[0] == "OpenAI messages, read without storing anything."
    assert lines[1:3] == ["        1  conversations", "        1  turns of the person"]
    assert lines[-1] == "Left out: empty conversation 1, no text 1"


def test_a_path_that_is_not_there_is_refused(tmp_path, capsys):
    assert main(["read", str(tmp_path / "nothing.zip"), "--json"]) == Exit.REFUSED
    assert "cannot be read: No such file" in json.loads(capsys.readouterr().out)["error"]
