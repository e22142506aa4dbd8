"""What the plots are drawn with: strokes, texts and scales as SVG text, without script or library.

Colours are middling ones that stand out from a white and from a black page alike; nothing is told by colour alone.
Shares are drawn between the marks that hold all of them, in steps of ten per cent.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

INK = "#767676"
MARK = "#3b7dbf"
RULE = "#9a9a9a"
SIGN_WIDTH = 7.2
LINE = 18
"""Height of a line of text under a plot."""
_FONT = 'font-family="system-ui, sans-serif" font-size="13"'
_MARGIN = 16
_TITLE_WIDTH = 8.0


@dataclass(frozen=True, slots=True)
class Scale:
    """From a range of values to a range of places on the page."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low)

    def inside(self, value: float) -> float:
        """The place of a value, or of the end of the scale that it lies beyond."""
        return self(min(self.high, max(self.low, value)))


def range_of(values: Sequence[float]) -> tuple[float, float]:
    """Whole tenths that hold all the values, and a fifth at least."""
    known = [value for value in values if not math.isnan(value)] or [0.5]
    low = max(0.0, math.floor(10 * min(known) + 1e-9) / 10)
    high = min(1.0, math.ceil(10 * max(known) - 1e-9) / 10)
    return (low, high) if high - low >= 0.2 else (max(0.0, low - 0.1), min(1.0, high + 0.1))


def marks(low: float, high: float) -> list[float]:
    """The tenths from one end to the other."""
    return [mark / 10 for mark in range(round(10 * low), round(10 * high) + 1)]


def stroke(
    x1: float, y1: float, x2: float, y2: float, *, colour: str = RULE, width: float = 1, dashed: bool = False
) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{dash}/>'


def circle(x: float, y: float, *, hollow: bool = False) -> str:
    """A dot; a hollow one rests on less than the others."""
    look = f'fill="#fff" stroke="{MARK}" stroke-width="2"' if hollow else f'fill="{MARK}"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 if hollow else 5}" {look}/>'


def label(x: float, y: float, words: str, anchor: str) -> str:
    shown = escape("".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in words))
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{INK}">{shown}</text>'


def svg(title: str, width: float, height: float, parts: Sequence[str], key: Sequence[str] = ()) -> str:
    """The picture: a title over the parts, and under them (from `height` on) the sentences that say what is what."""
    shown = "".join(sign for sign in title if sign.isprintable())
    width = max(width, 2 * _MARGIN + _TITLE_WIDTH * len(shown))
    most = max(20, int((width - 2 * _MARGIN) / SIGN_WIDTH))
    lines = [line for sentence in key for line in textwrap.wrap(sentence, most)]
    under = [label(_MARGIN, height + LINE * at, line, "start") for at, line in enumerate(lines)]
    height += LINE * len(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" {_FONT}><title>{escape(shown)}</title>'
        f"{label(_MARGIN, 22, title, 'start')}{''.join(parts)}{''.join(under)}</svg>\n"
    )
