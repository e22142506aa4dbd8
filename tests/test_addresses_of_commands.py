"""Where the commands send what people wrote: to the addresses that were named, and to nobody's default."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.__main__ import main
from tests.listener import Listener, listener
from tests.services.evaluating.given import people_file
from tests.stand_in import StandIn, stand_in

CHOICES = Path(__file__).parent / "samples/mtbench.jsonl"
TERMS = ["--train", "5", "--tests", "1"]


@pytest.fixture(scope="module")
def provider() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Listener]:
    """Stands at the providers' own addresses; the environment has their keys, and no model is set."""
    with listener() as default:
        for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_API_BASE", "GROQ_API_BASE"):
            monkeypatch.setenv(name, f"{default.url}/v1")
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY"):
            monkeypatch.setenv(name, "canary-of-the-environment")
        monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
        yield default


@pytest.fixture
def people(tmp_path: Path) -> str:
    return str(people_file(tmp_path / "people.jsonl", 1, choices=8, tests=2))


def test_an_address_given_by_hand_goes_to_every_model_of_a_transfer(people, public, provider, tmp_path):
    provider.reset()
    models = ["--learn-with", "openai/a", "--deploy-with", "openai/a,openai/b", "--api-base", provider.url]

    code = main(["evaluate", "transfer", people, "--out", str(tmp_path / "out"), *TERMS, *models])

    assert code == 0
    assert {call["model"] for call in provider.calls()} >= {"a", "b"}
    assert public.heard == []


def test_two_models_of_one_name_at_two_addresses_are_each_asked_at_their_own(
    people, public, provider, tmp_path, capsys
):
    provider.reset()
    with stand_in() as second:
        models = ["--learn-with", f"openai/a@{provider.url}", "--deploy-with", f"openai/a@{second.url}"]

        code = main(["evaluate", "transfer", people, "--out", str(tmp_path / "out"), *TERMS, *models])

        assert code == 0
        assert second.stats()["calls"] > 0
    assert provider.stats()["calls"] > 0
    assert public.heard == []
    kept = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    assert "openai/a (2)" in kept + capsys.readouterr().out
    assert provider.url not in kept
    assert "127.0.0.1" not in kept


def test_an_address_of_the_embedded_model_is_refused_before_any_model_is_fetched(public, provider, tmp_path, capsys):
    provider.reset()

    code = main(["induce", str(CHOICES), "--out", str(tmp_path / "out"), "--api-base", provider.url])

    assert code == 2
    assert "--model" in capsys.readouterr().err
    assert provider.stats()["calls"] == 0
    assert public.heard == []


def test_the_key_set_for_a_model_does_not_follow_to_an_address_given_by_hand(public, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MODEL", "openai/x")
    monkeypatch.setenv("MODEL_API_KEY", "canary-of-the-settings")
    with listener() as other:
        main(["induce", str(CHOICES), "--out", str(tmp_path / "out"), "--api-base", f"{other.url}/v1"])

        assert other.heard
        assert {one.key for one in other.heard} <= {"none", ""}
        assert "MODEL_API_KEY is sent to none of the models named" in capsys.readouterr().err
    assert public.heard == []


def test_a_password_in_an_address_is_refused_and_not_repeated(public, tmp_path, capsys):
    where = "http://somebody:hunter2@127.0.0.1:9/v1"

    for given in (["--model", "openai/x", "--api-base", where], ["--model", f"openai/x@{where}"]):
        assert main(["induce", str(CHOICES), "--out", str(tmp_path / "out"), *given]) == 2
    transfer = ["--learn-with", f"openai/x@{where}", "--deploy-with", "openai/x"]
    assert main(["evaluate", "transfer", str(CHOICES), "--out", str(tmp_path / "out"), *transfer]) == 2

    assert "hunter2" not in capsys.readouterr().err
    assert public.heard == []
