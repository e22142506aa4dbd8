"""The commands as a person types them: what they print, what they write, and how they refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.__main__ import main
from app.children import CANNOT_HELP
from app.services.people import accounts
from app.storage import migrations
from app.storage.database import Database
from tests.stand_in import StandIn, stand_in

ROOT = Path(__file__).parent.parent
CHOICES = ROOT / "tests/samples/mtbench.jsonl"


@pytest.fixture(scope="module")
def provider() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture(autouse=True)
def hosted(provider: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command finds a model and a data folder of its own, by the environment alone."""
    provider.reset()
    environment = {
        "MODEL": "openai/stand-in",
        "MODEL_API_BASE": provider.url,
        "MODEL_API_KEY": "canary-key",
        "MODEL_HABITS": "plain",
    }
    for name, value in {**environment, "DATA_DIR": str(tmp_path / "data")}.items():
        monkeypatch.setenv(name, value)


def test_induce_writes_persona_prompt_and_report_and_counts_what_it_spent(provider, tmp_path, capsys):
    code = main(["induce", str(CHOICES), "--out", str(tmp_path / "out"), "--json"])

    printed = json.loads(capsys.readouterr().out)
    report = json.loads((tmp_path / "out/report.json").read_text())
    assert code == 0
    assert printed == report
    assert report["calls"] == provider.stats()["calls"]
    assert report["prompt_tokens"] == provider.stats()["prompt_tokens"]
    assert {"completion_tokens", "seconds", "hits", "n", "interval", "baseline_hits"} <= set(report)
    document = json.loads((tmp_path / "out/persona.json").read_text())
    assert document["traits"]
    # Of seven choices nothing may be sure; then there is nothing to tell an assistant.
    assert (tmp_path / "out/prompt.txt").read_text().strip() == document["prompts"]["system"].strip()


@pytest.mark.parametrize("question", [["persona"], []], ids=["named", "as it was first typed"])
def test_evaluate_judges_a_persona_file_beside_the_plain_judge(question, provider, tmp_path, capsys):
    more = tmp_path / "more.jsonl"
    rows = [json.loads(line) for line in CHOICES.read_text(encoding="utf-8").splitlines()]
    other = {"context": "Another question?", "chosen": "Yes.", "rejected": "No, never.", "user_id": rows[0]["user_id"]}
    more.write_text("\n".join(map(json.dumps, [*rows, other])), encoding="utf-8")
    main(["induce", str(CHOICES), "--out", str(tmp_path / "out")])
    capsys.readouterr()

    code = main(["evaluate", *question, str(more), "--persona", str(tmp_path / "out/persona.json"), "--json"])

    printed = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (printed["n"], printed["baseline_n"]) == (1, 1)
    assert printed["verdict"].startswith("7 of 8 choices taught this persona and were left out.")


def test_the_file_that_taught_a_persona_is_refused_as_its_test_and_no_model_is_asked(provider, tmp_path, capsys):
    main(["induce", str(CHOICES), "--out", str(tmp_path / "out")])
    before = provider.stats()["calls"]
    capsys.readouterr()

    code = main(["evaluate", str(CHOICES), "--persona", str(tmp_path / "out/persona.json")])

    printed = capsys.readouterr()
    assert code == 2
    assert "7 of 7 choices taught this persona and were left out" in printed.err
    assert "unseen" not in printed.out
    assert provider.stats()["calls"] == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["induce", "missing.jsonl", "--out", "out"], "missing.jsonl cannot be read"),
        (["induce", str(CHOICES), "--out", "out", "--user", "nobody"], "nobody"),
        (["induce", str(CHOICES), "--out", "out", "--recipe", "secret"], "secret"),
        (["evaluate", str(CHOICES), "--persona", "missing.json"], "missing.json"),
        (["grant", "AAAA-BBBB", "researcher"], "No account has this code"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments, said, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    migrations.upgrade(f"sqlite:///{tmp_path / 'data' / 'app.sqlite'}")

    code = main(arguments)

    printed = capsys.readouterr().err
    assert code == 2
    assert said in printed
    assert len(printed.splitlines()) == 1


def test_a_setting_that_makes_no_sense_is_named(monkeypatch, capsys):
    monkeypatch.setenv("PORT", "many")

    assert main(["migrate"]) == 2
    assert capsys.readouterr().err.startswith("Setting PORT: ")


@pytest.mark.parametrize("name", ["LIMIT_VERDICTS", "LIMIT_JOBS", "LIMIT_IMPORTS", "LIMIT_PROMPTS", "LIMIT_GUESTS"])
@pytest.mark.parametrize("amount", ["lots", "30", "30/fortnight", "-1/hour"])
def test_a_limit_that_is_none_is_named_with_an_example(name, amount, monkeypatch, capsys):
    monkeypatch.setenv(name, amount)

    assert main(["migrate"]) == 2

    printed = capsys.readouterr().err
    assert printed.startswith(f"Setting {name}: ")
    assert "such as 30/hour" in printed
    assert printed.count("\n") == 1


@pytest.mark.parametrize("command", [["export"], ["grant", "AAAA-BBBB-CCCC", "researcher"]])
@pytest.mark.parametrize("url", ["", "sqlite:////nowhere/at/all.sqlite", "postgresql+psycopg://me:pw@127.0.0.1:9/x"])
def test_a_database_that_is_not_there_is_said_in_one_line(command, url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", url)
    (tmp_path / "data").mkdir()
    file = ["--out", str(tmp_path / "rows.jsonl")] if command == ["export"] else []

    assert main([*command, *file]) == 2

    printed = capsys.readouterr()
    assert printed.err.startswith("The database cannot be used: ")
    assert "python -m app migrate" in printed.err
    assert printed.err.count("\n") == 1
    assert "pw" not in printed.err
    assert not (tmp_path / "rows.jsonl").exists()


@pytest.mark.parametrize("command", [["migrate"], ["export"], ["grant", "A", "researcher"], ["worker"], ["induce"]])
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "postgresql+psycopg2://u:canary@127.0.0.1:1/x", "postgresql+psycopg://"),
        ("DATABASE_URL", "mysql://u:canary@127.0.0.1:1/x", "postgresql+psycopg://"),
        ("DATA_DIR", "/dev/null/data", "/dev/null/data, which cannot be made"),
        ("DATA_DIR", "/proc/data", "/proc/data, which cannot be made"),
        ("DATA_DIR", "/tmp/" + "long" * 99, "which cannot be made: File name too long"),
        ("DATA_DIR", "/proc", "/proc, which cannot be written to"),
        ("PUBLIC_URL", "https://host/path", "below a path"),
        ("PORT", "99999", "at most 65,535"),
        ("MODEL_API_KEY_FILE", "/dev/null/key", "cannot be read"),
    ],
)
def test_every_command_refuses_a_wrong_setting_in_one_sentence(command, name, value, said, monkeypatch, capsys):
    monkeypatch.delenv("MODEL_API_KEY")
    monkeypatch.setenv(name, value)
    file = [str(CHOICES), "--out", "out"] if command == ["induce"] else []

    assert main([*command, *file]) == 2

    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert "canary" not in printed.err + printed.out


@pytest.mark.parametrize("url", ["sqlite:////proc/none/x.sqlite", "sqlite:////dev/null/x.sqlite"])
def test_a_database_whose_folder_cannot_be_made_is_said_in_one_line(url, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", url)

    assert main(["migrate"]) == 2

    printed = capsys.readouterr().err
    assert "cannot be made" in printed
    assert printed.count("\n") == 1


def test_a_data_folder_that_was_only_tried_is_not_left_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "deep" / "data"))

    assert main(["export"]) == 2

    assert not (tmp_path / "deep").exists()


def test_a_name_that_is_nearly_a_setting_is_told_and_its_value_is_not(monkeypatch, capsys):
    monkeypatch.setenv("MODEL_APIKEY", "canary")

    assert main(["migrate"]) == 0

    assert capsys.readouterr().err == "MODEL_APIKEY is no setting and changes nothing. Was MODEL_API_KEY meant?\n"


def test_a_file_that_an_export_cannot_write_is_said_in_one_line(tmp_path, capsys):
    main(["migrate"])

    assert main(["export", "--out", str(tmp_path / "none" / "rows.jsonl")]) == 2

    assert "rows.jsonl cannot be written: No such file or directory." in capsys.readouterr().err


def test_a_provider_that_refuses_the_key_is_said_without_the_key(provider, tmp_path, capsys):
    code = main(["induce", str(CHOICES), "--out", str(tmp_path / "out"), "--model", "openai/keyecho"])

    printed = capsys.readouterr()
    assert code == 3
    assert not (tmp_path / "out").exists()
    assert "canary-key" not in printed.out + printed.err


def test_a_model_that_cannot_be_had_ends_with_a_code_of_its_own(capsys):
    code = main(["model", "--model", "embedded/giant"])

    assert code == CANNOT_HELP
    assert "names no embedded model" in capsys.readouterr().err


def test_grant_gives_a_role_to_the_account_with_a_code(tmp_path, capsys):
    database = Database(f"sqlite:///{tmp_path / 'data' / 'app.sqlite'}")
    assert main(["migrate"]) == 0
    with database.writing() as session:
        guest = accounts.new_guest(session)

    code = main(["grant", guest.code, "researcher"])

    with database.reading() as session:
        account = accounts.account_for_token(session, guest.token)
    database.close()
    assert code == 0
    assert guest.code in capsys.readouterr().out
    assert account is not None
    assert account.role == "researcher"


def test_export_without_consents_is_an_empty_file(tmp_path):
    main(["migrate"])

    code = main(["export", "--format", "trl", "--out", str(tmp_path / "rows.jsonl")])

    assert code == 0
    assert (tmp_path / "rows.jsonl").read_bytes() == b""


def test_a_command_can_be_found_out_from_its_help():
    done = subprocess.run(
        [sys.executable, "-m", "app", "--help"],
        cwd=ROOT,
        env={**os.environ},
        capture_output=True,
        text=True,
        check=True,
    )

    for name in ("serve", "web", "worker", "model", "migrate", "induce", "evaluate", "export", "grant"):
        assert name in done.stdout
