"""MODEL_HABITS as people write it: every habit can be set by its name, and nonsense is refused in one sentence."""

from __future__ import annotations

from dataclasses import fields

import pytest
from pydantic import ValidationError

from app.induction.model.habits import Habits, overridden
from app.settings import Settings
from app.surroundings.habit_values import NAMES, as_setting, is_plain, said_habits
from app.surroundings.written_files import SettingFault


def test_every_habit_has_a_name_in_the_setting():
    assert set(NAMES) == {each.name for each in fields(Habits)}


def test_what_is_written_is_what_is_in_force():
    said = said_habits(" Seed=no, thought_tokens=0,top_logprobs=5 , schema=words,")

    assert said == {"seed": False, "thought_tokens": 0, "top_logprobs": 5, "schema": "words"}
    assert overridden(Habits(), said).schema == "words"
    assert said_habits("") == {}


def test_plain_may_stand_beside_others_and_is_no_habit_of_its_own():
    assert is_plain("plain, seed=no")
    assert said_habits("plain, seed=no") == {"seed": False}
    assert not is_plain("seed=no")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sead=no", "no habit of a model"),
        ("seed", "seed=yes or seed=no"),
        ("seed=perhaps", "seed=yes or seed=no"),
        ("schema=xml", "json_schema, json_object, words"),
        ("top_logprobs=21", "from 0 to 20"),
        ("top_logprobs=-1", "from 0 to 20"),
        ("least_tokens=0", "from 1 to"),
        ("thought_tokens=many", "from 0 to"),
        ("thought_tokens=²", "from 0 to"),
        ("seed=no,seed=yes", "names seed twice"),
        ("plain=yes", "no habit of a model"),
        ("=no", "no habit of a model"),
    ],
)
def test_nonsense_is_refused_with_what_to_write_instead(text, told):
    with pytest.raises(SettingFault) as refused:
        said_habits(text)
    with pytest.raises((SettingFault, ValidationError)):
        Settings(model_habits=text)

    assert told in str(refused.value)


def test_habits_are_told_as_the_setting_would_name_them():
    assert as_setting({"seed": False, "top_logprobs": 5, "schema": "words"}) == "seed=no,top_logprobs=5,schema=words"
