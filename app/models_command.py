"""The command `models`: which models write answers, and what is wrong with the file that lists them."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from app.commanding import Arguments, Exit, examples, print_json, say
from app.settings import Settings


def add_models(add: Callable[..., Arguments]) -> None:
    added = add(
        "models",
        models,
        "show which models write answers, and check the file that lists them (MODELS_FILE)",
        examples("python -m app models", "MODELS_FILE=models.toml python -m app models --json"),
    )
    added.add_argument("--json", action="store_true", help="print the result as JSON")


def models(options: argparse.Namespace, settings: Settings) -> int:
    """Reads the file as every process does. Asks no model; shows no key. Raises SettingFault for what cannot be used."""
    from app.adapters.roster.listing import of_settings, read

    found = read(settings) if settings.models_file else of_settings(settings)
    rows = [
        {
            "name": one.title or one.model,
            "model": one.model,
            "address": one.address,
            "weight": one.weight,
            "on": one.is_on,
            "price_in": one.price[0] if one.price else None,
            "price_out": one.price[1] if one.price else None,
            "has_key_of_its_own": bool(one.key_env or one.key_file),
        }
        for one in found
    ]
    if options.json:
        print_json({"file": str(settings.models_file or ""), "models": rows})
        return Exit.DONE
    say(f"Listed in {settings.models_file}:" if settings.models_file else "Set by MODEL and SECOND_MODEL:")
    for row in rows:
        print(f"{row['name']}  {row['model']}  {'on' if row['on'] else 'off'}, weight {row['weight']:g}")
    return Exit.DONE
