"""The plots of the questions as SVG text: dots with intervals, a line with its band, a matrix.

Each names its axes, says of how many choices and people a figure is, and that its bars are 95 % intervals. A hollow dot rests on
fewer people than the others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.services.evaluating.drawing import (
    LINE,
    MARK,
    RULE,
    SIGN_WIDTH,
    Scale,
    circle,
    label,
    marks,
    range_of,
    stroke,
    svg,
)

_ROW = 28
_WIDE, _HIGH = 420, 260
_TOP, _LEFT = 58, 56
BARS = "Bars: 95 % intervals, people drawn anew."
HOLLOW = "A hollow dot rests on fewer people than the others."


@dataclass(frozen=True, slots=True)
class Dot:
    """A share with its interval; `low` and `high` are nan where it has none. `of` says how much it rests on, `is_thin`
    that the others rest on more people."""

    label: str
    value: float
    low: float
    high: float
    of: str = ""
    is_thin: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """Dots over a number, the straight line through them with its band (size, line, low, high), and a level to compare
    with (nan: none)."""

    dots: Sequence[tuple[float, Dot]]
    band: Sequence[tuple[float, float, float, float]]
    level: float
    level_label: str


def dots_with_intervals(title: str, dots: Sequence[Dot], across_label: str, *, level: float = 0.5) -> str:
    """One row a dot, its interval as a bar, its figure and what it rests on beside it; a dashed line stands at `level`."""
    left = 16 + SIGN_WIDTH * max((len(dot.label) for dot in dots), default=0)
    right = 80 + SIGN_WIDTH * max((len(dot.of) for dot in dots), default=0)
    low, high = range_of([level, *_ends(dots)])
    across = Scale(low, high, left, left + _WIDE)
    bottom = 40 + _ROW * len(dots)
    parts = [_upright(across, mark, 40, bottom) for mark in marks(low, high)]
    parts.append(stroke(across(level), 36, across(level), bottom, dashed=True))
    for place, dot in enumerate(dots):
        y = 40 + _ROW * (place + 0.5)
        parts.append(label(left - 10, y + 4, dot.label, "end"))
        if not math.isnan(dot.low):
            parts.append(stroke(across(dot.low), y, across(dot.high), y, colour=MARK, width=3))
        if not math.isnan(dot.value):
            parts.append(circle(across(dot.value), y, hollow=dot.is_thin))
            parts.append(label(left + _WIDE + 12, y + 4, f"{100 * dot.value:.1f} %", "start"))
        parts.append(label(left + _WIDE + 72, y + 4, dot.of, "start"))
    parts.append(label(left + _WIDE / 2, bottom + 38, across_label, "middle"))
    key = [f"{_bars(dots)}Dashed: {100 * level:.0f} %."]
    key += [HOLLOW] * any(dot.is_thin for dot in dots)
    return svg(title, left + _WIDE + right, bottom + 66, parts, key)


def line_with_band(title: str, curve: Curve, across_label: str, up_label: str) -> str:
    """Shares over a number: dots with intervals, the fitted line and its band, a dashed level."""
    sizes = [size for size, _ in curve.dots]
    band_ends = [end for _, _, *ends in curve.band for end in ends]
    low, high = range_of([curve.level, 0.5, *band_ends, *_ends([dot for _, dot in curve.dots])])
    across = Scale(0.0, max(sizes, default=1.0) * 1.05, _LEFT, _LEFT + _WIDE)
    up = Scale(low, high, _TOP + _HIGH, _TOP)
    bottom = _TOP + _HIGH
    parts = [label(16, _TOP - 14, up_label, "start"), *(_level(up, mark) for mark in marks(low, high))]
    if curve.band:
        upper = [(across(size), up.inside(end)) for size, _, _, end in curve.band]
        lower = [(across(size), up.inside(end)) for size, _, end, _ in reversed(curve.band)]
        shape = " ".join(f"{x:.1f},{y:.1f}" for x, y in (*upper, *lower))
        parts.append(f'<polygon points="{shape}" fill="{MARK}" fill-opacity="0.18"/>')
        (first, start, *_), (last, end, *_) = curve.band[0], curve.band[-1]
        parts.append(stroke(across(first), up.inside(start), across(last), up.inside(end), colour=MARK, width=2))
    if not math.isnan(curve.level):
        parts.append(stroke(_LEFT, up(curve.level), _LEFT + _WIDE, up(curve.level), dashed=True))
    for size, dot in curve.dots:
        if not math.isnan(dot.low):
            parts.append(stroke(across(size), up(dot.low), across(size), up(dot.high), colour=MARK, width=3))
        if not math.isnan(dot.value):
            parts.append(circle(across(size), up(dot.value), hollow=dot.is_thin))
        parts.append(label(across(size), bottom + 20, dot.label, "middle"))
    parts.append(label(_LEFT + _WIDE / 2, bottom + 42, across_label, "middle"))
    dots = [dot for _, dot in curve.dots]
    key = [_bars(dots) + ("Band: 95 % interval of the line, fitted to people drawn anew." if curve.band else "")]
    key += [] if math.isnan(curve.level) else [f"Dashed: {curve.level_label}, {100 * curve.level:.1f} %."]
    rests = "; ".join(f"{dot.label}: {dot.of}" for dot in dots)
    key += [f"By {across_label}, guessed right: {rests}."] if dots else []
    key += [HOLLOW] * any(dot.is_thin for dot in dots)
    return svg(title, _LEFT + _WIDE + 24, bottom + 70, parts, [words for words in key if words])


def matrix(
    title: str, axes: tuple[str, str], rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[Dot]]
) -> str:
    """A cell for each row and column: its share in figures and as a bar (the tick is one half), its interval, what it
    rests on. `axes` say what rows and columns are."""
    down_label, across_label = axes
    left = 16 + SIGN_WIDTH * max(map(len, (*rows, down_label)))
    dots = [dot for row in cells for dot in row]
    wide = max(120.0, 20 + SIGN_WIDTH * max(map(len, (*columns, *(dot.of for dot in dots))), default=0))
    tall = 54 + LINE
    parts = [label(left - 10, 62, down_label, "end"), label(left + wide * len(columns) / 2, 44, across_label, "middle")]
    parts += [label(left + wide * (at + 0.5), 62, name, "middle") for at, name in enumerate(columns)]
    for down, (name, row) in enumerate(zip(rows, cells, strict=True)):
        y = 72 + (tall + 4) * down
        parts.append(label(left - 10, y + 38, name, "end"))
        for at, dot in enumerate(row):
            x = left + wide * at
            parts.append(
                f'<rect x="{x + 2:.1f}" y="{y + 2}" width="{wide - 4:.1f}" height="{tall - 4}" fill="none" stroke="{RULE}"/>'
            )
            value = "–" if math.isnan(dot.value) else f"{100 * dot.value:.1f} %"
            parts.append(label(x + wide / 2, y + 20, value, "middle"))
            parts.append(stroke(x + wide / 2, y + tall - 11, x + wide / 2, y + tall - 3))
            if dot.value > 0:
                across = x + 4 + (wide - 8) * dot.value
                parts.append(stroke(x + 4, y + tall - 7, across, y + tall - 7, colour=MARK, width=4))
            if not math.isnan(dot.low):
                between = f"{100 * dot.low:.0f} to {100 * dot.high:.0f} %"
                parts.append(label(x + wide / 2, y + 20 + LINE, between, "middle"))
            parts.append(label(x + wide / 2, y + 20 + 2 * LINE, dot.of, "middle"))
    key = ["In each cell: unseen choices guessed right, the 95 % interval (people drawn anew), and what they rest on."]
    key += ["Bar: from 0 to 100 %, with a tick at one half."]
    return svg(title, left + wide * len(columns) + 16, 96 + (tall + 4) * len(rows), parts, key)


def _bars(dots: Sequence[Dot]) -> str:
    return f"{BARS} " if any(not math.isnan(dot.low) for dot in dots) else ""


def _ends(dots: Sequence[Dot]) -> list[float]:
    return [end for dot in dots for end in (dot.value, dot.low, dot.high)]


def _upright(across: Scale, mark: float, top: float, bottom: float) -> str:
    rule = stroke(across(mark), top, across(mark), bottom, width=0.5)
    return rule + label(across(mark), bottom + 18, f"{100 * mark:.0f} %", "middle")


def _level(up: Scale, mark: float) -> str:
    return stroke(_LEFT, up(mark), _LEFT + _WIDE, up(mark), width=0.5) + label(
        48, up(mark) + 4, f"{100 * mark:.0f} %", "end"
    )
