"""Decisions: choices of one person with one request and one winner are one decision with several losers.

Three choices of one answer over three others say once what the person wants, not three times. Of such a choice only the
loser is new, so whatever counts evidence counts decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.choices.preference import PreferencePair, texts_digest
from app.domain.texts.conversation import digest
from app.domain.texts.storable_text import alike


@dataclass(frozen=True, slots=True)
class Decision:
    """The choices of one decision, in time order; one for each loser. There is at least one."""

    pairs: tuple[PreferencePair, ...]

    @property
    def head(self) -> PreferencePair:
        """The choice that stands for the decision where one is named."""
        return self.pairs[0]


def decisions_of(pairs: Iterable[PreferencePair]) -> list[Decision]:
    """One person's choices by decision, in the order of their first choices in time, whatever order they come in."""
    groups: dict[str, list[PreferencePair]] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.seq, pair.pair_id)):
        groups.setdefault(decided_by(pair), []).append(pair)
    return [Decision(tuple(group)) for group in groups.values()]


def decided_by(pair: PreferencePair) -> str:
    """Digest of request and winner, with what led to it; equal for the choices of one decision, as far as copies keep texts."""
    return digest(
        [[turn.role, alike(turn.content)] for turn in pair.context],
        [[turn.role, alike(turn.content)] for turn in pair.chosen.lead_in],
        alike(pair.chosen.text),
    )


def heads_of(pairs: Iterable[PreferencePair]) -> list[PreferencePair]:
    """The choice that stands for each decision, in time order."""
    return [decision.head for decision in decisions_of(pairs)]


def one_of_each(pairs: Iterable[PreferencePair], seed: int) -> list[PreferencePair]:
    """One choice of each decision, in time order, its loser drawn by the seed and its texts: so a decision is tested once."""
    return [
        min(decision.pairs, key=lambda pair: digest(seed, "loser", texts_digest(pair)))
        for decision in decisions_of(pairs)
    ]


def choices_of(decisions: Iterable[Decision]) -> list[PreferencePair]:
    """The choices of some decisions, decision by decision."""
    return [pair for decision in decisions for pair in decision.pairs]


def in_words(pairs: Sequence[PreferencePair]) -> str:
    """`7 decisions from 12 choices`; `12 choices` where each is a decision of its own."""
    choices, decisions = len(pairs), len(decisions_of(pairs))
    told = f"{choices:,} {'choice' if choices == 1 else 'choices'}"
    return (
        told if decisions == choices else f"{decisions:,} {'decision' if decisions == 1 else 'decisions'} from {told}"
    )
