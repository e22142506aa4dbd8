"""Whether length is all that a person's choices show: whether everything else that was found in them came along with it.

Longer answers have more of nearly everything, so who always takes the longer one has taken examples and lists too. Only the
choices on which the two part, as where the answer with more examples is the shorter one, tell one taste from the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.domain.choices.decisions import decisions_of
from app.domain.choices.preference import PreferencePair
from app.domain.measures import LENGTH, NAMES, WITH_LENGTH, Row
from app.domain.personas.counted import Counted, CountedTrait
from app.domain.personas.persona import Trait
from app.domain.personas.style_claims import bare_claim

AGAINST_EACH = 3
"""Choices that went by length against a trait, for each that went by the trait against length, from which on the trait is
taken for none of its own."""


def is_length_alone(
    traits: Sequence[Trait], counted: Counted, pairs: Sequence[PreferencePair], rows: Sequence[Row]
) -> bool:
    """Whether one of the traits is of length and the others, with those that counting may speak of, came along with it.

    `rows` has one row a decision of `pairs`, in the order of `decisions_of`. It asks no model.
    """
    place = NAMES.index(LENGTH)
    longer = {
        pair.pair_id: row[place]
        for decision, row in zip(decisions_of(pairs), rows, strict=True)
        for pair in decision.pairs
    }
    return _all_with_length(traits, longer) and (not counted.passes or _all_with_length(counted.traits, longer))


def _all_with_length(traits: Sequence[Trait | CountedTrait], longer: Mapping[str, float]) -> bool:
    of_length = [more for trait in traits for measure, more in (_side(trait),) if measure == LENGTH]
    if not of_length:
        return False
    sign = 1 if of_length[0] else -1
    return all(
        _side(trait)[0] in WITH_LENGTH
        or AGAINST_EACH * _without(trait.supporting, longer, sign) <= _by_length(trait.opposing, longer, sign)
        for trait in traits
    )


def _side(trait: Trait | CountedTrait) -> tuple[str, bool]:
    """The measure that a trait speaks of, "" where it speaks of anything else too, and whether of more of it."""
    counted = trait if isinstance(trait, CountedTrait) else trait.counted
    if counted is not None:
        return counted.measure, counted.more
    measure, side = bare_claim(trait.text) or ("", 1)
    return measure, side > 0


def _by_length(choices: Iterable[str], longer: Mapping[str, float], sign: int) -> int:
    """How many of the choices went to the longer answer (`sign` 1) or the shorter one (-1)."""
    return sum(sign * longer.get(each, 0.0) > 0 for each in choices)


def _without(choices: Sequence[str], longer: Mapping[str, float], sign: int) -> int:
    """How many did not."""
    return len(choices) - _by_length(choices, longer, sign)
