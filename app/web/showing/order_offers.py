"""How many answers an import may order, each with what it costs, in words."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.importing.ordering import Offered, OrderCost
from app.web.showing.offers import minutes_in_words
from app.web.showing.rendering import plural


@dataclass(frozen=True, slots=True)
class OrderOffer:
    """One choice: so many answers, and about what they cost."""

    answers: int
    name: str
    words: str


def order_offers(offered: Offered) -> list[OrderOffer]:
    """The choices, the largest first."""
    return [OrderOffer(cost.answers, _name(offered, cost), cost_in_words(cost)) for cost in offered.costs]


def cost_in_words(cost: OrderCost) -> str:
    """As in `About 12 calls, 8,000 tokens, $0.02 and a minute`, without more digits than an estimate has."""
    tokens = int(float(f"{cost.tokens:.1e}"))
    return (
        f"About {plural(cost.calls, 'call')} and {plural(tokens, 'token')}, {_money(cost.dollars)}, "
        f"{minutes_in_words(cost.minutes)}."
    )


def _money(dollars: float | None) -> str:
    if dollars is None:
        return "at a price that is not known here"
    if not dollars:
        return "no money"
    return "less than a cent" if dollars < 0.01 else f"about ${dollars:,.2f}"


def _name(offered: Offered, cost: OrderCost) -> str:
    if cost.answers == offered.new:
        return "The one new answer." if offered.new == 1 else f"All {offered.new:,}."
    return "The last one." if cost.answers == 1 else f"The last {cost.answers:,}."
