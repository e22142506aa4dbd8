from __future__ import annotations

import pytest

from app.settings import Settings
from app.starting import settings_from
from app.surroundings.model_addresses import keys_by_address, model_address, name_and_address, origin
from app.surroundings.written_files import SettingFault


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("openai/x", "openai/x", ""),
        ("openai/x@http://host:1234/v1", "openai/x", "http://host:1234/v1"),
        (" openai/x@https://Host.Example/v1/ ", "openai/x", "https://host.example/v1"),
        ("openai/x@HTTP://host:1", "openai/x", "http://host:1"),
        ("openai/x@http://[::1]:8000/v1", "openai/x", "http://[::1]:8000/v1"),
        ("vertex_ai/claude@20241022", "vertex_ai/claude@20241022", ""),
        ("vertex_ai/claude@20241022@https://gate.example", "vertex_ai/claude@20241022", "https://gate.example"),
        ("openai/me@home", "openai/me@home", ""),
        ("openai/org/model:free@http://h/api/v1", "openai/org/model:free", "http://h/api/v1"),
        ("embedded", "embedded", ""),
    ],
)
def test_a_name_may_carry_an_address_and_an_at_of_its_own(written: str, name: str, address: str) -> None:
    assert name_and_address(written) == (name, address)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("localhost:1234/v1", "begin with http:// or https://"),
        ("//host/v1", "begin with http:// or https://"),
        ("ftp://host/v1", "begin with http:// or https://"),
        ("nonsense", "begin with http:// or https://"),
        ("http://[::bad", "is none"),
        ("http://127.0.0.1:99999", "is none"),
        ("http://host:0/v1", "is none"),
        ("http:///v1", "is none"),
        ("http://ho st/v1", "is none"),
        ("http://name:hunter2@host/v1", "a key in its address"),
        ("https://sk-hunter2@host/v1", "a key in its address"),
        ("https://host/v1?key=hunter2", "? or #"),
        ("https://host/v1#hunter2", "? or #"),
        ("http://host:1/v1/chat/completions", "Write http://host:1/v1."),
        ("http://host:1/v1/chat/completions/", "Write http://host:1/v1."),
        ("http://host:1/v1/models", "Write http://host:1/v1."),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_in_one_sentence_that_helps_and_tells_no_secret(
    written: str, says: str
) -> None:
    with pytest.raises(SettingFault, match="MODEL_API_BASE") as told:
        model_address(written)

    assert says in str(told.value)
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("written", ["http://host:1/v1", "openai/http://host:1/v1", "@http://host:1/v1"])
def test_an_address_in_the_place_of_a_name_is_refused(written: str) -> None:
    with pytest.raises(SettingFault, match="MODEL"):
        name_and_address(written)


def test_slashes_at_the_end_do_not_matter() -> None:
    assert {model_address(f"http://host:1/v1{slashes}") for slashes in ("", "/", "//")} == {"http://host:1/v1"}


def test_a_servers_usual_port_and_paths_do_not_make_it_another() -> None:
    assert origin("https://host/v1") == origin("https://host:443/other")
    assert origin("http://host") != origin("https://host")


def test_keys_are_told_by_the_server_they_are_for() -> None:
    keys = keys_by_address("http://one:1/v1=first  https://two.example=sec=ond")

    assert keys == {"http://one:1": "first", "https://two.example:443": "sec=ond"}


@pytest.mark.parametrize("written", ["hunter2", "http://one:1/v1", "http://one:1/v1=", "http://one=k hunter2"])
def test_keys_without_an_address_are_refused_and_not_shown(written: str) -> None:
    with pytest.raises(SettingFault, match="MODEL_API_KEY") as told:
        keys_by_address(written)

    assert "hunter2" not in str(told.value)


def test_settings_keep_the_name_alone_and_the_address_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL", "openai/x@http://one:1/v1/")
    monkeypatch.setenv("MODEL_API_BASE", "http://elsewhere:2")
    monkeypatch.setenv("SECOND_MODEL", "openai/x@http://two:1/v1")

    settings = Settings(_env_file=None)

    assert (settings.model, settings.model_api_base) == ("openai/x", "http://one:1/v1")
    assert (settings.second_model, settings.second_model_api_base) == ("openai/x (2)", "http://two:1/v1")
    assert settings.models == ("openai/x", "openai/x (2)")


def test_the_same_model_twice_at_one_address_is_one() -> None:
    settings = Settings(_env_file=None, model="openai/x@http://one:1/v1", second_model="openai/x@http://one:1/v1/")

    assert settings.models == ("openai/x",)


@pytest.mark.parametrize("name", ["MODEL", "SECOND_MODEL"])
@pytest.mark.parametrize("model", ["embedded", "embedded/smollm2-135m", "/m/a.gguf"])
def test_a_model_that_runs_here_takes_no_address(name: str, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, f"{model}@http://host:1/v1")

    with pytest.raises(SettingFault, match=f"^{name} runs on this machine and takes no address"):
        settings_from({})
