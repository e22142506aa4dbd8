"""A model is learned once, its habits are kept in a file, and what is set stands in their place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.adapters.configured import completer
from app.adapters.language_models import Completer
from app.domain.errors import ModelUnavailable
from app.induction.model.language_model import Message, Prompt
from app.services.calling.habits_file import NAME, HabitsFile, known_by_file
from app.services.calling.knowing import known
from app.settings import Settings
from tests.odd_provider import OddProvider, odd_provider

LETTER = Prompt(
    (Message("user", "<answer_a>\nYes.\n</answer_a>\n<answer_b>\nIt depends.\n</answer_b>\nOne letter: A or B."),),
    "judge",
    1,
    labels=("A", "B"),
)


@pytest.fixture(scope="module")
def running() -> Iterator[OddProvider]:
    with odd_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: OddProvider) -> OddProvider:
    running.log.clear()
    return running


def settings_for(provider: OddProvider, folder: Path, mode: str, **more: Any) -> Settings:
    return Settings(
        model=f"openai/{mode}", model_api_base=provider.url, model_api_key=SecretStr("key"), data_dir=folder, **more
    )


def known_to(settings: Settings) -> Completer:
    return asyncio.run(known_by_file(completer(settings), settings))


def test_a_model_is_learned_once_and_then_known_from_the_file(provider, tmp_path):
    settings = settings_for(provider, tmp_path, "no-seed")
    first = known_to(settings)
    asked = len(provider.log)

    again = known_to(settings)

    assert first.habits.now == again.habits.now
    assert not again.habits.now.seed
    assert asked > 0
    assert len(provider.log) == asked


def test_the_form_of_judging_follows_from_what_was_learned_unless_it_is_set(provider, tmp_path):
    thinks = known_to(settings_for(provider, tmp_path, "thinker"))
    told = known_to(settings_for(provider, tmp_path, "thinker", model_judging="both_orders", model_parallel=2))

    assert (thinks.profile.judging, thinks.profile.thought_tokens) == ("stacked", 400)
    assert (told.profile.judging, told.profile.parallel) == ("both_orders", 2)


def test_long_thoughts_are_waited_for(provider, tmp_path):
    usual = known_to(settings_for(provider, tmp_path, "thinker")).seconds
    long = known_to(settings_for(provider, tmp_path, "thinker", model_habits="thought_room=9000")).seconds

    assert usual < long == 300.0


def test_a_habit_that_is_set_stands_in_place_of_the_learned_one_and_is_not_kept_as_learned(provider, tmp_path):
    known_to(settings_for(provider, tmp_path, "base"))
    asked = len(provider.log)

    told = known_to(settings_for(provider, tmp_path, "base", model_habits="seed=no,top_logprobs=5"))

    assert (told.habits.now.seed, told.habits.now.top_logprobs) == (False, 5)
    assert known_to(settings_for(provider, tmp_path, "base")).habits.now.seed
    assert len(provider.log) == asked


def test_a_model_that_is_said_to_be_plain_is_asked_nothing_beforehand(provider, tmp_path):
    told = known_to(settings_for(provider, tmp_path, "no-seed", model_habits="plain,seed=no"))

    assert not told.habits.now.seed
    assert provider.log == []


def test_the_embedded_model_is_never_asked(tmp_path):
    settings = Settings(model="embedded", data_dir=tmp_path, embedded_url="http://127.0.0.1:9/v1")

    assert known_to(settings).profile.small
    assert not (tmp_path / NAME).exists()


def test_what_is_older_than_thirty_days_is_learned_again(provider, tmp_path):
    settings = settings_for(provider, tmp_path, "base")
    known_to(settings)
    stored = json.loads((tmp_path / NAME).read_text())
    for entry in stored.values():
        entry["learned_at"] = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    (tmp_path / NAME).write_text(json.dumps(stored))
    provider.log.clear()

    known_to(settings)

    assert provider.log


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"openai/base": 3}', '{"openai/base": {"learned_at": "when?"}}'])
def test_a_damaged_file_is_as_none(provider, tmp_path, damage):
    (tmp_path / NAME).write_text(damage)

    known_to(settings_for(provider, tmp_path, "base"))

    assert HabitsFile(tmp_path).find("openai/base", provider.url) is not None


def test_a_model_that_cannot_be_used_is_told_and_not_kept(provider, tmp_path):
    with pytest.raises(ModelUnavailable) as refused:
        known_to(settings_for(provider, tmp_path, "wrong-key"))

    assert "refused the key" in str(refused.value)
    assert not (tmp_path / NAME).exists()


def test_a_model_that_changes_its_ways_is_known_by_its_new_ones_afterwards(provider, tmp_path):
    settings = settings_for(provider, tmp_path, "changes-its-ways")
    model = known_to(settings)
    assert model.habits.now.seed

    for _call in range(14):
        asyncio.run(model.complete(LETTER))

    assert not known_to(settings).habits.now.seed
    assert sum(entry["refused"] for entry in provider.log) == 1


def test_two_addresses_of_one_name_are_two_models(provider, tmp_path):
    file = HabitsFile(tmp_path)
    known_to(settings_for(provider, tmp_path, "base"))

    assert file.find("openai/base", "http://127.0.0.1:9/v1") is None


class AnotherLearns(HabitsFile):
    """Somebody else is at it, and done after the second look."""

    looks = 0

    def begin(self, model: str, address: str) -> bool:
        return False

    def find(self, model, address):
        self.looks += 1
        return super().find(model, address) if self.looks > 2 else None


def test_a_process_waits_while_another_one_learns_the_same_model(provider, tmp_path):
    settings = settings_for(provider, tmp_path, "no-seed")
    known_to(settings)
    asked = len(provider.log)

    async def no_pause(_seconds: float) -> None:
        """The clock is not waited for."""

    found = asyncio.run(known(completer(settings), settings, AnotherLearns(tmp_path), no_pause))

    assert not found.habits.now.seed
    assert len(provider.log) == asked
