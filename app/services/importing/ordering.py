"""What the answers to a pasted conversation would cost, told before any of them is ordered."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.spending import UNKNOWN, Price
from app.induction.estimate import estimate_answers
from app.induction.model.language_model import ModelProfile, text_tokens
from app.services.importing import conversations
from app.storage.database import Session

FEWER = (50, 10, 3)
"""Smaller orders that are offered beside the largest."""


@dataclass(frozen=True, slots=True)
class OrderCost:
    """About what the last so many new answers cost if each is given at the first try: calls of the model, tokens of prompts
    and answers, dollars (None where the model's price is not known), minutes on the model at work."""

    answers: int
    calls: int
    tokens: int
    dollars: float | None
    minutes: float


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be ordered of a conversation: `new` answers have no alternative yet, `doubled` have one, and one import
    orders at most `most`. `costs` are orders to choose from, the largest first; none where nothing is new."""

    new: int
    doubled: int
    most: int
    costs: tuple[OrderCost, ...]


def offered(
    session: Session | None,
    account_id: str,
    conversation: conversations.Identified,
    *,
    profile: ModelProfile,
    price: Price,
    most: int,
    answers: int = 0,
) -> Offered:
    """What an import would order and cost: with `answers` that many, else as many as may be and some fewer. `session` is
    None for a stranger, who has nothing here yet. Stores nothing and calls no model."""
    asked = conversation.answers if session is None else conversations.new_answers(session, account_id, conversation)
    positions = [position for position, _ in asked]
    new, largest = len(positions), min(len(positions), most)
    before = [0, *itertools.accumulate(text_tokens(turn.content) + 4 for turn in conversation.turns)]
    sizes = [min(answers, largest)] if answers else [largest, *(size for size in FEWER if size < largest)]
    costs = tuple(_cost([before[at] for at in positions[-size:]], profile, price) for size in sizes if size)
    return Offered(new, len(conversation.answers) - new, most, costs)


def _cost(context_tokens: Sequence[int], profile: ModelProfile, price: Price) -> OrderCost:
    about = estimate_answers(context_tokens, profile)
    dollars = None if price == UNKNOWN else price.micros(about.prompt_tokens, about.answer_tokens) / 1_000_000
    tokens = about.prompt_tokens + about.answer_tokens
    return OrderCost(about.calls, about.calls, tokens, dollars, about.minutes)
