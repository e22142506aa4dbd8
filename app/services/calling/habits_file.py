"""The habits of models as the commands keep them: `model_habits.json` in the data folder.

    {"openai/gpt-5-mini": {"learned_at": "2026-11-27T10:00:00+00:00", "habits": {"thought_tokens": 400, ...}}}

A model at an address of its own stands as "NAME@ADDRESS". A file that cannot be read or written keeps nothing: the
models are learned again.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.adapters.language_models import Completer
from app.domain.moments import is_within
from app.induction.estimate import estimate
from app.induction.model.habits import Habits, habits_from_json
from app.induction.model.told import told
from app.services.calling.knowing import LEARNED_AGAIN_AFTER, known
from app.services.whole_files import write_whole
from app.settings import Settings

log = logging.getLogger(__name__)

NAME = "model_habits.json"


class HabitsFile:
    """One file, written whole; of two commands that learn at once the later one's file stands."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def find(self, model: str, address: str) -> Habits | None:
        entry = self._read().get(_key(model, address))
        if not isinstance(entry, dict):
            return None
        with contextlib.suppress(KeyError, TypeError, ValueError):
            if is_within(datetime.fromisoformat(entry["learned_at"]), datetime.now(UTC), LEARNED_AGAIN_AFTER):
                return habits_from_json(entry["habits"])
        return None

    def begin(self, model: str, address: str) -> bool:
        return True

    def keep(self, model: str, address: str, habits: Habits) -> None:
        entry = {"learned_at": datetime.now(UTC).isoformat(timespec="seconds"), "habits": habits.as_json()}
        self._write({**self._read(), _key(model, address): entry})

    def give_up(self, model: str, address: str) -> None:
        """Nothing was begun in the file."""

    def change(self, model: str, address: str, changed: Mapping[str, Any]) -> None:
        habits = self.find(model, address)
        if habits is not None:
            stored = self._read()
            key = _key(model, address)
            self._write({**stored, key: {**stored[key], "habits": replace(habits, **changed).as_json()}})

    def _read(self) -> dict[str, Any]:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stored if isinstance(stored, dict) else {}

    def _write(self, stored: Mapping[str, Any]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(stored, indent=2) + "\n")
        except OSError as error:
            log.warning("what was learned of the model is not kept: %s", error.strerror or error)


def _key(model: str, address: str) -> str:
    return f"{model}@{address}" if address else model


async def known_by_file(
    found: Completer,
    settings: Settings,
    say: Callable[[str], None] | None = None,
    *,
    run: tuple[int, str] | None = None,
    anew: bool = False,
) -> Completer:
    """The model as a command uses it: known from the file in the data folder, or learned now (knowing.known).

    What is known of a hosted one is said in a sentence, with what it means for a `run` over so many choices by a recipe.
    """
    model = await known(found, settings, HabitsFile(settings.data_dir), anew=anew)
    if say and not model.profile.small:
        cost = estimate(run[0], model.profile, run[1]) if run else None
        say(
            told(model.profile, model.habits.now, calls=cost.calls, minutes=cost.minutes)
            if cost
            else told(model.profile, model.habits.now)
        )
    return model
