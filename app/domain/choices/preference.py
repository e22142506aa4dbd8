"""Comparisons, verdicts and the preference pairs that verdicts make."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.texts.conversation import Context, Turn, context_as_json, digest
from app.domain.texts.storable_text import alike


class Verdict(StrEnum):
    """The five stored verdicts; only FIRST and SECOND feed induction."""

    FIRST = "first"
    SECOND = "second"
    SAME = "same"
    BOTH_BAD = "both_bad"
    SKIP = "skip"

    @property
    def is_choice(self) -> bool:
        return self in _CHOICES


_CHOICES = (Verdict.FIRST, Verdict.SECOND)


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer to a context. `lead_in` holds turns between the shared context and this answer (MT-bench turn 2)."""

    text: str
    lead_in: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A context with a first and a second completion, undecided."""

    comparison_id: str
    context: Context
    first: Completion
    second: Completion
    conversation_id: str


@dataclass(frozen=True, slots=True)
class PreferencePair:
    """A decided comparison.

    `pair_id` is the comparison's id; `conversation_id` is shared by pairs of one conversation;
    `chosen_first` says on which side the chosen answer was shown; `seq` is the order of the choices in time.
    """

    pair_id: str
    context: Context
    chosen: Completion
    rejected: Completion
    conversation_id: str
    chosen_first: bool
    seq: int = 0

    @property
    def first(self) -> Completion:
        return self.chosen if self.chosen_first else self.rejected

    @property
    def second(self) -> Completion:
        return self.rejected if self.chosen_first else self.chosen


def preference_pair(comparison: Comparison, verdict: Verdict, seq: int = 0) -> PreferencePair | None:
    """The pair that a verdict makes of a comparison, or None where the verdict is no choice."""
    if not verdict.is_choice:
        return None
    first_won = verdict is Verdict.FIRST
    return PreferencePair(
        pair_id=comparison.comparison_id,
        context=comparison.context,
        chosen=comparison.first if first_won else comparison.second,
        rejected=comparison.second if first_won else comparison.first,
        conversation_id=comparison.conversation_id,
        chosen_first=first_won,
        seq=seq,
    )


def pair_digest(context: Context, one: str, other: str) -> str:
    """Identity of a comparison by its texts, blind to sides; the same file imported twice gives equal digests."""
    return digest(context_as_json(context), *sorted((one, other)))


def first_is_left(seed: int) -> bool:
    """The side drawn for a comparison by its stored seed: True keeps the first-made answer first."""
    return random.Random(seed).random() < 0.5


@dataclass(frozen=True, slots=True)
class Split:
    """Pairs in three parts: `train` writes, `validation` selects, `test` does neither."""

    train: tuple[PreferencePair, ...]
    validation: tuple[PreferencePair, ...]
    test: tuple[PreferencePair, ...]


def together(pairs: Sequence[PreferencePair]) -> list[list[PreferencePair]]:
    """The pairs in groups that must not be parted: each shares a conversation, or an answer to the same request.

    Groups and pairs keep the order in which they came.
    """
    leader: dict[str, str] = {}

    def first_of(tie: str) -> str:
        while leader[tie] != tie:
            leader[tie] = leader[leader[tie]]
            tie = leader[tie]
        return tie

    ties = [ties_of(pair) for pair in pairs]
    for talk, *answers in ties:
        leader.setdefault(talk, talk)
        for answer in answers:
            leader[first_of(leader.setdefault(answer, answer))] = first_of(talk)
    groups: dict[str, list[PreferencePair]] = {}
    for pair, (talk, *_) in zip(pairs, ties, strict=True):
        groups.setdefault(first_of(talk), []).append(pair)
    return list(groups.values())


def answers_of(pair: PreferencePair) -> tuple[str, str]:
    """Digests of the request with each of its two answers, by their texts as far as copies keep them (`alike`); equal ones
    are one answer met twice."""
    request = [[turn.role, alike(turn.content)] for turn in pair.context]
    return digest(request, alike(pair.chosen.text)), digest(request, alike(pair.rejected.text))


def texts_digest(pair: PreferencePair) -> str:
    """Identity by texts, blind to sides and verdict and to what a copy may lose. Whatever is drawn is drawn by it: ids are new
    for each account, and equal choices are to give equal figures for everybody."""
    return digest(*sorted(answers_of(pair)))


def ties_of(pair: PreferencePair) -> tuple[str, ...]:
    """What it must not be parted from: its conversation, and each of its answers to its request."""
    return (f"conversation {pair.conversation_id}", *answers_of(pair))


def split(pairs: Sequence[PreferencePair], seed: int, *, validation_share: float, test_share: float) -> Split:
    """Parts `pairs` into train, validation and test without parting what belongs `together`.

    Shares are of the number of pairs; groups are drawn by `seed` and the texts of their first pair, so that
    adding a choice seldom moves another. A share above 0 gets at least one group as long as train keeps one.
    Each part keeps the time order (`seq`).
    """
    drawn = sorted(together(pairs), key=lambda group: digest(seed, texts_digest(group[0])))
    parts: dict[str, list[PreferencePair]] = {"test": [], "validation": []}
    for name, share in (("test", test_share), ("validation", validation_share)):
        wanted = round(share * len(pairs)) if share else 0
        wanted = max(1, wanted) if share else 0
        while wanted > len(parts[name]) and len(drawn) > 1:
            room = wanted - len(parts[name])
            # The first drawn that fits; where none does, the smallest, so that little more than the share is taken.
            taken = next((group for group in drawn if len(group) <= room), None) or min(drawn, key=len)
            drawn.remove(taken)
            parts[name].extend(taken)
    train = [pair for group in drawn for pair in group]

    def ordered(part: list[PreferencePair]) -> tuple[PreferencePair, ...]:
        return tuple(sorted(part, key=lambda pair: (pair.seq, pair.pair_id)))

    return Split(train=ordered(train), validation=ordered(parts["validation"]), test=ordered(parts["test"]))
