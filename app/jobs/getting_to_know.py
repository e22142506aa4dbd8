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

UNLEARNED = "unlearned"
"""The kind of trouble with a model that answers no request of ours."""

KnownFor = Callable[[str], Awaitable[Any]]


def ask_and_learn(known_for: KnownFor, model: Completer) -> Checked:
    """What the free question tells of the model (model_checks.py); where nothing is wrong it is learned too, and what keeps
    it from being learned is what is wrong: many lists do not tell that a model is unknown."""
    found = ask_now(model)
    if found.kind:
        return found
    said = _learn(known_for, model.profile.name)
    return Checked(said, UNLEARNED) if said else found


def _learn(known_for: KnownFor, name: str) -> str:
    """Why it cannot be learned, "" where it can; it is then left to the next question, or to its first use."""

    async def known() -> None:
        await known_for(name)

    try:
        asyncio.run(known())
    except ProblemError as problem:
        return str(problem).removesuffix(" No text of yours was sent.")
    except Exception:
        log.exception("%s could not be learned", name)
    return ""
