"""The file of models: in force as it changes, without a restart; one that cannot be used leaves in force what was read before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.adapters.prices import caps_of
from app.adapters.roster.listing import Roster, read
from app.domain.errors import ModelUnavailable
from app.domain.spending import Price
from app.settings import Settings
from app.surroundings.written_files import SettingFault

ONE = """
[[model]]
name = "The first"
model = "openai/first"
"""
BOTH = (
    ONE
    + """
[[model]]
model = "openai/second"
address = "http://second.example/v1"
key_file = "{key}"
weight = 2.5
on = {on}
price_in = 1
price_out = 3.5
"""
)


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 1.5
        return self.seconds


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "key").write_text("sesame\n")
    return tmp_path / "models.toml"


def settings(file: Path, **more: Any) -> Settings:
    given: dict[str, Any] = {
        "model": "openai/judge",
        "model_api_base": "http://judge.example/v1",
        "model_api_key": "judge-key",
        **more,
    }
    return Settings(_env_file=None, models_file=file, **given)


def write(file: Path, text: str, on: str = "true") -> None:
    file.write_text(text.format(key=file.with_name("key"), on=on))


def on(roster: Roster) -> list[str]:
    return [one.model for one in roster.listing.on]


def test_a_change_of_the_file_is_in_force_without_a_restart_and_a_fault_leaves_the_last_good_one(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(file, ONE)
    roster = Roster(settings(file), Clock())
    assert on(roster) == ["openai/first"]

    write(file, BOTH)
    assert on(roster) == ["openai/first", "openai/second"]
    assert roster.title_of("openai/first") == "The first"

    write(file, BOTH, on='"no"')
    assert on(roster) == ["openai/first", "openai/second"]
    assert roster.listing.fault == "The file of models models.toml, model 2: on takes true or false."
    assert roster.listing.fault in caplog.text

    file.unlink()
    assert "cannot be read" in roster.listing.fault
    write(file, BOTH, on="false")
    assert on(roster) == ["openai/first"]
    assert roster.listing.fault == ""
    with pytest.raises(ModelUnavailable, match="switched off"):
        roster.completer("openai/second")


def test_a_key_goes_to_the_model_it_is_listed_for_and_is_read_when_it_is_used(file: Path) -> None:
    write(file, BOTH)
    roster = Roster(settings(file), Clock())

    first, second = (roster.completer(f"openai/{name}") for name in ("first", "second"))
    assert (first.api_base, first.api_key) == ("http://judge.example/v1", "judge-key")
    assert (second.api_base, second.api_key) == ("http://second.example/v1", "sesame")

    file.with_name("key").write_text("another")
    assert roster.completer("openai/second").api_key == "another"
    file.with_name("key").unlink()
    with pytest.raises(ModelUnavailable, match="no key for openai/second"):
        roster.completer("openai/second")


def test_a_listed_price_is_what_caps_count_by(file: Path) -> None:
    write(file, BOTH)
    roster = Roster(settings(file, model_prices="openai/second=9/9 openai/first=2/2"), Clock())
    price_of = caps_of(settings(file, model_prices="openai/first=2/2"), roster.price_of).price_of

    assert price_of("openai/second") == Price(1, 3.5)
    assert price_of("openai/first") == Price(2, 2)


def test_without_a_file_the_models_of_the_settings_write(tmp_path: Path) -> None:
    roster = Roster(Settings(_env_file=None, model="openai/a", second_model="openai/b", data_dir=tmp_path))

    assert [(one.model, one.weight) for one in roster.listing.candidates] == [("openai/a", 1), ("openai/b", 1)]
    assert roster.names == ("openai/a", "openai/b")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model = [", "is no TOML"),
        ("[model]\nname = 1", "below a line [[model]]"),
        ("[[model]]\nname = 'x'", "does not say which it is"),
        ("[[model]]\nmodel = 'openai/x'\nwieght = 2", "Did you mean weight?"),
        ("[[model]]\nmodel = 'openai/x'\nweight = 0", "never drawn"),
        ("[[model]]\nmodel = 'openai/x'\nweight = nan", "takes a number from 0"),
        ("[[model]]\nmodel = 'openai/x'\nprice_in = 1", "Write both, or neither"),
        ("[[model]]\nmodel = 'openai/x'\nkey_env = 'NOT_SET_ANYWHERE'", "NOT_SET_ANYWHERE, which is not set"),
        ("[[model]]\nmodel = 'openai/x'\non = false", "no model that is on"),
        ("[[model]]\nmodel = 'openai/x'\n[[model]]\nmodel = 'openai/x'", "twice"),
        ("[[model]]\nmodel = 'openai/x'\naddress = 'http://me:sesame@host/v1'", "a name or a key in its address"),
        ("[[model]]\nmodel = 'embedded'", "where only MODEL does"),
        ("[[model]]\nmodel = 'openai/judge'\naddress = 'http://other/v1'", "another address than MODEL"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence_without_a_secret(file: Path, text: str, said: str) -> None:
    file.write_text(text)

    with pytest.raises(SettingFault) as fault:
        read(settings(file))

    assert said in str(fault.value)
    assert "sesame" not in str(fault.value)
    assert len(str(fault.value).splitlines()) == 1
