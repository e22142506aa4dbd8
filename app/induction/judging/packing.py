"""Several choices in one prompt: how many go together, and what is asked again where a reply leaves some out.

A call to a model that thinks is paid for mostly by its thoughts, so prompts are filled; to any model a pack that has to
clip texts says less of each. So packs are as full as texts stay whole, and never emptier than `least` for the texts' sake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from app.domain.errors import BadInput
from app.induction.model.fitting import Fitted
from app.induction.model.language_model import ModelProfile

LEAST_TOGETHER = 5
"""Choices that share a call of a thinking model even where their texts must be clipped for it."""

Item = TypeVar("Item")


def least_together(profile: ModelProfile) -> int:
    """How many choices share a call however long they are: one, or five where each call pays for thoughts."""
    pays_for_thoughts = profile.judging == "stacked" or profile.thought_tokens > 0
    return min(LEAST_TOGETHER, max(1, profile.packing)) if pays_for_thoughts else 1


def in_packs(
    items: Sequence[Item], build: Callable[[Sequence[Item]], Fitted], profile: ModelProfile
) -> Iterator[list[Item]]:
    """The items in packs of at most `profile.packing`, each as full as its prompt allows with nothing clipped.

    Filled in their order, so that one more item changes the last pack alone. `build` may raise BadInput where a prompt
    cannot be made to fit.
    """
    pack: list[Item] = []
    for item in items:
        if pack and not _takes([*pack, item], build, profile):
            yield pack
            pack = []
        pack = [*pack, item]
    if pack:
        yield pack


def halves(items: Sequence[Item]) -> list[list[Item]]:
    """Two parts of about equal size, in order; one of a single item."""
    middle = (len(items) + 1) // 2
    return [list(part) for part in (items[:middle], items[middle:]) if part]


def _takes(pack: Sequence[Item], build: Callable[[Sequence[Item]], Fitted], profile: ModelProfile) -> bool:
    if len(pack) > max(1, profile.packing):
        return False
    try:
        fitted = build(pack)
    except BadInput:
        return False
    return not fitted.shortened or len(pack) <= least_together(profile)
