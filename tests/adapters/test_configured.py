"""At which address each model is called and with which key: nothing goes where nobody named it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pydantic import SecretStr

from app.adapters.configured import completer, for_command, key_is_left_out, named
from app.domain.errors import BadInput, ModelUnavailable
from app.settings import Settings
from app.surroundings.written_files import SettingFault

KEY = SecretStr("canary-key-7f3a")
ONE, TWO = "http://one:1/v1", "http://two:2/v1"


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


def place(chosen: Settings) -> tuple[str, str | None, str | None]:
    """What it is called by, where, and with which key."""
    found = completer(chosen)
    return found.model, found.api_base, found.api_key


def places(
    chosen: Settings, names: Sequence[str], api_base: str | None = None
) -> list[tuple[str, str | None, str | None]]:
    return [place(one) for one in named(chosen, names, api_base).values()]


def test_a_model_of_the_same_provider_shares_address_and_key_and_another_has_neither() -> None:
    first = settings(model="openai/x", model_api_base=ONE, model_api_key=KEY, second_model="openai/y")
    other = settings(model="openai/x", model_api_base=ONE, model_api_key=KEY, second_model="anthropic/claude")

    same, alone = completer(first, model="openai/y"), completer(other, model="anthropic/claude")

    assert (same.api_base, same.api_key) == (ONE, KEY.get_secret_value())
    assert (alone.api_base, alone.api_key) == (None, None)


def test_a_second_model_at_an_address_of_its_own_gets_the_key_of_that_address_and_no_other() -> None:
    own = settings(model=f"openai/x@{ONE}", second_model=f"openai/y@{TWO}", model_api_key=KEY)
    keyed = own.model_copy(update={"model_keys": SecretStr(f"{TWO}=second-key")})

    assert place(own) == ("openai/x", ONE, KEY.get_secret_value())
    assert (completer(own, model="openai/y").api_base, completer(own, model="openai/y").api_key) == (TWO, "none")
    assert completer(keyed, model="openai/y").api_key == "second-key"
    assert completer(keyed).api_key == KEY.get_secret_value()


def test_address_and_key_that_the_embedded_model_has_no_use_for_are_the_second_ones() -> None:
    chosen = settings(second_model="openai/y", model_api_base=ONE, model_api_key=KEY)

    second = completer(chosen, model="openai/y")

    assert (second.api_base, second.api_key) == (ONE, KEY.get_secret_value())


def test_one_name_at_two_addresses_is_two_models_that_are_each_called_by_that_name() -> None:
    twice = settings(model=f"openai/x@{ONE}", second_model=f"openai/x@{TWO}")

    first, second = completer(twice, model="openai/x"), completer(twice, model="openai/x (2)")

    assert (first.profile.name, first.model, first.api_base) == ("openai/x", "openai/x", ONE)
    assert (second.profile.name, second.model, second.api_base) == ("openai/x (2)", "openai/x", TWO)


def test_a_model_that_is_not_set_up_any_more_is_not_looked_for_elsewhere() -> None:
    changed = settings(model="openai/new", model_api_base=ONE, model_api_key=KEY)

    with pytest.raises(ModelUnavailable, match="openai/old is not set up here any more"):
        completer(changed, model="openai/old")


def test_an_address_of_the_command_line_goes_to_every_model_that_it_names() -> None:
    found = places(settings(), ["openai/a", "openai/b", "anthropic/c"], ONE)

    assert [base for _, base, _ in found] == [ONE, ONE, ONE]
    assert [key for *_, key in found] == ["none", "none", "none"]


def test_a_model_with_an_address_of_its_own_keeps_it() -> None:
    found = places(settings(model_api_key=KEY), [f"openai/a@{TWO}", "openai/b"], ONE)

    assert [base for _, base, _ in found] == [TWO, ONE]


def test_an_address_that_was_set_goes_to_every_model_of_a_command_where_no_model_was_set() -> None:
    found = places(settings(model_api_base=ONE, model_api_key=KEY), ["openai/a", "groq/b"])

    assert found == [("openai/a", ONE, KEY.get_secret_value()), ("groq/b", ONE, KEY.get_secret_value())]


def test_where_a_model_was_set_its_address_and_key_stay_with_its_provider() -> None:
    found = places(settings(model="openai/x", model_api_base=ONE, model_api_key=KEY), ["openai/a", "groq/b"])

    assert found == [("openai/a", ONE, KEY.get_secret_value()), ("groq/b", None, None)]


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (["openai/a", "openai/b"], [KEY.get_secret_value()] * 2),
        ([f"openai/a@{ONE}", f"groq/b@{ONE}"], [KEY.get_secret_value()] * 2),
        (["openai/a", "embedded"], [KEY.get_secret_value(), "none"]),
        (["openai/a", "groq/b"], [None, None]),
        ([f"openai/a@{ONE}", f"openai/b@{TWO}"], ["none", "none"]),
        (["openai/a", f"openai/b@{TWO}"], [None, "none"]),
    ],
)
def test_a_key_without_a_model_is_for_the_one_place_that_a_command_names(names: list[str], keys: list[str]) -> None:
    chosen = settings(model_api_key=KEY)

    found = named(chosen, names)

    assert [place(one)[2] for one in found.values()] == keys
    assert bool(key_is_left_out(chosen, found.values())) == (KEY.get_secret_value() not in keys)


def test_names_of_a_command_are_told_apart_by_a_number_and_hold_no_address() -> None:
    found = named(settings(), [f"openai/a@{ONE}", f"openai/a@{TWO}", f"openai/a@{TWO}/", "openai/a"])

    assert [one.model for one in found.values()] == ["openai/a", "openai/a (2)", "openai/a (2)", "openai/a (3)"]
    assert [place(one)[0] for one in found.values()] == ["openai/a"] * 4


@pytest.mark.parametrize("names", [["embedded"], ["embedded", "/m/one.gguf"]])
def test_an_address_that_would_go_nowhere_is_refused(names: list[str]) -> None:
    with pytest.raises(BadInput, match="--api-base"):
        named(settings(), names, ONE)


@pytest.mark.parametrize("model", ["embedded", "/m/one.gguf", f"embedded@{ONE}"])
def test_an_address_for_a_model_that_runs_here_is_refused(model: str) -> None:
    with pytest.raises(BadInput, match="takes no address"):
        for_command(settings(), model, ONE)


@pytest.mark.parametrize(
    ("model", "api_base", "expected"),
    [
        (None, None, ("openai/x", None, "canary-key-7f3a")),
        ("openai/y", None, ("openai/y", None, "canary-key-7f3a")),
        ("groq/y", None, ("groq/y", None, None)),
        ("openai/y", ONE, ("openai/y", ONE, "none")),
        (f"openai/y@{TWO}", ONE, ("openai/y", TWO, "none")),
        (None, ONE, ("openai/x", ONE, "none")),
    ],
)
def test_the_key_that_was_set_for_a_model_does_not_follow_a_command_to_another_place(
    model: str | None, api_base: str | None, expected: tuple[str, str | None, str | None]
) -> None:
    assert place(for_command(settings(model="openai/x", model_api_key=KEY), model, api_base)) == expected


def test_the_key_goes_where_the_command_says_where_nothing_else_was_set() -> None:
    chosen = for_command(settings(model_api_key=KEY), "openai/y", ONE)

    assert place(chosen) == ("openai/y", ONE, KEY.get_secret_value())


def test_an_address_that_was_set_stays_with_a_model_that_is_named_by_hand() -> None:
    kept = for_command(settings(model=f"openai/x@{ONE}", model_api_key=KEY), "openai/y", None)

    assert place(kept) == ("openai/y", ONE, KEY.get_secret_value())


def test_an_address_of_a_command_that_is_none_is_refused_by_its_name() -> None:
    with pytest.raises(SettingFault, match="--api-base has an address"):
        named(settings(), ["openai/a"], "localhost:1")
    with pytest.raises(SettingFault, match="--model has"):
        for_command(settings(), "openai/x@http://name:word@host", None)
