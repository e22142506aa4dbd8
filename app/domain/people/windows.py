"""How often somebody may do something: so many uses in so many seconds, the window before counting as far as it is not gone by.

Windows are those of the clock, so that every process and every restart has the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """The window of a number, the uses in it, and those in the window before."""

    number: int = 0
    used: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """What a use comes to: the window after it, whether it was allowed, how many are left, and in how many seconds there are more."""

    window: Window
    is_allowed: bool
    left: int
    reset: int


def use(window: Window, most: int, seconds: int, at: float) -> Use:
    """One use at the time `at` (seconds since 1970) where at most `most` are allowed in `seconds`; a refused one is not counted."""
    now, gone = divmod(at, seconds)
    # A clock may be a little behind; one that was far ahead strands nobody.
    number = max(int(now), window.number) if int(now) + 1 >= window.number else int(now)
    used, before = window.used, window.before
    if number != window.number:
        used, before = 0, used if number == window.number + 1 else 0
    so_far = used + before * (1 - gone / seconds)
    is_allowed = so_far + 1 <= most
    left = max(0, math.floor(most - so_far - is_allowed))
    return Use(Window(number, used + is_allowed, before), is_allowed, left, max(1, math.ceil(seconds - gone)))
