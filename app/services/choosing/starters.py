"""Ready-made pairs of answers, so that a first choice needs no model and no waiting.

They were written for this program along the ways in which tastes differ (app/samples/README.md): both answers are right and
written with equal care. Shown on the first pages and put into an account when its owner asks for them or judges the first
one. Marked as samples; a choice on one is the person's own and is exported with their consent.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.choices.preference import first_is_left, pair_digest
from app.domain.choices.telling_order import most_telling
from app.domain.errors import BadInput, NotFound
from app.domain.letter import Unsettled
from app.domain.texts.conversation import Context, Turn, context_as_json, context_from_json
from app.storage.choosing import comparisons
from app.storage.database import Session
from app.storage.people import accounts
from app.storage.tables import ComparisonRow, CompletionRow, ConversationRow

FILE = Path(__file__).resolve().parents[2] / "samples" / "starters.jsonl"
WRITTEN_AS = "ready-made"
"""Stands where a model's name stands; what tells the two answers apart is the manner each was written in."""
MOST_TO_SETTLE = 3
SEVERAL = "several"
"""The axis of the first ten pairs, which differ in seven at once: who goes by any one of them shows it in all ten choices."""
_ONE_SIDE = frozenset(
    {
        *("short", "plain", "sure", "answer first", "takes a stand", "asks back", "flowing text"),
        *("with an example", "with examples"),
    }
)
"""The manners of one side of each axis; those of the other have more words for it."""
_AXES_OF_SEVERAL = ("length", "lists", "warmth", "hedging", "examples", "answer-first", "question-back")
"""In the order in which such a pair names the manners of each answer."""
_SEEDS = range(2**61, 2**62)
"""All of 19 digits, so that a page's length does not change with the draw."""


@dataclass(frozen=True)
class StarterAnswer:
    """One answer as it is shown before the verdict; `manner` says in a word or two how it was written."""

    text: str
    manner: str
    lead_in: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class Starter:
    """A ready-made pair, its sides not drawn yet; `axis` is the way in which its answers differ, `name` its key here."""

    name: str
    topic: str
    axis: str
    context: Context
    one: StarterAnswer
    other: StarterAnswer
    digest: str

    def sides(self, manner: str) -> list[tuple[str, bool]]:
        """What a choice of the answer written in this manner says: the axes of the pair, and whether it went to the one side."""
        axes = _AXES_OF_SEVERAL if self.axis == SEVERAL else (self.axis,)
        manners = manner.split(", ") if self.axis == SEVERAL else [manner]
        return [(axis, of_one_side(each)) for axis, each in zip(axes, manners, strict=True)]

    def drawn(self, seed: int) -> StarterView:
        """The pair with the sides that the seed draws."""
        first, second = (self.one, self.other) if first_is_left(seed) else (self.other, self.one)
        return StarterView(self.name, self.context, first, second, seed)


@dataclass(frozen=True)
class StarterView:
    """A pair that waits for a choice, its sides drawn; it is in no account yet, so `comparison_id` is ""."""

    name: str
    context: Context
    first: StarterAnswer
    second: StarterAnswer
    side_seed: int
    is_sample: bool = True
    comparison_id: str = ""
    earlier: int = 0
    stopped: bool = False


@lru_cache(maxsize=1)
def starters() -> tuple[Starter, ...]:
    """All ready-made pairs, in the order in which they are offered."""
    return tuple(_starter(json.loads(line)) for line in FILE.read_text(encoding="utf-8").splitlines())


def _starter(stored: dict[str, Any]) -> Starter:
    context = context_from_json(stored["context"])
    one = StarterAnswer(stored["first"], stored["first_style"])
    other = StarterAnswer(stored["second"], stored["second_style"])
    digest = pair_digest(context, one.text, other.text)
    return Starter(stored["name"], stored["topic"], stored["axis"], context, one, other, digest)


def first_pair() -> StarterView:
    """The pair that a stranger is shown, its sides drawn anew; the form that judges it sends `side_seed` back."""
    return starters()[0].drawn(secrets.choice(_SEEDS))


def add_starters(session: Session, account_id: str, shown_seed: int | None = None) -> dict[str, str]:
    """Puts the pairs that the account does not have yet into it; gives each name's comparison id, old ones included.

    Sides are drawn for each person; `shown_seed` is the one that the first pair was shown with. Raises BadInput for a seed
    that `first_pair` cannot have drawn.
    """
    if shown_seed is not None and shown_seed not in _SEEDS:
        raise BadInput("The page does not say which answer stood on which side. Load it again; nothing was stored.")
    accounts.lock(session, account_id)
    known = comparisons.ids_by_digest(session, account_id, [starter.digest for starter in starters()])
    seq = comparisons.last_seq(session, account_id)
    rows: list[comparisons.Row] = []
    added: dict[str, str] = {}
    for place, starter in enumerate(starters()):
        if starter.digest in known:
            added[starter.name] = known[starter.digest]
            continue
        seq += 1
        seed = shown_seed if place == 0 and shown_seed is not None else secrets.choice(_SEEDS)
        made = _rows(starter.drawn(seed), starter.digest, account_id, seq)
        rows += made
        added[starter.name] = made[-1].comparison_id
    comparisons.add_all(session, rows)
    return added


def tells_most(session: Session, account_id: str, comparison_id: str) -> str:
    """Of a comparison that is a ready-made pair the one of those that wait which tells most: its id. First those that differ in several
    ways at once, then by what these have shown (domain/choices/telling_order). Any other comparison's own id."""
    known = comparisons.styles_by_digest(session, account_id, [starter.digest for starter in starters()])
    if comparison_id not in (each for each, _ in known.values()):
        return comparison_id
    mine = [(starter, known[starter.digest][1]) for starter in starters() if starter.digest in known]
    seen = [
        side
        for starter, style in mine
        if style is not None and style in (starter.one.manner, starter.other.manner)
        for side in starter.sides(style)
    ]
    return known[next_of([starter for starter, style in mine if style is None], seen).digest][0]


def next_of(waiting: Sequence[Starter], seen: Sequence[tuple[str, bool]]) -> Starter:
    """Which of these pairs (one at least, in the order of all) tells most after choices that went to such sides of axes."""
    axes = list(dict.fromkeys(starter.axis for starter in waiting))
    axis = SEVERAL if SEVERAL in axes else most_telling(axes, seen)
    return next(starter for starter in waiting if starter.axis == axis)


def of_one_side(manner: str) -> bool:
    """Whether an answer written in this manner is of the one side of its axis, or else of the other."""
    return manner in _ONE_SIDE


def ready_made(session: Session, account_id: str, comparison_ids: Sequence[str]) -> frozenset[str]:
    """Those of these comparisons of the account that are ready-made pairs."""
    known = comparisons.ids_by_digest(session, account_id, [starter.digest for starter in starters()])
    return frozenset(known.values()).intersection(comparison_ids)


def has_more(session: Session, account_id: str) -> bool:
    """Whether there are ready-made pairs that the account was not given yet."""
    known = comparisons.ids_by_digest(session, account_id, [starter.digest for starter in starters()])
    return len(known) < len(starters())


@dataclass(frozen=True)
class SettlingPair:
    """A ready-made pair that would tell most: its key, the request, and in which way its answers differ."""

    name: str
    question: str
    words: str


def settling_pairs(session: Session, account_id: str, axes: Sequence[Unsettled]) -> list[SettlingPair]:
    """At most three pairs without a verdict of this person, one of each axis in turn, in the order of the axes. It changes
    nothing: `settle` puts the one that is asked for into the account."""
    known = comparisons.styles_by_digest(session, account_id, [starter.digest for starter in starters()])
    left = [starter for starter in starters() if known.get(starter.digest, ("", None))[1] is None]
    rows = [[(axis, starter) for starter in left if starter.axis == axis.axis] for axis in axes]
    in_turn = [row[place] for place in range(max(map(len, rows), default=0)) for row in rows if place < len(row)]
    return [SettlingPair(one.name, one.context[-1].content, axis.words) for axis, one in in_turn[:MOST_TO_SETTLE]]


def settle(session: Session, account_id: str, name: str) -> str:
    """The comparison's id of this pair, put into the account with all others where it is not there yet. Raises NotFound for
    a name that no pair has."""
    if name not in {starter.name for starter in starters()}:
        raise NotFound(
            "There is no ready-made pair of this name. Those that would settle most stand on your persona's page."
        )
    return add_starters(session, account_id)[name]


def _rows(
    starter: StarterView, digest: str, account_id: str, seq: int
) -> tuple[ConversationRow, CompletionRow, CompletionRow, ComparisonRow]:
    context = context_as_json(starter.context)
    conversation = ConversationRow(
        account_id=account_id, source="sample", title=starter.context[-1].content[:200], turns=context
    )
    first, second = (
        CompletionRow(account_id=account_id, text=answer.text, model=WRITTEN_AS, style=answer.manner)
        for answer in (starter.first, starter.second)
    )
    comparison = ComparisonRow(
        account_id=account_id,
        conversation_id=conversation.conversation_id,
        seq=seq,
        source="sample",
        is_sample=True,
        context=context,
        first_id=first.completion_id,
        second_id=second.completion_id,
        side_seed=starter.side_seed,
        pair_sha256=digest,
    )
    return conversation, first, second, comparison
