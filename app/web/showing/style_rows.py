"""What was counted in the answers a person took, as rows of a plot: never a count alone, each beside what most people take."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from app.domain.letter.names import is_named, side
from app.web.showing.views import IntervalRow

FEWEST_THAT_DIFFER = 3


def style_rows(
    style: Mapping[str, Any] | None, told: Collection[str] = (), most: int | None = None
) -> list[IntervalRow]:
    """Rows from `StyleFacts.as_json()` (domain/personas/style_facts), those first that most decisions differ in, at most `most`:
    each is of the side that was taken more often, so that it has the counts of the trait on it.

    Left out are measures that are `told` of above, what fewer than three decisions differ in, and what is not known of most
    people, as in what was stored before that was kept.
    """
    facts: Iterable[Mapping[str, Any]] = (style or {}).get("facts", [])
    shown = [
        fact
        for fact in facts
        if fact["n"] >= FEWEST_THAT_DIFFER
        and fact.get("most_people") is not None
        and is_named(str(fact["name"]))
        and fact["name"] not in told
    ]
    return [_row(fact) for fact in sorted(shown, key=lambda fact: -int(fact["n"]))[:most]]


def _row(fact: Mapping[str, Any]) -> IntervalRow:
    n, others = int(fact["n"]), float(fact["most_people"])
    is_more = 2 * int(fact["more"]) >= n
    ends = float(fact["low"]), float(fact["high"])
    low, high = ends if is_more else (1 - ends[1], 1 - ends[0])
    taken = int(fact["more"]) if is_more else n - int(fact["more"])
    return IntervalRow(
        label=side(str(fact["name"]), more=is_more).taken,
        share=taken / n,
        low=low,
        high=high,
        count=f"{taken} of {n}",
        sure=bool(fact["stands_out"]),
        others=others if is_more else 1 - others,
    )
