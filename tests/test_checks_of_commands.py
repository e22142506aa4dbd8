"""What is wrong with a model's provider is found before a command sends anything, and told in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.commanding import Exit
from tests.listener import listener
from tests.services.evaluating.given import people_file

CHOICES = Path(__file__).parent / "samples/mtbench.jsonl"


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    for name in ("OPENAI_API_KEY", "GROQ_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def induce(tmp_path: Path, *terms: str) -> int:
    return main(["induce", str(CHOICES), "--out", str(tmp_path / "out"), *terms])


def test_a_wrong_key_is_told_before_a_text_is_sent(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MODEL_API_KEY", "canary-key")
    with listener({"/v1/models": (401, {"error": {"message": "Incorrect API key provided: canary-key"}})}) as provider:
        code = induce(tmp_path, "--model", f"openai/x@{provider.url}/v1")

        assert [(one.method, one.body) for one in provider.heard] == [("GET", "")]
    told = capsys.readouterr().err
    assert code == Exit.NO_MODEL
    assert "refused the key. Check MODEL_API_KEY. No text was sent." in told
    assert "canary-key" not in told
    assert not list(tmp_path.glob("out/persona.json"))


def test_an_address_where_nobody_listens_is_told_at_once(tmp_path, capsys):
    code = induce(tmp_path, "--model", "openai/x", "--api-base", "http://127.0.0.1:9/v1", "--json")

    told = capsys.readouterr()
    assert code == Exit.NO_MODEL
    assert "127.0.0.1:9 could not be reached" in told.err
    assert json.loads(told.out)["exit_code"] == Exit.NO_MODEL


@pytest.mark.parametrize("model", ["openai/gpt-4o-mini", "groq/llama"])
def test_a_missing_key_is_told_and_nobody_is_asked(model, tmp_path, capsys):
    assert induce(tmp_path, "--model", model) == Exit.NO_MODEL
    assert "There is no key for" in capsys.readouterr().err


def test_every_model_of_an_evaluation_is_asked_about_before_the_first_text(tmp_path, capsys):
    people = str(people_file(tmp_path / "people.jsonl", 1, choices=8, tests=2))
    with listener({"/v1/models": (200, {"data": [{"id": "a"}]})}) as good, listener() as bad:
        bad.answers["/v1/models"] = 401, {"error": {"message": "no key"}}
        models = ["--learn-with", f"openai/a@{good.url}/v1", "--deploy-with", f"openai/b@{bad.url}/v1"]

        code = main(["evaluate", "transfer", people, "--out", str(tmp_path / "out"), "--train", "5", *models])

        assert code == Exit.NO_MODEL
        assert {one.method for one in (*good.heard, *bad.heard)} == {"GET"}
    assert "There is no key for" in capsys.readouterr().err


def test_a_list_that_lacks_the_model_is_a_warning_and_no_refusal(tmp_path, capsys):
    with listener({"/v1/models": (200, {"data": [{"id": "other"}]})}) as provider:
        induce(tmp_path, "--model", f"openai/x@{provider.url}/v1")

        assert {one.method for one in provider.heard} == {"GET", "POST"}
    assert "the model is not among the 1 that it lists" in capsys.readouterr().err
