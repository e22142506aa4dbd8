"""`induce` over providers with odd habits, each a real one over HTTP: every run ends with a persona and figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.__main__ import main
from tests.odd_changes import SECRET
from tests.odd_provider import OddProvider, odd_provider


@pytest.fixture(scope="module")
def running() -> Iterator[OddProvider]:
    with odd_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: OddProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OddProvider:
    running.log.clear()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MODEL_API_KEY", "canary-key")
    return running


def choices_in(folder: Path, count: int = 10) -> Path:
    """The choices of a person who likes short answers."""
    rows = [
        {
            "context": [{"role": "user", "content": f"Is plant number {number} any good for a shady garden?"}],
            "chosen": {"role": "assistant", "content": f"Yes, number {number} is."},
            "rejected": {
                "role": "assistant",
                "content": f"It depends on many things, and number {number} is one of them. For example, one may look at "
                "the soil, the water and the time of year, and each of them has its own weight. However, more could be said.",
            },
        }
        for number in range(count)
    ]
    path = folder / "choices.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("mode", "said", "refused"),
    [
        ("base", "tells how likely each answer is", 0),
        ("thinker", "thinks before it answers (about 400 tokens a call)", 0),
        pytest.param("thinks-in-tags", "thinks before it answers (about 400 tokens a call)", 0, marks=pytest.mark.slow),
        pytest.param("deep-thinker", "thinks before it answers", 0, marks=pytest.mark.slow),
        pytest.param("new-hosted", "asked without a temperature", 3, marks=pytest.mark.slow),
        ("no-logprobs", "by the letter it writes", 1),
        pytest.param("logprobs-not-allowed", "by the letter it writes", 2, marks=pytest.mark.slow),
        pytest.param("equal-zeros", "by the letter it writes", 0, marks=pytest.mark.slow),
        pytest.param("no-seed", "asked without a seed", 1, marks=pytest.mark.slow),
        pytest.param("no-seed-unnamed", "asked without a seed", 2, marks=pytest.mark.slow),
        pytest.param("no-schema", "asked without a JSON schema", 1, marks=pytest.mark.slow),
        ("no-json", "asked without a JSON schema", 2),
        pytest.param("json-in-prose", "tells how likely each answer is", 0, marks=pytest.mark.slow),
        pytest.param("text-in-parts", "answers at once", 0, marks=pytest.mark.slow),
        pytest.param("five-logprobs", "tells how likely each answer is", 1, marks=pytest.mark.slow),
        pytest.param("sixteen-tokens", "tells how likely each answer is", 1, marks=pytest.mark.slow),
        pytest.param("temperature-one", "asked without a temperature", 1, marks=pytest.mark.slow),
        pytest.param("no-system-role", "asked without a system message", 1, marks=pytest.mark.slow),
        pytest.param("only-max-completion-tokens", "tells how likely each answer is", 1, marks=pytest.mark.slow),
        pytest.param("changes-its-ways", "tells how likely each answer is", 16, marks=pytest.mark.slow),
        pytest.param("changes-unnamed", "tells how likely each answer is", 20, marks=pytest.mark.slow),
        pytest.param("thinks-unseen", "thinks before it answers", 0, marks=pytest.mark.slow),
        pytest.param("blank-first", "tells how likely each answer is", 0, marks=pytest.mark.slow),
        pytest.param("no-usage", "tells how likely each answer is", 0, marks=pytest.mark.slow),
    ],
)
def test_induce_ends_with_a_persona_and_figures(provider, tmp_path, capsys, mode, said, refused):
    file = choices_in(tmp_path)
    model = ["--model", f"openai/{mode}", "--api-base", provider.url]

    code = main(["induce", str(file), "--out", str(tmp_path / "out"), *model, "--json"])

    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert code == 0, printed.err
    assert said in printed.err
    assert "a run takes about" in printed.err
    assert report["has_persona"]
    assert (report["n"], report["failed"], report["failed_calls"]) == (10, 0, 0)
    assert report["hits"] > 5
    assert len([entry for entry in provider.log if entry["refused"]]) <= refused
    assert SECRET not in "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())


def test_what_was_learned_is_not_asked_again_by_the_next_command(provider, tmp_path, capsys):
    file = choices_in(tmp_path, 6)
    command = ["induce", str(file), "--model", "openai/no-seed", "--api-base", provider.url, "-q", "--out"]
    main([*command, str(tmp_path / "one")])
    provider.log.clear()

    main([*command, str(tmp_path / "two")])

    assert provider.log
    assert not any("litre" in entry["messages"][-1]["content"] for entry in provider.log)
    assert not any(entry["refused"] for entry in provider.log)


def test_a_model_that_cannot_be_used_is_refused_before_a_text_is_sent(provider, tmp_path, capsys):
    file = choices_in(tmp_path, 6)

    code = main(
        ["induce", str(file), "--out", str(tmp_path / "out"), "--model", "openai/wrong-key", "--api-base", provider.url]
    )

    assert code == 3
    assert "refused the key" in capsys.readouterr().err
    assert len(provider.log) == 1
    assert "plant" not in json.dumps(provider.log)


def test_learn_finds_out_anew_what_a_model_takes_and_prints_it(provider, capsys):
    command = ["learn", "--model", "openai/new-hosted", "--api-base", provider.url]
    main(command)
    provider.log.clear()

    code = main(command)
    table = capsys.readouterr()
    main([*command, "--json"])
    told = json.loads(capsys.readouterr().out)

    assert code == 0
    assert "thinks before it answers (about 400 tokens a call)" in table.err
    assert ["thought_tokens", "400"] in [line.split() for line in table.out.splitlines()]
    assert told["judging"] == "stacked"
    assert told["habits"]["temperature"] is False
    assert len(provider.log) == 10, "Both asked anew."
