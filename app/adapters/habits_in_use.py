"""The habits that a process goes by while it calls a model; what they are corrected to is handed on to be kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.induction.model.habits import Habits


def _forget(_changed: Mapping[str, Any]) -> None:
    """Keeps nothing."""


class HabitsInUse:
    """Shared by all calls to one model; `now` is what the next request goes by.

    `keep` is given what was changed; `again` learns them anew and keeps them.
    """

    def __init__(
        self,
        habits: Habits | None = None,
        keep: Callable[[Mapping[str, Any]], None] = _forget,
        again: Callable[[], Awaitable[Habits]] | None = None,
    ) -> None:
        self.now = habits or Habits()
        self._keep = keep
        self._again = again
        self._learning = asyncio.Lock()

    def correct(self, sent_by: Habits, better: Habits) -> bool:
        """Whether a request that went by `sent_by` is worth sending anew: by `better`, or by what another call has
        corrected the habits to since."""
        if self.now != sent_by:
            return True
        if better == sent_by:
            return False
        self.now = better
        before = sent_by.as_json()
        self._keep({name: value for name, value in better.as_json().items() if value != before[name]})
        return True

    async def learn_again(self, sent_by: Habits) -> bool:
        """Whether a request that was refused for nothing it named is worth sending anew, by habits that were learned
        again. They are learned again once: the refusal may well be of the text, which says nothing of habits."""
        async with self._learning:
            if self.now != sent_by:
                return True
            again, self._again = self._again, None
            better = await again() if again else sent_by
            self.now = better
            return better != sent_by
