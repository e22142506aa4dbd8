"""`models`: what is listed, or why it cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.commanding import Exit


def test_the_command_shows_what_is_listed_and_refuses_what_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MODELS_FILE", "models.toml")
    monkeypatch.setenv("LARGE_KEY", "sesame")
    file = tmp_path / "models.toml"
    file.write_text("[[model]]\nmodel = 'openai/large'\nweight = 2\nkey_env = 'LARGE_KEY'\non = true")

    assert main(["models", "--json"]) == Exit.DONE
    told = capsys.readouterr().out
    assert [(one["model"], one["weight"], one["on"]) for one in json.loads(told)["models"]] == [
        ("openai/large", 2, True)
    ]
    assert "sesame" not in told

    file.write_text("[[model]]\nmodel = 'openai/large'\non = 1")
    assert main(["models"]) == Exit.REFUSED
    assert capsys.readouterr().err.strip().endswith("model 1: on takes true or false.")
