"""Failed tries in the log: model, kind of failure, how many of it lately. No text, no key, and not a line for each.

    the model openai/x failed: unreached (10 times within a minute)

The kinds are those of adapters/replies/sentences.py; the process puts the time before each line.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from app.domain.moments import is_within
from app.induction.model.language_model import ModelError
from app.services.calling.provider_rest import Now, utc_now

log = logging.getLogger(__name__)

WINDOW = timedelta(minutes=1)
TOLD = frozenset({1, 10, 100, 1_000})
"""Within a minute; the others of the same kind are counted in silence."""


class Tally:
    """How often one model failed in the same way within a minute."""

    def __init__(self, now: Now = utc_now) -> None:
        self._now = now
        self._windows: dict[str, tuple[datetime, int]] = {}

    def failed(self, model: str, error: ModelError) -> None:
        """Counts one failed try, and says so where it is the first or one of few."""
        kind = error.kind or ("unusable" if error.unusable else "other")
        began, count = self._windows.get(kind, (self._now(), 0))
        if not is_within(began, self._now(), WINDOW):
            began, count = self._now(), 0
        self._windows[kind] = began, count + 1
        if count + 1 in TOLD:
            often = f" ({count + 1} times within a minute)" if count else ""
            log.warning("the model %s failed: %s%s", model, kind, often)
