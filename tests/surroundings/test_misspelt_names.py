"""A name that is nearly a setting's is told, since it changes nothing; other programs' names are left in peace."""

from __future__ import annotations

import pytest

from app.settings import Settings
from app.surroundings.names import misspelt

KNOWN = tuple(Settings.model_fields)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MODLE", "MODEL"),
        ("MODEL_APIKEY", "MODEL_API_KEY"),
        ("MODEL-API-KEY", "MODEL_API_KEY"),
        ("MODEL_KEY", "MODEL_API_KEY"),
        ("model_api_kye", "MODEL_API_KEY"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("DATADIR", "DATA_DIR"),
        ("PROT", "PORT"),
        ("LIMIT_JOB", "LIMIT_JOBS"),
        ("PRODUKTION", "PRODUCTION"),
        ("RUN_BUDGET_TOKEN", "RUN_BUDGET_TOKENS"),
    ],
)
def test_a_slip_is_told_with_the_name_that_was_meant(name, meant):
    assert misspelt(KNOWN, [name], []) == [f"{name} is no setting and changes nothing. Was {meant} meant?"]


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "ANTHROPIC_API_KEY",
        "HOSTNAME",
        "PATH",
        "POST",
        "PWD",
        "SHELL",
        "MODE",
        "PORTS",
        "HOME",
        "TERM",
        "POSTGRES_PASSWORD",
        "SUPERVISOR_PID",
        "MODEL_NAME_OF_ANOTHER_PROGRAM",
        "PUBLIC_IP",
        "HOST_IP",
        "SPORT",
    ],
)
def test_a_name_of_another_program_is_left_in_peace(name):
    assert misspelt(KNOWN, [name], []) == []


@pytest.mark.parametrize("name", [*KNOWN, *(known.upper() for known in KNOWN)])
def test_a_setting_is_never_told(name):
    assert misspelt(KNOWN, [name], [name]) == []


def test_in_the_env_file_every_name_of_our_families_is_meant_for_us():
    assert misspelt(KNOWN, [], ["MODEL_TEMPERATURE", "OPENAI_API_KEY"]) == [
        "MODEL_TEMPERATURE in the .env file is no setting and changes nothing; docs/operations.md has all of them."
    ]
