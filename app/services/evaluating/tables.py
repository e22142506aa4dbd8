"""What an evaluation found, as a table to print, sentences under it, figures for programs and a plot."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field
from typing import Any

NONE = "–"


@dataclass(frozen=True, slots=True)
class Findings:
    """The answer to one question. `figures` are the table's numbers unrounded, one object a row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    figures: tuple[dict[str, Any], ...]
    more: dict[str, Any] = field(default_factory=dict)
    """Figures that belong to no row, such as a slope."""
    plot: str = ""

    def as_text(self) -> str:
        """The table in columns, the first to the left and the others to the right, and the sentences."""
        lines = [self.columns, *self.rows]
        widths = [max(_width(line[place]) for line in lines) for place in range(len(self.columns))]
        printed = ["  ".join(_padded(cell, widths[at], left=not at) for at, cell in enumerate(line)) for line in lines]
        printed.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([self.title, "", *(line.rstrip() for line in printed), "", *self.words]) + "\n"

    def as_json(self) -> dict[str, Any]:
        """`{"title", "rows": [...], "words": [...], ...}`; numbers that are none (nan) are null."""
        found = {"title": self.title, "rows": self.figures, "words": list(self.words), **self.more}
        json_able: dict[str, Any] = _json_able(found)
        return json_able


def percent(share: float) -> str:
    """As in `62.5 %`, or a dash where there is nothing."""
    return NONE if math.isnan(share) else f"{100 * share:.1f} %"


def points(difference: float) -> str:
    """A difference of shares as percentage points with its sign, `+3.2`."""
    return NONE if math.isnan(difference) else f"{100 * difference:+.1f}"


def between(low: float, high: float, *, signed: bool = False) -> str:
    """An interval, `51.0 to 72.1`, in per cent or, signed, in points."""
    form = "+.1f" if signed else ".1f"
    return NONE if math.isnan(low) else f"{100 * low:{form}} to {100 * high:{form}}"


def p_value(p: float) -> str:
    """Three places, `< 0.001` below them."""
    return NONE if math.isnan(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"


def counted(number: int, noun: str) -> str:
    """As in `1 person`, `2 people`, `3 choices`."""
    plural = {"person": "people"}.get(noun, f"{noun}s")
    return f"{number:,} {noun if number == 1 else plural}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _padded(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text


def _json_able(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _json_able(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_json_able(part) for part in value]
    return value
