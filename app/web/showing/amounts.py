"""Amounts as bars: what was spent by day, by model and by purpose, and how much of each cap is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.adapters.model_status import title_of
from app.services.operating.spending import Line, Used

PURPOSES = {
    "answer": "answers",
    "explain": "reasons for choices",
    "judge": "guessing choices",
    "vote": "votes on traits",
    "propose": "proposing traits",
    "match": "comparing traits",
    "summarise": "summaries",
    "synthesise": "writing personas",
    "memory": "the proof",
    "learn": "learning a model",
}
"""What a call was for, as the page says it; of any other purpose its own word stands there."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its words; `share` of the longest or of the cap, from 0 to 1. `full`: the cap is reached."""

    label: str
    value: str
    share: float
    note: str = ""
    full: bool = False


def money(dollars: float, tokens: int) -> str:
    """As in "$1.20"; nothing is said of money where no price is known."""
    if not dollars:
        return "no price known" if tokens else "$0.00"
    return f"${dollars:,.2f}" if dollars >= 0.01 else "under $0.01"


def amount(tokens: int, dollars: float) -> str:
    """Tokens, and money where it is known."""
    return f"{tokens:,} tokens" + (f", {money(dollars, tokens)}" if dollars else "")


def cap_bar(used: Used) -> Bar:
    """How much of a cap is used, and when it returns."""
    of_tokens = f"{used.tokens:,} of {used.cap.tokens:,} tokens" if used.cap.tokens else f"{used.tokens:,} tokens"
    dollars = f"${used.dollars:,.2f}"
    of_dollars = f"{dollars} of ${used.cap.micros / 1_000_000:,.2f}" if used.cap.micros else dollars
    returns = used.returns if used.cap.tokens or used.cap.micros else "There is no cap."
    if used.whose.startswith("this site"):
        label, reached = used.whose.capitalize(), "It is reached. " if used.reached else ""
    else:
        label = f"{used.whose.capitalize()}: the most that any used"
        reached = f"{used.reached:,} reached it. " if used.reached else ""
    return Bar(label, f"{of_tokens}, {of_dollars}", min(1.0, used.share), reached + returns, full=bool(used.reached))


def day_bars(lines: Sequence[Line], days: int, today: str) -> list[Bar]:
    """Tokens of each of the last days, the oldest first, days without any included."""
    dates = [(date.fromisoformat(today) - timedelta(days=back)).isoformat() for back in reversed(range(days))]
    return _bars(lines, lambda line: line.day, dates)


def model_bars(lines: Sequence[Line]) -> list[Bar]:
    """Tokens by model, the most first."""
    return _bars(lines, lambda line: title_of(line.model), None)


def purpose_bars(lines: Sequence[Line]) -> list[Bar]:
    """Tokens by purpose, the most first."""
    return _bars(lines, lambda line: PURPOSES.get(line.purpose, line.purpose), None)


def _bars(lines: Sequence[Line], key: Callable[[Line], str], order: Sequence[str] | None) -> list[Bar]:
    tokens: dict[str, int] = {}
    dollars: dict[str, float] = {}
    for line in lines:
        tokens[key(line)] = tokens.get(key(line), 0) + line.tokens
        dollars[key(line)] = dollars.get(key(line), 0.0) + line.dollars
    shown = order if order is not None else sorted(tokens, key=lambda name: (-tokens[name], name))
    most = max(tokens.values(), default=0) or 1
    return [
        Bar(name, amount(tokens.get(name, 0), dollars.get(name, 0.0)), tokens.get(name, 0) / most) for name in shown
    ]
