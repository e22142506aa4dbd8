"""The ways to have a persona written, each with what it costs on the model at work, and how long a run still takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import BadInput
from app.domain.people.about import About
from app.domain.personas.persona import FEWEST_FOR_A_CLAIM, FEWEST_FOR_A_SKETCH
from app.induction.estimate import Estimate, estimate
from app.induction.model.language_model import ModelProfile
from app.induction.model.told import told
from app.induction.proof.parting import most_trained
from app.services.calling.knowing import KnownSoFar
from app.services.inducing.inducing import RunView

_KNOWN_PACE = 6
"""Calls of a run after which its own pace counts as much as the one that was expected."""
USUAL = "traits"
"""The recipe that is chosen where nobody chooses."""
_NAMES = {"traits": "Full", "quick": "Quick"}
_WORDS = {
    "traits": (
        "Tested on choices it has not seen. Your choices are first guessed without knowing you, so that what sets you apart "
        "weighs most."
    ),
    "quick": "A persona at once: the same traits, each held against every choice. Not tested.",
}
_COUNTED = "Counted in your choices and what most people choose, and tested on them, at once. No model is needed."
_COUNTED_SKETCH = (
    "Counted in your choices and what most people choose, at once. Fewer than ten choices cannot be tested on."
)
_SKETCH = {
    "traits": (
        "Your choices are first guessed without knowing you, so that what sets you apart weighs most. Fewer than ten "
        "choices cannot be tested on."
    ),
    "quick": "A sketch at once: traits, each held against every choice.",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to have it written; the `usual` one is chosen beforehand."""

    recipe: str
    name: str
    words: str
    cost: Estimate
    usual: bool

    @property
    def tokens(self) -> int:
        """To two digits: the estimate is no better."""
        return int(float(f"{self.cost.tokens:.1e}"))

    @property
    def minutes(self) -> str:
        return minutes_in_words(self.cost.minutes)


def offers(choices: int, profile: ModelProfile, wanted: str = "") -> tuple[Offer, ...]:
    """The full way and the quick one, `wanted` (a recipe) chosen beforehand; none for fewer choices than make a sketch. With a
    small model there is one way: counting."""
    if choices < FEWEST_FOR_A_SKETCH:
        return ()
    if profile.small:
        told = _COUNTED if choices >= FEWEST_FOR_A_CLAIM else _COUNTED_SKETCH
        return (Offer("traits", "Counting", told, estimate(choices, profile, "traits"), usual=True),)
    words = _WORDS if choices >= FEWEST_FOR_A_CLAIM else _SKETCH
    usual = wanted if wanted in _NAMES else USUAL
    most = most_trained(profile)
    read = f" It reads your newest {most} choices." if choices > most else ""
    return tuple(
        Offer(recipe, name, words[recipe] + read, estimate(choices, profile, recipe), recipe == usual)
        for recipe, name in _NAMES.items()
    )


def what_was_found(known: KnownSoFar, offered: Sequence[Offer]) -> str:
    """What the model does and takes, and what that means for the run that is chosen beforehand, in a sentence."""
    usual = next((offer.cost for offer in offered if offer.usual), None)
    calls, minutes = (usual.calls, usual.minutes) if usual else (0, 0.0)
    return told(known.profile, known.habits, calls=calls, minutes=minutes, is_learned=known.is_learned)


def time_left(run: RunView, profile: ModelProfile, elapsed: float) -> str:
    """How long a live run still takes, as in `about 4 minutes`; "" where nothing can be said.

    From the estimate at first, and more and more from the pace of the run itself; `elapsed` in seconds.
    """
    if not run.is_live or run.model != profile.name:
        return ""
    try:
        expected = estimate(run.n_choices, profile, run.recipe, About(stated=run.stated))
    except BadInput:
        return ""
    if not run.calls_used:
        return minutes_in_words(expected.minutes)
    left = expected.calls - run.calls_used
    if left <= 0:
        return ""
    pace = (expected.minutes * 60 * _KNOWN_PACE / expected.calls + elapsed) / (_KNOWN_PACE + run.calls_used)
    return minutes_in_words(left * pace / 60)


def minutes_in_words(minutes: float) -> str:
    """As in `less than a minute`, `about 4 minutes`, `about 2 hours`."""
    if minutes < 0.75:
        return "less than a minute"
    if minutes < 1.5:
        return "about a minute"
    if minutes < 90:
        return f"about {round(minutes)} minutes"
    return f"about {round(minutes / 60)} hours"
