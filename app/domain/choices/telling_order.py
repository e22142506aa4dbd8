"""In which order ways of answering are asked about, so that few choices tell a taste: where one seems to show, go on there.

Each axis is either one that the person has a taste in, and then nine choices of ten go to one side of it, or one where their
choices are a coin's. The next choice is most worth where it is least known which; an axis on which it is known, either way, can
wait. Simulated with people of one taste each: docs/experiments.md.
"""

from __future__ import annotations

from collections.abc import Sequence

_TASTE = 0.15
"""How likely a taste in an axis is before anything was chosen."""
_GOES_THERE = 0.9
_SETTLED = 0.97


def most_telling(axes: Sequence[str], seen: Sequence[tuple[str, bool]]) -> str:
    """The axis to ask about next, of those that have something to ask. `seen` are the choices so far: an axis, and whether they
    went to its one side. Of equals that one which was asked about least, then the first."""
    return min(
        axes, key=lambda axis: (-_worth([side for of, side in seen if of == axis]), sum(of == axis for of, _ in seen))
    )


def _worth(sides: Sequence[bool]) -> float:
    if not sides:
        return 1.0
    one, other = sum(sides), len(sides) - sum(sides)
    there, back = _GOES_THERE, 1 - _GOES_THERE
    taste = _TASTE * (there**one * back**other + there**other * back**one) / 2
    chance = taste / (taste + (1 - _TASTE) * 0.5 ** len(sides))
    if chance >= _SETTLED:
        return 0.05
    return 0.25 if chance >= 0.5 else chance * (1 - chance)  # likely so far: go on until it is settled
