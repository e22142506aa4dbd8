"""The free question to each model's provider when a worker starts (adapters/model_check.py): one line in the terminal, and
what is wrong for the pages. It runs beside the work, which does not wait for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

from app.adapters.language_models import Completer
from app.adapters.model_check import Checked, check
from app.domain.model_trouble import Trouble
from app.services.calling.provider_health import is_from_the_start, teller
from app.services.calling.provider_rest import FOR_EVERYBODY
from app.storage.database import Database

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 30.0, 900.0
"""Between two questions while something is wrong; each is twice as long as the one before."""

Say = Callable[[str], None]
Ask = Callable[[Completer], Checked]


def ask_now(model: Completer) -> Checked:
    """What the provider's own list tells of this model."""
    return asyncio.run(check(model))


def loop(database: Database, models: Sequence[Completer], stop: threading.Event, say: Say, ask: Ask = ask_now) -> None:
    """Asks about each model, and again about those with which something is wrong, until nothing is or `stop` is set."""
    said = {model.profile.name: _tell(database, model, ask(model), say, "") for model in models}
    pause = FIRST_PAUSE_SECONDS
    while any(said.values()) and not stop.wait(pause):
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        for model in models:
            before = said[model.profile.name]
            if before:
                said[model.profile.name] = _tell(database, model, ask(model), say, before)


def _tell(database: Database, model: Completer, found: Checked, say: Say, before: str) -> str:
    """Says and puts down what was found; gives the kind of the trouble, "" for none."""
    name = model.profile.name
    if found.said and (not before or found.kind != before):
        say(f"{name}: {found.said}")
    if is_from_the_start(database, name):
        trouble = Trouble(found.said, found.kind, is_permanent=found.kind in FOR_EVERYBODY) if found.kind else None
        teller(database, name)(trouble)
    return found.kind
