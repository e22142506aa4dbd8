"""The commands on files as a person or a program types them: what is refused before a model is started, how results read,
pipes, signals and what a command ends with."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import __version__, supervisor
from app.__main__ import main
from tests.jobs.processes import wait_until
from tests.services.inducing.test_files import file_of
from tests.stand_in import StandIn, stand_in

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def provider() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture(autouse=True)
def hosted(provider: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provider.reset()
    provider.behave(latency_ms=0)
    environment = {
        "MODEL": "openai/stand-in",
        "MODEL_API_BASE": provider.url,
        "MODEL_API_KEY": "canary-key",
        "MODEL_HABITS": "plain",
    }
    for name, value in {**environment, "DATA_DIR": str(tmp_path / "data")}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def some(tmp_path: Path) -> str:
    return str(file_of(tmp_path, 12))


def run(*words: str, send: bytes = b"", **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "app", *words], cwd=ROOT, input=send, capture_output=True, check=False, **options
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["induce", "none.jsonl", "--out", "out"], "none.jsonl cannot be read"),
        (["induce", "FILE", "--out", "out", "--recipe", "secret"], "no recipe 'secret'"),
        (["induce", "FILE", "--out", "out", "--user", "nobody"], "nobody"),
        (["induce", "FILE", "--out", "FILE"], "cannot be written to"),
        (["induce", "FILE", "--out", "/proc/out"], "cannot be written to"),
        (["induce", "FILE", "--out", "long" * 99], "cannot be written to"),
        (["induce", "long" * 99, "--out", "out"], "cannot be read"),
        (["induce", "FILE", "--out", "-"], "--out names a folder"),
        (["induce", "FILE", "--out", "out", "--test", "none.jsonl"], "none.jsonl cannot be read"),
        (["induce", "FEW", "--out", "out"], "3 of 5 choices"),
        (["induce", "-", "--out", "out", "--test", "-"], "can be read once only"),
        (["evaluate", "FILE", "--persona", "none.json"], "none.json"),
    ],
)
def test_what_cannot_be_done_is_refused_before_a_model_is_started(words, said, some, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MODEL", "embedded")
    monkeypatch.setattr(supervisor, "model_at_hand", lambda *_: pytest.fail("a model was started"))
    files = {"FILE": some, "FEW": str(file_of(tmp_path, 3, name="few.jsonl"))}

    code = main([files.get(word, word) for word in words])

    printed = capsys.readouterr()
    assert code == 2
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["induce", "x"],
        ["induce", "x", "--out", "o", "--seed", "many"],
        ["induce", "x", "--out", "o", "--seed", "-1"],
        ["induce", "x", "--out", "o", "--seed", "1.5"],
        ["induce", "x", "--out", "o", "--seed", "9999999999"],
        ["induce", "x", "--out", "o", "--seed"],
        ["serve", "--port", "many"],
        ["serve", "--port", "99999"],
        ["export", "--format", "csv"],
        ["grant", "CODE"],
    ],
)
def test_nonsense_is_refused_in_one_line_without_usage(words, capsys):
    code = main(words)

    printed = capsys.readouterr()
    assert code == 2
    assert printed.err.count("\n") == 1
    assert printed.out == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["induce", "none.jsonl", "--out", "out", "--json"], 2),
        (["induce", "--json"], 2),
        (["grant", "A", "b", "--json"], 2),
    ],
)
def test_a_refusal_with_json_is_one_document_on_standard_output(words, code, capsys):
    assert main(words) == code

    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert told["exit_code"] == code
    assert told["error"] in printed.err


def test_the_end_of_induce_is_readable(some, tmp_path, capsys):
    assert main(["induce", some, "--out", str(tmp_path / "out")]) == 0

    printed = capsys.readouterr()
    assert "Traits, with the choices for and against each:" in printed.out
    assert "unseen choices" in printed.out
    assert "tokens in prompts" in printed.out
    assert f"Written: {tmp_path}/out/persona.json" in printed.out
    assert "{" not in printed.out
    assert max(map(len, printed.out.splitlines())) < 400
    assert "guessing: " in printed.err


def test_the_end_of_evaluate_is_readable(tmp_path, capsys):
    main(["induce", str(file_of(tmp_path, 8)), "--out", str(tmp_path / "out"), "-q"])
    capsys.readouterr()
    others = str(file_of(tmp_path, 5, name="others.jsonl"))

    assert main(["evaluate", others, "--persona", str(tmp_path / "out/persona.json"), "--quiet"]) == 0

    printed = capsys.readouterr()
    assert "5 unseen choices of u1, judged by openai/stand-in:" in printed.out
    assert "with persona" in printed.out
    assert "right on " in printed.out
    assert "{" not in printed.out


def test_quiet_leaves_stderr_empty(some, tmp_path, capsys):
    assert main(["induce", some, "--out", str(tmp_path / "out"), "--quiet", "--json"]) == 0

    printed = capsys.readouterr()
    assert printed.err == ""
    assert json.loads(printed.out)["has_persona"]


@pytest.mark.slow
def test_standard_input_is_read_as_the_file_would_be(some, tmp_path, monkeypatch, capsys):
    main(["induce", some, "--out", str(tmp_path / "file"), "-q"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(some).read_bytes())))

    assert main(["induce", "-", "--out", str(tmp_path / "piped"), "-q"]) == 0

    assert (tmp_path / "file/persona.json").read_bytes() == (tmp_path / "piped/persona.json").read_bytes()


@pytest.mark.parametrize("sent", [b"", b"\n \n"])
def test_an_empty_standard_input_is_called_by_its_name(sent, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(sent)))

    assert main(["induce", "-", "--out", str(tmp_path / "out")]) == 2

    assert "Standard input" in capsys.readouterr().err


def test_a_model_that_cannot_be_reached_is_an_end_of_its_own_and_leaves_nothing(some, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MODEL", "openai/keyecho")

    code = main(["induce", some, "--out", str(tmp_path / "out"), "--json"])

    printed = capsys.readouterr()
    assert code == 3
    assert json.loads(printed.out)["exit_code"] == 3
    assert not (tmp_path / "out").exists()
    assert "canary-key" not in printed.out + printed.err


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])

    assert end.value.code == 0
    assert capsys.readouterr().out == f"synthesize-me {__version__}\n"


@pytest.mark.parametrize("command", ["serve", "web", "worker", "model", "migrate", "induce", "export", "grant"])
def test_every_command_has_an_example_and_a_text_for_each_argument(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])

    told = capsys.readouterr().out
    assert f"  python -m app {command}" in told
    arguments = told.partition("options:")[2].partition("examples:")[0]
    entries = [line for line in arguments.splitlines() if line.startswith("  -")]
    bare = [line for line in entries if len(line.split("  ")) == 2 and len(line) < 24]
    assert bare == []


def test_the_help_tells_what_a_command_ends_with(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])

    told = capsys.readouterr().out
    for code in ("0    done", "1    no persona", "2    refused", "3    no model", "130  stopped", "141  nobody"):
        assert code in told


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_induce_says_what_is_kept_and_the_same_command_goes_on(number, some, provider, tmp_path):
    provider.behave(latency_ms=150)
    words = [sys.executable, "-m", "app", "induce", some, "--out", str(tmp_path / "out")]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stderr is not None
        seen = next(line for line in started.stderr if line.startswith("guessing: 12"))
        started.send_signal(number)
        said = started.stderr.read()
        code = started.wait()
    answered = provider.stats()["calls"]
    kept = (tmp_path / "out/replies.jsonl").read_text().count('"what": "reply"')

    provider.behave(latency_ms=0)
    again = run("induce", some, "--out", str(tmp_path / "out"))

    assert seen
    assert code == 130
    assert f"{kept} replies are kept in {tmp_path}/out/replies.jsonl. The same command goes on from there" in said
    assert kept == answered
    assert again.returncode == 0
    assert f"{kept} replies of an earlier start" in again.stderr.decode()
    assert not (tmp_path / "out/replies.jsonl").exists()


@pytest.mark.slow
def test_a_second_ctrl_c_does_not_wait_for_calls_in_flight(some, provider, tmp_path):
    provider.behave(latency_ms=120_000)
    words = [sys.executable, "-m", "app", "induce", some, "--out", str(tmp_path / "out")]
    environment = {**os.environ, "MODEL_HABITS": "plain"}
    with subprocess.Popen(words, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as started:
        wait_until(lambda: provider.stats()["calls"] > 0, 60, "a call is sent")
        started.send_signal(signal.SIGINT)
        assert started.stderr is not None
        seen = next(line for line in started.stderr if line.startswith("Stopping: "))
        started.send_signal(signal.SIGINT)

        assert started.wait(timeout=60) == 130

    assert seen
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_full_disk_ends_with_the_files_name_and_the_same_command_goes_on(some, provider, tmp_path):
    out = tmp_path / "out"
    shell = f'ulimit -f 20; exec "{sys.executable}" -m app induce "{some}" --out "{out}" -q'
    words = ["induce", some, "--out", str(out), "-q"]

    full = subprocess.run(["sh", "-c", shell], cwd=ROOT, capture_output=True, check=False, text=True)
    again = run(*words)

    assert full.returncode == 2
    assert f"{out}/replies.jsonl cannot be written: File too large. Nothing more was sent." in full.stderr
    assert "The same command goes on from there" in full.stderr
    assert again.returncode == 0
    assert "replies of an earlier start" in again.stderr.decode()
