"""`accounts` and `erase`: what whoever runs the site sees and does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.services.people import accounts
from app.storage import migrations
from app.storage.database import Database
from tests.builders import choices


def test_accounts_are_listed_and_erased_by_their_code_and_the_trail_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    url = f"sqlite:///{tmp_path / 'app.sqlite'}"
    migrations.upgrade(url)
    database = Database(url)
    with database.writing() as session:
        guest = accounts.new_guest(session)
        choices(session, guest.account_id, 2)
    database.close()

    assert main(["accounts"]) == 0
    assert f"{guest.code}  person" in (shown := capsys.readouterr().out)
    assert "2 verdicts  guest" in shown
    assert main(["accounts", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["verdicts"] == 2
    assert main(["erase", guest.code]) == 0
    assert f"{guest.code} is erased" in capsys.readouterr().out
    assert main(["erase", guest.code]) == 2
    assert main(["accounts"]) == 0
    assert "no account yet" in capsys.readouterr().out
    assert main(["accounts", "--trail"]) == 0
    assert f"erasure     {guest.code}  by command" in capsys.readouterr().out


def test_a_backup_is_written_once_and_restored_without_whom_a_command_erased_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BACKUP_KEY", "a long random text of letters")
    database = Database(f"sqlite:///{tmp_path / 'app.sqlite'}")
    assert main(["migrate"]) == 0
    with database.writing() as session:
        goes, stays = accounts.new_guest(session), accounts.new_guest(session)
    file = str(tmp_path / "of-today.smb")

    assert main(["backup", file]) == 0
    assert "encrypted with BACKUP_KEY" in capsys.readouterr().out
    assert (Path(file).stat().st_mode & 0o777, main(["backup", file])) == (0o600, 2)
    assert main(["erase", goes.code]) == 0
    assert main(["restore", file]) == 2
    assert "--replace" in capsys.readouterr().err
    assert main(["restore", file, "--replace", "--json"]) == 0

    with database.reading() as session:
        assert accounts.account_for_token(session, goes.token) is None
        assert accounts.account_for_token(session, stays.token)
    database.close()
    assert json.loads(capsys.readouterr().out)["accounts_erased_again"] == 1
