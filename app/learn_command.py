"""The command `learn`: what a model takes, found out anew and shown, so that one can see it before a text is sent."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable

from app.commanding import Arguments, Exit, examples, print_json, say
from app.domain.errors import BadInput
from app.settings import Settings


def add_learn(add: Callable[..., Arguments], add_model_options: Callable[[argparse.ArgumentParser], None]) -> None:
    added = add(
        "learn",
        learn,
        "find out anew what a hosted model takes, by a few short calls, and show it",
        examples(
            "python -m app learn --model openai/gpt-5-mini",
            "python -m app learn --model openai/my-model --api-base http://127.0.0.1:8000/v1 --json",
        ),
    )
    add_model_options(added)


def learn(options: argparse.Namespace, settings: Settings) -> int:
    """Learns the model, keeps its habits as the other commands do, and prints them as MODEL_HABITS names them."""
    from app.adapters.configured import completer
    from app.adapters.model_check import usable
    from app.services.calling.habits_file import known_by_file

    if settings.uses_embedded_model:
        raise BadInput("The embedded model is known and is never asked. Name a hosted one by --model.")
    model = asyncio.run(known_by_file(usable(completer(settings), say), settings, say, anew=True))
    habits = model.habits.now.as_json()
    if options.json:
        print_json({"model": model.profile.name, "judging": model.profile.judging, "habits": habits})
        return Exit.DONE
    width = max(map(len, habits))
    for name, value in habits.items():
        print(f"{name:{width}}  {_written(value)}")
    print(f"{'judging':{width}}  {model.profile.judging}")
    return Exit.DONE


def _written(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)
