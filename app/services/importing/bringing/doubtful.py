"""Doubtful choices of an archive, confirmed one by one: pairs of which one answer was gone on from (C), and corrections (E)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.choices.preference import Verdict
from app.domain.errors import NotFound
from app.domain.texts.conversation import Context, Turn
from app.storage.bringing import suggested
from app.storage.choosing import comparisons, contexts, verdicts
from app.storage.database import Session
from app.storage.people import accounts

TURNS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Card:
    """A pair with what was seen of it. `context` ends with the question; `value` is the verdict that was seen, which waits to be
    confirmed; `wish` is with what words the answer was pushed back on, "" for C."""

    comparison_id: str
    grade: str
    context: Context
    first: str
    second: str
    value: Verdict
    wish: str


@dataclass(frozen=True, slots=True)
class Stack:
    """How many cards wait, the one on top, and the one that Undo is about."""

    waiting: int
    card: Card | None
    last: str | None


def stack(session: Session, account_id: str) -> Stack:
    """The cards as they lie now."""
    top = suggested.next_waiting(session, account_id)
    card = _card(session, account_id, top) if top else None
    return Stack(suggested.count(session, account_id), card, suggested.last_confirmed(session, account_id))


def _card(session: Session, account_id: str, top: suggested.Suggested) -> Card:
    found = comparisons.find(session, account_id, top.comparison_id)
    total = contexts.length(found.row)
    shown: Context = contexts.some(session, found.row, max(0, total - TURNS_SHOWN), total)
    return Card(
        comparison_id=top.comparison_id,
        grade=top.grade,
        context=shown,
        first=found.first.text,
        second=found.second.text,
        value=Verdict(top.value),
        wish=_wish(top.said, top.length) if top.grade == "E" else "",
    )


def _wish(said: tuple[Turn, ...], length: int) -> str:
    """The turn after the answer that followed so many turns."""
    return said[length + 1].content if len(said) > length + 1 else ""


def confirm(session: Session, account_id: str, comparison_id: str, value: Verdict) -> None:
    """Gives the person's word on a card. It was seen before which answer was theirs, so it stands with the verdicts that were
    brought in, and not with blind ones. Raises NotFound."""
    accounts.lock(session, account_id)
    row = comparisons.find(session, account_id, comparison_id).row
    if not row.suggested:
        raise NotFound("This pair is none that waits to be confirmed.")
    stands = verdicts.standing(session, account_id, comparison_id, value)
    if stands.value != value:
        verdicts.give(session, account_id, comparison_id, stands, value, None, imported=True)


def undo(session: Session, account_id: str) -> None:
    """Puts the card back on which a word was given last; without one nothing is changed."""
    accounts.lock(session, account_id)
    last = suggested.last_confirmed(session, account_id)
    given = verdicts.current(session, last) if last else None
    if given:
        verdicts.take_back(session, given)
