"""Saying more of a verdict than its value: how strong it is, and why. Nobody has to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.choices.preference import Verdict
from app.domain.choices.reasons import STRENGTHS, as_text, from_text
from app.domain.errors import BadInput, NotFound
from app.storage.choosing import comparisons, verdicts
from app.storage.database import Session
from app.storage.people import accounts


@dataclass(frozen=True)
class WhyView:
    """What was said of a choice: a key of STRENGTHS or "", and keys of REASONS."""

    strength: str
    reasons: tuple[str, ...]


def say_why(session: Session, account_id: str, comparison_id: str, strength: str, reasons: Collection[str]) -> None:
    """Keeps, in place of what was said before, how strong a choice is ("" where not said) and why. Raises NotFound without a verdict for
    one of the answers, and BadInput for words that are not listed."""
    if strength and strength not in STRENGTHS:
        raise BadInput("A choice can be a little better or clearly better.")
    stored = as_text(reasons)
    accounts.lock(session, account_id)
    comparisons.find(session, account_id, comparison_id)
    given = verdicts.current(session, comparison_id)
    if given is None or not Verdict(given.value).is_choice:
        raise NotFound("There is no choice here to say more of.")
    given.strength, given.reasons = strength, stored
    session.add(given)
    session.flush()


def why(session: Session, account_id: str, comparison_id: str) -> WhyView | None:
    """What was said of a choice of the account; None where its verdict is for neither answer."""
    value, strength, reasons = verdicts.said(session, account_id, comparison_id)
    return WhyView(strength, from_text(reasons)) if value and Verdict(value).is_choice else None
