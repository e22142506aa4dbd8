"""The command `export`: whole files, told rows, pipes and devices."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.__main__ import main
from app.storage.database import Database
from tests.builders import an_account, choices

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL", "openai/stand-in")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


def run(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "app", *words], cwd=ROOT, capture_output=True, check=False)


@pytest.fixture
def consented(tmp_path: Path) -> Path:
    """A data folder with three choices of one person who has both consents on."""
    from app.services.people import consenting

    assert main(["migrate"]) == 0
    database = Database(f"sqlite:///{tmp_path / 'data' / 'app.sqlite'}")
    with database.writing() as session:
        account_id = an_account(session)
        choices(session, account_id, 3)
        for scope in ("choices", "texts"):
            consenting.set_consent(session, account_id, scope, True)
    database.close()
    return tmp_path


def test_an_export_says_rows_and_digest_and_writes_over_nothing(consented, capsys):
    out = consented / "rows.jsonl"
    capsys.readouterr()

    first = main(["export", "--out", str(out)])
    told = capsys.readouterr().err
    second = main(["export", "--out", str(out)])
    refused = capsys.readouterr().err

    written = out.read_bytes()
    assert (first, second) == (0, 2)
    assert told == f"{out}: 3 rows, SHA-256 {hashlib.sha256(written).hexdigest()}\n"
    assert "is there already and was left as it is" in refused
    assert main(["export", "--out", str(out), "--force", "--json", "-q"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["rows"] == 3
    assert report["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert [path.name for path in consented.iterdir() if path.name.startswith(".rows")] == []


def test_an_export_of_nothing_says_why(tmp_path, capsys):
    main(["migrate"])
    capsys.readouterr()

    assert main(["export", "--out", str(tmp_path / "rows.jsonl")]) == 0

    assert "0 rows. Nobody" in capsys.readouterr().err
    assert (tmp_path / "rows.jsonl").read_bytes() == b""


def test_an_export_to_standard_output_holds_the_rows_alone(consented):
    done = run("export", "--out", "-", "--json")

    rows = [json.loads(line) for line in done.stdout.splitlines()]
    told = done.stderr.decode().splitlines()
    assert done.returncode == 0
    assert len(rows) == 3
    assert json.loads(told[-1])["sha256"] == hashlib.sha256(done.stdout).hexdigest()


def test_a_device_is_written_to_and_not_replaced(consented):
    null = Path("/dev/null").resolve()

    assert main(["export", "--out", "/dev/null"]) == 0

    assert null.is_char_device()


def test_a_link_stays_a_link(consented):
    (consented / "real.jsonl").touch()
    (consented / "link.jsonl").symlink_to("real.jsonl")

    assert main(["export", "--out", str(consented / "link.jsonl"), "--force"]) == 0

    assert (consented / "link.jsonl").is_symlink()
    assert len((consented / "real.jsonl").read_bytes().splitlines()) == 3


def test_an_export_that_is_killed_in_the_middle_leaves_no_file_of_its_name(consented, monkeypatch):
    from app.services.exporting import exporting

    def broken(*_words: object, **_options: object) -> Iterator[bytes]:
        yield b'{"row": 1}\n'
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting, "export_rows", broken)

    assert main(["export", "--out", str(consented / "rows.jsonl")]) == 130

    assert [path.name for path in consented.iterdir() if "rows" in path.name] == []


@pytest.mark.parametrize("words", [["export"], ["migrate"]])
def test_a_reader_who_has_gone_is_no_error(words, consented):
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        [sys.executable, "-m", "app", *words], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, check=False
    )

    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 141


def test_a_full_disk_behind_standard_output_is_told_in_one_line(consented):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "app", "migrate"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert done.returncode == 2
    assert done.stderr == b"Standard output cannot be written: No space left on device.\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [("none/rows", "No such file"), (".", "Is a directory"), ("long" * 99, "too long"), ("loop", "")],
)
def test_a_place_where_nothing_can_be_written_is_named(name, said, consented, capsys):
    (consented / "loop").symlink_to("loop")
    capsys.readouterr()

    assert main(["export", "--out", str(consented / name)]) == 2

    printed = capsys.readouterr().err
    assert "cannot be written" in printed
    assert said in printed
    assert printed.count("\n") == 1
