"""Learning the configured models when a worker starts, beside its work: pages can then say what a run costs before the
first one. What is kept already is not asked again; a model that is needed earlier is learned then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from app.adapters.language_models import Completer
from app.adapters.model_check import Checked
from app.domain.errors import ProblemError
from app.jobs.model_checks import ask_now

log = logging.getLogger(__name__)

KnownFor = Callable[[str], Awaitable[Any]]


def ask_and_learn(known_for: KnownFor, model: Completer) -> Checked:
    """What the free question tells of the model (model_checks.py); where nothing is wrong it is learned too."""
    found = ask_now(model)
    if not found.kind:
        _learn(known_for, model.profile.name)
    return found


def _learn(known_for: KnownFor, name: str) -> None:
    """One that cannot be learned is told in the log and left to its first use."""

    async def known() -> None:
        await known_for(name)

    try:
        asyncio.run(known())
    except ProblemError as problem:
        log.warning("%s is not known yet: %s", name, problem)
    except Exception:
        log.exception("%s could not be learned", name)
