"""From votes to traits: which statements separate what was chosen from what was not, how much, and for which requests.

All of it is arithmetic on the votes and costs no call, so folds and candidates can do it again on part of the choices. A
decision votes as a whole, by the mean of its choices' votes: it is for a statement where that is above 0, against it below.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.domain.choices.decisions import Decision, decisions_of
from app.domain.choices.preference import PreferencePair
from app.domain.personas.persona import Trait
from app.domain.personas.style_claims import claimed_measure
from app.domain.texts.request_kinds import KINDS
from app.domain.texts.scopes import applies, conditioned, scope_of
from app.induction.counting.counted_traits import beside_most, sure_of
from app.induction.counting.prior import CountedPrior, shipped_prior
from app.induction.counting.weights import Weights, chance_of, fit_weights
from app.induction.traits.ballots import Votes
from app.induction.traits.commonness import is_anybodys, is_seen_widely, rank
from app.induction.wording.private_matters import mentions_private_matters, speaks_of_the_person
from app.induction.wording.statements import MOST_TRAITS, say_the_same, shared_words

FEWEST_TRAITS = 3
SURE_ENOUGH, LEAST_SURE = 0.8, 0.6
"""Posterior probability of a positive weight from which a trait stands; and from which it may where fewer than three do."""
_FEWEST_OF_A_KIND = 4
_PARTED = 2.5
"""Standard errors by which a leaning must differ between one kind of request and the others to be bound to it."""
_TWINS, _CONTRARY = 0.8, -0.8
"""Cosines of two columns of votes from which they say the same, or the contrary. Two leanings that the answers seldom
offer together (short, with examples) speak against one another as well, and are both a person's."""
CHANCE = 0.05
"""The most that choices without any taste may look as consistent for a taste to count as found."""


@dataclass(frozen=True, slots=True)
class Column:
    """One leaning with a vote a decision, from -1 to 1: `text` is worded so that most votes are for it.

    `place` and `sign` say which statement it came from, and whether it is that statement or its contrary.
    """

    text: str
    when: str
    votes: tuple[float, ...]
    place: int
    sign: int

    @property
    def support(self) -> int:
        return sum(vote > 0 for vote in self.votes)

    @property
    def against(self) -> int:
        return sum(vote < 0 for vote in self.votes)

    @property
    def strength(self) -> float:
        """The score statistic: how far the votes are from an even split, in standard errors."""
        return sum(self.votes) / math.sqrt(max(1, self.support + self.against))


@dataclass(frozen=True, slots=True)
class Evidence:
    """The traits that hold, what goes against common taste first and what is common taste last, the strongest of each first; their
    weights in the same order, and the votes of all statements."""

    traits: tuple[Trait, ...]
    columns: tuple[Column, ...]
    weights: Weights
    rows: tuple[tuple[float, ...], ...]
    statements: int
    seed: int

    @property
    def chance(self) -> float:
        """How likely chance alone is: the sign-flip test over all statements (weights.chance_of). It takes a moment,
        and most evidence (folds, halves, points of a curve) is never asked."""
        return chance_of(self.rows, self.statements, self.seed)

    def log_odds(self, votes: Votes, pair: PreferencePair) -> float | None:
        """What the traits say of a pair that need not be among those they were weighed on; None without its votes."""
        said = self._said(votes, pair)
        return None if said is None else self.weights.log_odds(said)

    def tells_apart(self, votes: Votes, pair: PreferencePair) -> bool:
        """Whether a trait that holds for the request speaks for either answer of a pair."""
        return any(self._said(votes, pair) or ())

    def _said(self, votes: Votes, pair: PreferencePair) -> list[float] | None:
        cast = votes.by_pair.get(pair.pair_id)
        if cast is None:
            return None
        kind = votes.kind_of(pair)
        return [column.sign * cast[column.place] * applies(column.when, kind) for column in self.columns]


def weigh(
    votes: Votes,
    pairs: Sequence[PreferencePair],
    seed: int,
    prior: CountedPrior | None = None,
    guessed: Mapping[str, bool] = MappingProxyType({}),
) -> Evidence:
    """What the votes on `pairs` say. A trait has more decisions for it than against it, is seen on a fifth of those that it concerns,
    and was chosen on two different requests.

    `prior` is what most people choose, which stands beside a trait that can be counted; by default the one that comes along. `guessed`
    says of choices (by id) whether they were guessed rightly by a judge who knew nothing of the person.
    """
    voted = decisions_of(pair for pair in pairs if pair.pair_id in votes.by_pair)
    rows = [_cast(votes, decision) for decision in voted]
    most = prior or shipped_prior()
    columns = _different(
        [one for one in _columns(votes, voted, rows) if _may_hold(one, votes, voted) and _is_believed(one, most)]
    )
    weights = fit_weights([[column.votes[row] for column in columns] for row in range(len(voted))], len(columns))
    order = sorted(range(len(columns)), key=lambda place: (-weights.is_positive(place), columns[place].text))
    kept = [place for place in order if weights.is_positive(place) >= LEAST_SURE][:MOST_TRAITS]
    sure = [place for place in kept if weights.is_positive(place) >= SURE_ENOUGH]
    kept = sure if len(sure) >= FEWEST_TRAITS else kept[:FEWEST_TRAITS]
    found = {place: _trait(columns[place], votes, voted, weights, place) for place in kept}
    beside = {place: _beside_most(trait, most) for place, trait in found.items()}
    told = {place: _beside_a_judge(trait, columns[place], votes, voted, guessed) for place, trait in beside.items()}
    kept = sorted(kept, key=lambda place: rank(told[place], guessed))
    return Evidence(
        tuple(told[place] for place in kept),
        tuple(columns[place] for place in kept),
        Weights(tuple(weights.values[place] for place in kept), tuple(weights.spreads[place] for place in kept)),
        tuple(rows),
        len(votes.statements),
        seed,
    )


def _may_hold(column: Column, votes: Votes, decisions: Sequence[Decision]) -> bool:
    concerned = len(decisions)
    if column.when:
        concerned = sum(applies(column.when, votes.kind_of(decision.head)) for decision in decisions)
    return column.support > column.against and is_seen_widely(column.votes, decisions, concerned)


def _is_believed(column: Column, prior: CountedPrior) -> bool:
    """Whether a leaning that can be counted is likelier than not the person's after what most people choose."""
    claimed = None if column.when else claimed_measure(column.text)
    if claimed is None:
        return True
    its = column.support, column.against
    return sure_of(claimed[0], more=claimed[1] > 0, its=its, prior=prior) >= LEAST_SURE


def _cast(votes: Votes, decision: Decision) -> tuple[float, ...]:
    """What each statement says of a decision: the mean of its votes on the choices."""
    cast = [votes.by_pair[pair.pair_id] for pair in decision.pairs]
    return tuple(sum(column) / len(cast) for column in zip(*cast, strict=True))


def _columns(votes: Votes, decisions: Sequence[Decision], rows: Sequence[Sequence[float]]) -> list[Column]:
    """One column a statement, or two where it leans differently for one kind of request: that kind, and those it was seen in else."""
    kinds = [votes.kind_of(decision.head) for decision in decisions]
    found: list[Column] = []
    for place, statement in enumerate(votes.statements):
        cast = [row[place] for row in rows]
        kind = "" if statement.when else _parting_kind(cast, kinds)
        parts = [(statement.when, cast)]
        if kind:
            inside = [vote if its == kind else 0 for vote, its in zip(cast, kinds, strict=True)]
            outside = [vote if its != kind else 0 for vote, its in zip(cast, kinds, strict=True)]
            parts = [(kind, inside), (_seen_in(outside, kinds), outside)]
        for when, part in parts:
            text, sign = (statement.text, 1) if sum(part) >= 0 else (statement.opposite, -1)
            if text:
                found.append(Column(conditioned(when, text), when, tuple(sign * vote for vote in part), place, sign))
    return [column for column in _reconciled(found, kinds) if _may_be_shown(column.text)]


def _reconciled(columns: Sequence[Column], kinds: Sequence[str]) -> list[Column]:
    """The columns, those for any request confined to the other kinds they were seen in where one for a kind votes against them."""
    bound = [column for column in columns if column.when in KINDS]
    found = []
    for column in columns:
        against = next((one.when for one in bound if not column.when and _goes_against(one, column)), "")
        found.append(_without(column, against, kinds) if against else column)
    return [column for column in found if any(column.votes)]


def _without(column: Column, kind: str, kinds: Sequence[str]) -> Column:
    votes = tuple(0 if its == kind else vote for vote, its in zip(column.votes, kinds, strict=True))
    when = _seen_in(votes, kinds)
    return replace(column, text=conditioned(when, column.text), when=when, votes=votes)


def _seen_in(votes: Sequence[float], kinds: Sequence[str]) -> str:
    """The scope of the requests on which there is a vote, for it or against it."""
    return scope_of(kind for vote, kind in zip(votes, kinds, strict=True) if vote)


def _goes_against(one: Column, other: Column) -> bool:
    """Whether two columns vote against one another nearly wherever both vote."""
    both = [a * b for a, b in zip(one.votes, other.votes, strict=True) if a and b]
    return bool(both) and sum(both) <= _CONTRARY * len(both)


def _parting_kind(cast: Sequence[float], kinds: Sequence[str]) -> str:
    """The kind of request for which the votes lean most differently from all others, or "" where none parts them."""
    best, parted = "", _PARTED
    for kind in KINDS:
        inside = [vote for vote, its in zip(cast, kinds, strict=True) if vote and its == kind]
        outside = [vote for vote, its in zip(cast, kinds, strict=True) if vote and its != kind]
        if min(len(inside), len(outside)) < _FEWEST_OF_A_KIND:
            continue
        gap = abs(sum(inside) / len(inside) - sum(outside) / len(outside))
        if gap / math.sqrt(1 / len(inside) + 1 / len(outside)) > parted:
            best, parted = kind, gap / math.sqrt(1 / len(inside) + 1 / len(outside))
    return best


def _may_be_shown(text: str) -> bool:
    return not mentions_private_matters(text) and not speaks_of_the_person(text)


def _different(columns: Sequence[Column]) -> list[Column]:
    """The columns without those that say, or vote, the same as a stronger one or its contrary."""
    common = shared_words([column.text for column in columns])
    kept: list[Column] = []
    for column in sorted(columns, key=lambda one: (-one.strength, one.text)):
        rivals = [one for one in kept if one.when == column.when]
        if not any(say_the_same(one.text, column.text, common) or _is_taken(one, column) for one in rivals):
            kept.append(column)
    return kept


def _is_taken(one: Column, other: Column) -> bool:
    """Whether the votes of two columns go together, or against one another, too much for both to be shown."""
    together = sum(a * b for a, b in zip(one.votes, other.votes, strict=True))
    cast = math.sqrt((one.support + one.against) * (other.support + other.against))
    return bool(cast) and not _CONTRARY < together / cast < _TWINS


def _trait(column: Column, votes: Votes, decisions: Sequence[Decision], weights: Weights, place: int) -> Trait:
    """Its evidence is one choice of each decision: the first that says what the decision says."""

    def speaking(side: int) -> tuple[str, ...]:
        return tuple(
            next(
                pair.pair_id
                for pair in decision.pairs
                if side * column.sign * votes.by_pair[pair.pair_id][column.place] > 0
            )
            for decision, vote in zip(decisions, column.votes, strict=True)
            if side * vote > 0
        )

    return Trait(
        column.text,
        supporting=speaking(1),
        opposing=speaking(-1),
        weight=round(weights.values[place], 4),
        spread=round(weights.spreads[place], 4),
        when=column.when,
    )


def _beside_most(trait: Trait, prior: CountedPrior) -> Trait:
    """The trait with what most people do, where it speaks of one thing that is counted, and of every request."""
    claimed = claimed_measure(trait.text)
    if claimed is None or trait.when:
        return trait
    its = len(trait.supporting), len(trait.opposing)
    most_people, sets_apart = beside_most(claimed[0], more=claimed[1] > 0, its=its, prior=prior)
    return replace(trait, most_people=most_people, sets_apart=sets_apart)


def _beside_a_judge(
    trait: Trait, column: Column, votes: Votes, decisions: Sequence[Decision], guessed: Mapping[str, bool]
) -> Trait:
    """The trait, said to be common taste where a judge who knew nothing chose its way throughout, and people are not known to differ."""
    cast = {
        pair.pair_id: column.sign * votes.by_pair[pair.pair_id][column.place]
        for decision, vote in zip(decisions, column.votes, strict=True)
        if vote
        for pair in decision.pairs
    }
    return replace(trait, is_common=trait.most_people is None and is_anybodys(cast, guessed))
