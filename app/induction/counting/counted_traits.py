"""Counted traits: in which measures a person's choices lean to one side, how surely, and whether unlike most people's.

A measure's choices are a share with its uncertainty. Beforehand the share is that of most people (the prior's counts),
with a little room for one that has nothing to do with it, or is the contrary; the person's own choices decide which, measure
by measure. So a few choices leave a person with what most do, and many that go the other way are believed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.choices.decisions import heads_of
from app.domain.choices.preference import PreferencePair
from app.domain.measures import LENGTH, MEASURES, NAMES, WITH_LENGTH, Row, counted_in, languages_of, rows_of, sides
from app.domain.personas.counted import Counted, CountedTrait
from app.induction.counting.betas import Beta, beta_below, log_evidence
from app.induction.counting.counted_model import CountedModel, fit_rows
from app.induction.counting.foresight import passes
from app.induction.counting.prior import CONTRARY, OWN, SHARES, CountedPrior

_END = 0.025
"""Probability that a share lies beyond either end of its range; so a trait whose range leaves out the half is clear."""
_HALVINGS = 24
SURE = 0.9
"""Probability of the side from which on a trait is shown."""
FEWEST_OWN = 3
"""Own choices that must differ in a measure."""
MOST_TRAITS = 5
_APART = 0.95
"""Probability that a share is not most people's from which on a trait sets a person apart."""
_CLEARLY_OTHER = 0.2
"""How far such a share must lie from most people's."""
_TOGETHER = 0.8
"""Cosine of the sides of two measures, over a person's choices, from which on only one is shown."""


@dataclass(frozen=True, slots=True)
class _Share:
    """What is known of a share: its mean, the probability that it is above a half, and that it is not most people's."""

    mean: float
    above_half: float
    unlike: float


def counted(pairs: Sequence[PreferencePair], prior: CountedPrior) -> Counted:
    """All that counting finds in the choices, whatever their order. It asks no model."""
    rows = rows_of(pairs)
    return told(fit_rows(rows, prior), pairs, rows, prior)


def told(model: CountedModel, pairs: Sequence[PreferencePair], rows: Sequence[Row], prior: CountedPrior) -> Counted:
    """The same of choices that are measured and fitted already; a row a decision, in time order."""
    heads = heads_of(pairs)
    languages = languages_of(heads)
    return Counted(
        choices=len(heads),
        traits=counted_traits(heads, rows, prior),
        passes=passes(model, pairs, rows, prior),
        times=math.exp(min(700.0, model.ratio)),
        contrary=model.share(CONTRARY),
        own=model.share(OWN),
        languages=languages,
        measures={language: counted_in(language) for language in languages},
        prior={"people": prior.people, "choices": prior.choices, "attribution": prior.attribution},
    )


def counted_traits(
    pairs: Sequence[PreferencePair], rows: Sequence[Row], prior: CountedPrior
) -> tuple[CountedTrait, ...]:
    """At most five traits, the surest first, no two of measures that go together."""
    columns = list(zip(*(sides(row) for row in rows), strict=True)) or [()] * len(MEASURES)
    found: list[tuple[CountedTrait, tuple[int, ...]]] = []
    for measure, column, most in zip(MEASURES, columns, prior.shares, strict=True):
        trait = _trait(measure.name, column, pairs, most)
        if trait is not None:
            found.append((trait, column))
    kept: list[tuple[CountedTrait, tuple[int, ...]]] = []
    # Length first: where the answers differ in everything at once, it is what one means.
    for trait, column in sorted(found, key=lambda each: (each[0].measure != LENGTH, *_surest_first(each[0]))):
        if not any(_go_together(trait, column, *other) for other in kept):
            kept.append((trait, column))
    return tuple(sorted((trait for trait, _ in kept), key=_surest_first)[:MOST_TRAITS])


def beside_most(name: str, *, more: bool, its: tuple[int, int], prior: CountedPrior) -> tuple[float, bool]:
    """Of a side of a measure that `its` choices went for and against: the share of most people's that go to it, and whether
    these show that the person is not like them. Raises ValueError for a measure that is not counted."""
    most = prior.shares[NAMES.index(name)]
    counts = its if more else its[::-1]
    usual = most[0] / sum(most)
    return round(usual if more else 1 - usual, 2), _sets_apart(most, _share(most, *counts), *counts)


def sure_of(name: str, *, more: bool, its: tuple[int, int], prior: CountedPrior) -> float:
    """How sure it is that a person leans to a side of a measure whose choices went `its` way for and against it, after what most
    people choose: what few people hold takes more choices to be believed. Raises ValueError for a measure that is not counted."""
    above = _share(prior.shares[NAMES.index(name)], *(its if more else its[::-1])).above_half
    return above if more else 1 - above


def with_ranges(found: Counted, prior: CountedPrior) -> Counted:
    """The same, each trait with the range of its share: what is shown and stored."""
    return replace(found, traits=tuple(_with_range(trait, prior) for trait in found.traits))


def _with_range(trait: CountedTrait, prior: CountedPrior) -> CountedTrait:
    """The trait with the range of its share, from the same distribution that `sure` is read from."""
    most = prior.shares[NAMES.index(trait.measure)]
    sides_ = (trait.for_it, trait.against_it) if trait.more else (trait.against_it, trait.for_it)
    parts = _parts(most, *sides_)
    low, high = _point(parts, _END), _point(parts, 1 - _END)
    low, high = (low, high) if trait.more else (1 - high, 1 - low)
    return replace(trait, low=round(low, 4), high=round(high, 4))


def _point(parts: Sequence[tuple[float, Beta]], below: float) -> float:
    """The share that so much of the distribution lies below, by halving."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if sum(weight * beta_below(*beta, middle) for weight, beta in parts) < below:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _surest_first(trait: CountedTrait) -> tuple[float, int, str]:
    return -trait.sure, -trait.for_it, trait.measure


def _trait(name: str, column: Sequence[int], pairs: Sequence[PreferencePair], most: Beta) -> CountedTrait | None:
    more, less = column.count(1), column.count(-1)
    if more + less < FEWEST_OWN or more == less:
        return None
    share = _share(most, more, less)
    is_more = more > less
    sure = share.above_half if is_more else 1 - share.above_half
    if sure < SURE:
        return None
    usual = most[0] / sum(most)
    side = 1 if is_more else -1
    return CountedTrait(
        measure=name,
        more=is_more,
        supporting=tuple(pair.pair_id for pair, each in zip(pairs, column, strict=True) if each == side),
        opposing=tuple(pair.pair_id for pair, each in zip(pairs, column, strict=True) if each == -side),
        most_people=round(usual if is_more else 1 - usual, 2),
        share=round(share.mean if is_more else 1 - share.mean, 4),
        sure=round(sure, 4),
        sets_apart=_sets_apart(most, share, more, less),
    )


def _sets_apart(most: Beta, share: _Share, more: int, less: int) -> bool:
    own = (more + 1) / (more + less + 2)
    return share.unlike >= _APART and abs(own - most[0] / sum(most)) >= _CLEARLY_OTHER


def _parts(most: Beta, more: int, less: int) -> list[tuple[float, Beta]]:
    """What the share may be after the counts: like most people's, one's own, the contrary; each with its weight."""
    a, b = most
    priors: tuple[Beta, ...] = (most, (1.0, 1.0), (b, a))
    logs = [math.log(share) + log_evidence(prior, more, less) for share, prior in zip(SHARES, priors, strict=True)]
    top = max(logs)
    weights = [math.exp(each - top) for each in logs]
    weights = [weight / sum(weights) for weight in weights]
    return [(weight, (one + more, other + less)) for weight, (one, other) in zip(weights, priors, strict=True)]


def _share(most: Beta, more: int, less: int) -> _Share:
    parts = _parts(most, more, less)
    return _Share(
        mean=sum(weight * one / (one + other) for weight, (one, other) in parts),
        above_half=1 - sum(weight * beta_below(*beta, 0.5) for weight, beta in parts),
        unlike=1 - parts[0][0],
    )


def _go_together(one: CountedTrait, column: Sequence[int], other: CountedTrait, its: Sequence[int]) -> bool:
    if {one.measure, other.measure} <= WITH_LENGTH:
        return True
    together = sum(a * b for a, b in zip(column, its, strict=True))
    cast = math.sqrt(sum(map(abs, column)) * sum(map(abs, its)))
    return abs(together) >= _TOGETHER * cast
