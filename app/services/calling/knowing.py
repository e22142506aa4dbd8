"""A model that is known before it is used: its habits as they are kept, or learned now and kept, and then what is set.

Where they are kept is for the caller to say: in the database for the product (storage/working/model_habits.py), in a file of the
data folder for commands (calling/habits_file.py). What a call finds out later, a parameter that is refused by now, a
room too small for thoughts, is put into what is kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from app.adapters.configured import profile_by_habits
from app.adapters.first_guess import first_guess
from app.adapters.habits_in_use import HabitsInUse
from app.adapters.language_models import Completer
from app.adapters.learning import MOST_SECONDS, learn
from app.domain.errors import ModelUnavailable
from app.induction.model.habits import Habits, overridden
from app.induction.model.language_model import ModelProfile, PermanentModelError, TransientModelError
from app.services.calling.model_gate import Sleep
from app.settings import Settings
from app.surroundings.habit_values import as_setting, is_plain, said_habits

log = logging.getLogger(__name__)

LEARNED_AGAIN_AFTER = timedelta(days=30)
ANOTHER_LEARNS_SECONDS = MOST_SECONDS + 15.0
"""How long a process waits for another one that is learning the same model, before it learns it itself."""
_POLL_SECONDS = 0.5
SLOWEST_TOKENS_PER_SECOND = 30.0


@dataclass(frozen=True, slots=True)
class KnownSoFar:
    """What pages say of a model: how a run would ask it, by its habits as far as they are known."""

    profile: ModelProfile
    habits: Habits
    is_learned: bool


class KeptHabits(Protocol):
    """Where habits are kept, by the model's name and address."""

    def find(self, model: str, address: str) -> Habits | None:
        """Those that are kept and not too old."""
        ...

    def begin(self, model: str, address: str) -> bool:
        """Whether the caller is the one to learn them; False while another one does."""
        ...

    def keep(self, model: str, address: str, habits: Habits) -> None:
        """Puts down what was learned, and ends what `begin` began."""
        ...

    def give_up(self, model: str, address: str) -> None:
        """Ends what `begin` began with nothing learned."""
        ...

    def change(self, model: str, address: str, changed: Mapping[str, Any]) -> None:
        """Changes some of the kept habits, where any are kept."""
        ...


async def known(
    found: Completer, settings: Settings, kept: KeptHabits, sleep: Sleep = asyncio.sleep, *, anew: bool = False
) -> Completer:
    """The model with its habits and the profile that follows from them.

    Costs nothing where they are kept, where MODEL_HABITS is plain, or for the embedded model; else, or where they are
    to be learned `anew`, a few calls (adapters/learning.py). Raises ModelUnavailable where they cannot be learned; then nothing is kept.
    """
    if found.profile.small:
        return found
    learned = Habits()
    if anew or not is_plain(settings.model_habits):
        is_kept = None if anew else kept.find(found.model, found.api_base or "")
        learned = is_kept or await _learned(found, kept, sleep)
    return _with_habits(found, settings, kept, learned)


def known_so_far(found: Completer, settings: Settings, kept: KeptHabits) -> KnownSoFar:
    """The model by what is kept of it and what is set; else as a plain one. Asks nobody."""
    needs_none = found.profile.small or is_plain(settings.model_habits)
    learned = None if needs_none else kept.find(found.model, found.api_base or "")
    model = _with_habits(found, settings, kept, learned or Habits())
    return KnownSoFar(model.profile, model.habits.now, needs_none or learned is not None)


def _with_habits(found: Completer, settings: Settings, kept: KeptHabits, learned: Habits) -> Completer:
    if found.profile.small:
        return found
    model, address = found.model, found.api_base or ""

    def keep(changed: Mapping[str, Any]) -> None:
        log.warning("%s has changed its ways; from now on: %s", model, as_setting(changed))
        kept.change(model, address, changed)

    said = said_habits(settings.model_habits)

    async def again() -> Habits:
        log.warning("%s refused a request and did not say what of it; it is learned again", model)
        try:
            return overridden(await _learned(found, kept, asyncio.sleep), said)
        except ModelUnavailable:
            return habits

    habits = overridden(learned, said)
    profile = profile_by_habits(settings, found.profile.name, habits)
    # A call with long thoughts is not cut off by the clock before its room is used.
    seconds = max(found.seconds, habits.thought_room / SLOWEST_TOKENS_PER_SECOND)
    return replace(
        found,
        profile=profile,
        seconds=seconds,
        habits=HabitsInUse(habits, keep, None if is_plain(settings.model_habits) else again),
    )


async def _learned(found: Completer, kept: KeptHabits, sleep: Sleep) -> Habits:
    model, address = found.model, found.api_base or ""
    waited = 0.0
    while not kept.begin(model, address) and waited < ANOTHER_LEARNS_SECONDS:
        await sleep(_POLL_SECONDS)
        waited += _POLL_SECONDS
        habits = kept.find(model, address)
        if habits is not None:
            return habits
    try:
        habits = await learn(found, await asyncio.to_thread(first_guess, found.model, found.api_base), sleep)
    except (TransientModelError, PermanentModelError) as error:
        kept.give_up(model, address)
        raise ModelUnavailable(f"{error.reason} No text of yours was sent.") from error
    except BaseException:
        kept.give_up(model, address)
        raise
    kept.keep(model, address, habits)
    return habits
