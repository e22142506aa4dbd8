"""What every command begins with: settings or the reason why not, a proof of the data folder, names that were slips of the
keyboard, and for a process that stays the one line that says what it works with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from app.settings import DOT_ENV, SECRETS_IN_FILES, Settings
from app.surroundings.data_folder import prove_usable
from app.surroundings.faults import sentences
from app.surroundings.names import misspelt
from app.surroundings.values import without_password
from app.surroundings.written_files import SettingFault, lines_of


def settings_from(given: Mapping[str, Any]) -> Settings:
    """The settings, those of the command line first. Raises SettingFault with a line for each fault."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingFault("\n".join(sentences(error))) from error
    if settings.uses_data_folder:
        prove_usable(settings.data_dir)
    return settings


def misspelt_names() -> list[str]:
    """A sentence for each name in the environment or the `.env` file that is nearly a setting's."""
    known = [*Settings.model_fields, *(f"{name}_file" for name in SECRETS_IN_FILES)]
    return misspelt(known, os.environ, lines_of(DOT_ENV) if DOT_ENV.is_file() else ())


def start_line(settings: Settings, address: str = "") -> str:
    """Model, database without its password, data folder and, where there is one, the address, in one line."""
    said = {
        "model": " and ".join(settings.models),
        "database": without_password(settings.app_database_url),
        "data folder": str(settings.data_dir.resolve()),
        "address": address,
    }
    return "Starting with " + ", ".join(f"{name} {value}" for name, value in said.items() if value) + "."
