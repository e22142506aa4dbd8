"""What every command begins with: settings or the reason why not, a proof of the data folder, names that were slips of the
keyboard, and for a process that stays the one line that says what it works with."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from app.settings import DOT_ENV, SECRETS_IN_FILES, Settings
from app.surroundings.data_folder import prove_usable
from app.surroundings.faults import sentences
from app.surroundings.names import misspelt
from app.surroundings.values import without_password
from app.surroundings.written_files import SettingFault, lines_of


def settings_from(
    given: Mapping[str, Any], *, names_models: bool = False, tell: Callable[[str], None] = lambda _: None
) -> Settings:
    """The settings, those of the command line first; `tell` hears of a key that is not sent to the model named by hand.

    Raises SettingFault with a line for each fault, BadInput for an address of the command line that goes nowhere; it does
    where the command names further models (`names_models`).
    """
    rest = {name: value for name, value in given.items() if name not in {"model", "model_api_base"}}
    try:
        settings = Settings(**rest)
    except ValidationError as error:
        raise SettingFault("\n".join(sentences(error))) from error
    if rest.keys() != given.keys():
        # Not with the others: a key of the environment must not follow to the address that is given by hand.
        from app.adapters.configured import for_command, key_is_left_out, refuse_idle_address

        surroundings, settings = settings, for_command(settings, given.get("model"), given.get("model_api_base"))
        for sentence in key_is_left_out(surroundings, [settings]):
            tell(sentence)
        if given.get("model_api_base") and not names_models:
            refuse_idle_address(settings)
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
