"""The commands `evaluate ...` as a person types them, over a provider that counts its calls."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from app.__main__ import main
from app.adapters.language_models import Completer
from app.children import Child, stop
from app.evaluate_commands import Revived
from app.induction.model.language_model import Message, Prompt, Reply
from tests.services.evaluating.given import Rule, people_file
from tests.stand_in import StandIn, stand_in


@pytest.fixture(scope="module")
def provider() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture(autouse=True)
def hosted(provider: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provider.reset()
    environment = {
        "MODEL": "openai/stand-in",
        "MODEL_API_BASE": provider.url,
        "MODEL_API_KEY": "canary-key",
        "MODEL_HABITS": "plain",
    }
    for name, value in {**environment, "DATA_DIR": str(tmp_path / "data")}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def people(tmp_path: Path) -> str:
    said = {f"single-{number}": {"stated_preferences": f"I like it {number}."} for number in range(3)}
    return str(people_file(tmp_path / "people.jsonl", 3, choices=10, tests=3, said=said))


def test_the_baseline_table_is_printed_and_progress_goes_to_stderr(people, tmp_path, capsys):
    terms = ["--out", str(tmp_path / "out"), "--tests", "2", "--arms", "plain,both,longer,counted,coin"]

    code = main(["evaluate", "baselines", people, *terms])

    printed = capsys.readouterr()
    assert code == 0
    assert printed.out == (tmp_path / "out/table.txt").read_text(encoding="utf-8")
    assert "exported prompt and demonstrations" in printed.out
    assert "3 people, 3 lessons to learn and 30 judgements to make" in printed.err
    assert "judging: 6 of 6" in printed.err
    assert "canary-key" not in "".join(path.read_text() for path in (tmp_path / "out").iterdir())


def test_a_finished_command_given_again_and_its_table_cost_no_call(people, provider, tmp_path, capsys):
    command = [
        "evaluate",
        "baselines",
        people,
        "--out",
        str(tmp_path / "out"),
        "--tests",
        "1",
        "--arms",
        "plain,history",
    ]
    main(command)
    sent, first = provider.stats()["calls"], capsys.readouterr().out

    again = main(command), capsys.readouterr().out
    table = main(["evaluate", "table", str(tmp_path / "out")]), capsys.readouterr().out

    assert again == table == (0, first)
    assert provider.stats()["calls"] == sent > 0
    assert provider.stats()["duplicates"] == 0


def test_a_command_stopped_by_its_cap_on_calls_says_how_to_go_on_and_does(people, provider, tmp_path, capsys):
    command = ["evaluate", "baselines", people, "--out", str(tmp_path / "out"), "--tests", "2", "--arms", "plain,both"]

    stopped = main([*command, "--calls", "30"]), capsys.readouterr().out
    done = main(command), capsys.readouterr().out

    assert (stopped[0], done[0]) == (4, 0)
    assert "The same command with the same --out goes on from here." in stopped[1]
    assert "goes on from here" not in done[1]
    assert provider.stats()["duplicates"] == 0


def test_ctrl_c_keeps_what_is_in_flight_and_prints_the_table_of_what_is_there(
    people, provider, tmp_path, capsys, monkeypatch
):
    complete, sent = Completer.complete, []

    async def interrupted(self: Completer, prompt: Prompt) -> Reply:
        sent.append(prompt)
        if len(sent) == 4:
            signal.raise_signal(signal.SIGINT)
        return await complete(self, prompt)

    monkeypatch.setattr(Completer, "complete", interrupted)
    terms = ["--out", str(tmp_path / "out"), "--tests", "2", "--arms", "plain", "--people", "2"]

    code = main(["evaluate", "baselines", people, *terms])

    stopped = capsys.readouterr().out
    assert code == 130
    assert "Stopped. " in stopped
    assert "The same command with the same --out goes on from here." in stopped
    assert "in flight" not in stopped
    monkeypatch.undo()
    assert len(sent) < 8


def test_the_report_is_printed_as_json_alone(people, tmp_path, capsys):
    terms = ["--out", str(tmp_path / "out"), "--sizes", "3,5", "--tests", "2", "--people", "2", "--json"]

    main(["evaluate", "curve", people, *terms])

    report = json.loads(capsys.readouterr().out)
    assert report == json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert [row["choices"] for row in report["rows"]] == [0, 3, 5]
    assert report["question"] == "curve"


def test_transfer_and_agreement_are_asked_by_command(people, tmp_path, capsys):
    models = ["--learn-with", "openai/stand-in", "--deploy-with", "openai/stand-in,openai/another"]

    transfer = main(["evaluate", "transfer", people, "--out", str(tmp_path / "t"), "--tests", "1", *models])
    agreement = main(["evaluate", "agreement", people, "--out", str(tmp_path / "a"), "--people", "all"])

    printed = capsys.readouterr().out
    assert (transfer, agreement) == (0, 0)
    assert "openai/another" in printed
    assert "Whose persona fits a person's own words better" in printed
    for folder in ("t", "a"):
        ET.fromstring((tmp_path / folder / "plot.svg").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["baselines", "missing.jsonl", "--out", "out"], "missing.jsonl cannot be read"),
        (["curve", "PEOPLE", "--out", "out", "--sizes", "3,many"], "--sizes takes whole numbers"),
        (["curve", "PEOPLE", "--out", "out", "--sizes", "0"], "begin at 1"),
        (["baselines", "PEOPLE", "--out", "out", "--people", "nobody"], "'nobody' has no choices"),
        (["baselines", "PEOPLE", "--out", "PEOPLE"], "cannot be written to"),
        (["table", "out"], "holds no evaluation"),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_one_line(arguments, said, people, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)

    code = main(["evaluate", *(people if word == "PEOPLE" else word for word in arguments)])

    printed = capsys.readouterr().err
    assert code == 2
    assert said in printed
    assert len(printed.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_models_server_that_died_in_the_middle_is_started_again_by_the_next_call():
    server = Child("model", ["sleep", "600"], {})
    server.start()
    assert server.process is not None
    first = server.process
    first.kill()
    first.wait()

    reply = asyncio.run(Revived(Rule(), server).complete(Prompt((Message("user", "Hm?"),), "write", 10)))

    assert reply.text
    assert server.process.pid != first.pid
    stop([server])


@pytest.mark.parametrize("words", [["evaluate", "--help"], ["evaluate", "baselines", "--help"]])
def test_the_questions_explain_themselves(words, capsys):
    with pytest.raises(SystemExit):
        main(words)

    assert "usage:" in capsys.readouterr().out


def test_a_table_of_nobody_is_said_and_is_no_success(tmp_path, capsys):
    """One person who says something has nobody to be compared with."""
    said = {"single-0": {"stated_preferences": "Brief."}}
    people = str(people_file(tmp_path / "people.jsonl", 3, choices=10, tests=0, said=said))

    code = main(["evaluate", "agreement", people, "--out", str(tmp_path / "out"), "--json"])
    again = main(["evaluate", "table", str(tmp_path / "out")])

    printed = capsys.readouterr().out
    assert (code, again) == (1, 1)
    report = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert (report["is_whole"], report["is_empty"]) == (True, True)
    assert report["words"][0] == "Nothing can be said: nobody is in this table."
    assert "A persona is held against another's" in printed


def test_a_command_given_again_says_which_lessons_are_learnt_already(people, tmp_path, capsys):
    command = ["evaluate", "baselines", people, "--out", str(tmp_path / "out"), "--tests", "2", "--arms", "plain,both"]
    main([*command, "--calls", "20"])
    kept = (tmp_path / "out/learnt.jsonl").read_text(encoding="utf-8").splitlines()
    learnt = len({json.loads(line)["person"] for line in kept})
    capsys.readouterr()

    main(command)

    printed = capsys.readouterr().err
    assert 0 < learnt < 3
    assert f"3 lessons to learn ({learnt} of them learnt already)" in printed
    assert f"learning: {learnt} of 3" in printed
    assert "learning: 0 of 3" not in printed
