"""Plots as SVG text: dots with intervals, a line with its band, a matrix. Drawn here, without script or library.

Colours are middling ones that stand out from a white and from a black page alike; nothing is told by colour alone.
Shares are drawn between the marks that hold all of them, in steps of ten per cent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

INK = "#767676"
MARK = "#3b7dbf"
RULE = "#9a9a9a"
_FONT = 'font-family="system-ui, sans-serif" font-size="13"'
_SIGN_WIDTH = 7.2
_ROW = 28
_WIDE, _HIGH = 420, 260


@dataclass(frozen=True, slots=True)
class Dot:
    """A share with its interval; `low` and `high` are nan where it has none."""

    label: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """Dots over a number, the straight line through them with its band, and a level to compare with (nan: none)."""

    dots: Sequence[tuple[float, Dot]]
    slope: float
    intercept: float
    slope_low: float
    slope_high: float
    level: float
    level_label: str


def dots_with_intervals(title: str, dots: Sequence[Dot], *, level: float = 0.5) -> str:
    """One row a dot, its interval as a bar, its figure beside it; a dashed line stands at `level`."""
    left = 16 + _SIGN_WIDTH * max((len(dot.label) for dot in dots), default=0)
    low, high = _range([level, *_ends(dots)])
    across = _Scale(low, high, left, left + _WIDE)
    bottom = 40 + _ROW * len(dots)
    parts = [_upright(across, mark, 40, bottom) for mark in _marks(low, high)]
    parts.append(_stroke(across(level), 36, across(level), bottom, dashed=True))
    for place, dot in enumerate(dots):
        y = 40 + _ROW * (place + 0.5)
        parts.append(_text(left - 10, y + 4, dot.label, "end"))
        if not math.isnan(dot.low):
            parts.append(_stroke(across(dot.low), y, across(dot.high), y, colour=MARK, width=3))
        if not math.isnan(dot.value):
            parts.append(_circle(across(dot.value), y))
            parts.append(_text(left + _WIDE + 12, y + 4, f"{100 * dot.value:.1f} %", "start"))
    return _svg(title, left + _WIDE + 80, bottom + 30, parts)


def line_with_band(title: str, line: Line, across_label: str) -> str:
    """Accuracy over a number of choices: dots with intervals, the fitted line, the band of its slope, a dashed level."""
    sizes = [size for size, _ in line.dots]
    low, high = _range([line.level, 0.5, *_ends([dot for _, dot in line.dots])])
    across = _Scale(0.0, max(sizes, default=1.0) * 1.05, 56, 56 + _WIDE)
    up = _Scale(low, high, 40 + _HIGH, 40)
    parts = [_level(up, mark) for mark in _marks(low, high)]
    if not math.isnan(line.slope) and sizes:
        # The band turns about the middle of the data, where the line itself is least in doubt.
        middle = sum(sizes) / len(sizes)
        height = line.intercept + line.slope * middle
        first, last = min(sizes), max(sizes)
        ends = [
            (at, min(high, max(low, height + slope * (at - middle))))
            for slope, order in ((line.slope_low, (first, last)), (line.slope_high, (last, first)))
            for at in order
        ]
        shape = " ".join(f"{across(at):.1f},{up(value):.1f}" for at, value in ends)
        parts.append(f'<polygon points="{shape}" fill="{MARK}" fill-opacity="0.18"/>')
        y = [up(min(high, max(low, line.intercept + line.slope * at))) for at in (first, last)]
        parts.append(_stroke(across(first), y[0], across(last), y[1], colour=MARK, width=2))
    if not math.isnan(line.level):
        parts.append(_stroke(56, up(line.level), 56 + _WIDE, up(line.level), dashed=True))
        parts.append(_text(56 + _WIDE, up(line.level) - 6, line.level_label, "end"))
    for size, dot in line.dots:
        if not math.isnan(dot.low):
            parts.append(_stroke(across(size), up(dot.low), across(size), up(dot.high), colour=MARK, width=3))
        if not math.isnan(dot.value):
            parts.append(_circle(across(size), up(dot.value)))
        parts.append(_text(across(size), 40 + _HIGH + 20, dot.label, "middle"))
    parts.append(_text(56 + _WIDE / 2, 40 + _HIGH + 42, across_label, "middle"))
    return _svg(title, 56 + _WIDE + 24, 40 + _HIGH + 58, parts)


def matrix(title: str, rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[Dot]]) -> str:
    """A cell for each row and column, with its share in figures and as a bar (the tick is one half)."""
    left = 16 + _SIGN_WIDTH * max((len(name) for name in rows), default=0)
    wide = max(110.0, 16 + _SIGN_WIDTH * max((len(name) for name in columns), default=0))
    parts = [_text(left + wide * (at + 0.5), 58, name, "middle") for at, name in enumerate(columns)]
    for down, (name, row) in enumerate(zip(rows, cells, strict=True)):
        y = 68 + 54 * down
        parts.append(_text(left - 10, y + 30, name, "end"))
        for at, dot in enumerate(row):
            x = left + wide * at
            parts.append(
                f'<rect x="{x + 2:.1f}" y="{y + 2}" width="{wide - 4:.1f}" height="50" fill="none" stroke="{RULE}"/>'
            )
            value = "–" if math.isnan(dot.value) else f"{100 * dot.value:.1f} %"
            parts.append(_text(x + wide / 2, y + 20, value, "middle"))
            parts.append(_stroke(x + wide / 2, y + 43, x + wide / 2, y + 51))
            if dot.value > 0:
                parts.append(_stroke(x + 4, y + 47, x + 4 + (wide - 8) * dot.value, y + 47, colour=MARK, width=4))
            if not math.isnan(dot.low):
                between = f"{100 * dot.low:.0f} to {100 * dot.high:.0f}"
                parts.append(_text(x + wide / 2, y + 36, between, "middle"))
    return _svg(title, left + wide * len(columns) + 16, 84 + 54 * len(rows), parts)


@dataclass(frozen=True, slots=True)
class _Scale:
    """From a range of values to a range of places on the page."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low)


def _ends(dots: Sequence[Dot]) -> list[float]:
    return [end for dot in dots for end in (dot.value, dot.low, dot.high)]


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Whole tenths that hold all the values, and a fifth at least."""
    known = [value for value in values if not math.isnan(value)] or [0.5]
    low = max(0.0, math.floor(10 * min(known) + 1e-9) / 10)
    high = min(1.0, math.ceil(10 * max(known) - 1e-9) / 10)
    return (low, high) if high - low >= 0.2 else (max(0.0, low - 0.1), min(1.0, high + 0.1))


def _marks(low: float, high: float) -> list[float]:
    return [mark / 10 for mark in range(round(10 * low), round(10 * high) + 1)]


def _upright(across: _Scale, mark: float, top: float, bottom: float) -> str:
    rule = _stroke(across(mark), top, across(mark), bottom, width=0.5)
    return rule + _text(across(mark), bottom + 18, f"{100 * mark:.0f} %", "middle")


def _level(up: _Scale, mark: float) -> str:
    return _stroke(56, up(mark), 56 + _WIDE, up(mark), width=0.5) + _text(
        48, up(mark) + 4, f"{100 * mark:.0f} %", "end"
    )


def _stroke(
    x1: float, y1: float, x2: float, y2: float, *, colour: str = RULE, width: float = 1, dashed: bool = False
) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{dash}/>'


def _circle(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{MARK}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    shown = escape("".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text))
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{INK}">{shown}</text>'


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    shown = escape("".join(sign for sign in title if sign.isprintable()))
    width = max(width, 32 + 8 * len(shown))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" {_FONT}><title>{shown}</title>'
        f"{_text(16, 22, title, 'start')}{''.join(parts)}</svg>\n"
    )
