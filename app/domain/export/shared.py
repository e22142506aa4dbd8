"""What is told of a time only as exactly as several people of a file share it, so that it is nobody's name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

FEWEST_SHARING = 5

TIMES = (1_000, 3_000, 10_000, 30_000, 100_000)
"""Milliseconds are told as the nearest of these: exact ones are nearly a name."""
HALFWAY = (1_732, 5_477, 17_320, 54_772)
UNKNOWN_TIME = -1
NO_DAY = "1970-01-01"

Value = TypeVar("Value", bound=Hashable)
Told = TypeVar("Told", bound=Hashable)


class Shared(Generic[Value, Told]):
    """For each value of a file what is told of it, `told[value]`: by the first of `levels` at which at least five people, or all
    where there are fewer, share it. Each level is coarser than the one before; the last tells nothing.

    People are counted on what is really told: what is left over where most are told exactly may be one person's alone.
    """

    def __init__(self, people_with: Iterable[tuple[str, Value]], levels: Sequence[Callable[[Value], Told]]) -> None:
        pairs = set(people_with)
        people: dict[Value, set[str]] = {}
        for person, value in pairs:
            people.setdefault(value, set()).add(person)
        needed = min(FEWEST_SHARING, len({person for person, _ in pairs}))
        level = dict.fromkeys(people, 0)

        def groups() -> dict[Told, list[Value]]:
            made: dict[Told, list[Value]] = {}
            for value, at in level.items():
                made.setdefault(levels[at](value), []).append(value)
            return made

        def sharing(values: Iterable[Value]) -> int:
            return len(set().union(*(people[value] for value in values)))

        for at in range(len(levels)):
            for told, values in groups().items():
                if max(level[value] for value in values) != at or sharing(values) >= needed:
                    continue
                # What would be left here to a few takes finer values along, the least shared first, or goes on to the next level.
                finer = [
                    others
                    for same, others in groups().items()
                    if same != told and level[others[0]] < at and levels[at](others[0]) == told
                ]
                if sharing(value for some in (values, *finer) for value in some) < needed:
                    level.update(dict.fromkeys(values, at + 1))
                    continue
                taken = list(values)
                for others in sorted(finer, key=sharing):
                    if sharing(taken) < needed:
                        taken += others
                level.update(dict.fromkeys(taken, at))
        self.told = {value: levels[at](value) for value, at in level.items()}


def day_levels() -> tuple[Callable[[str], tuple[str, str]], ...]:
    """A day (`2026-11-27`) as itself, as the first of its month, the first of its year, or as no day; and how exact that is."""
    return (
        lambda day: (day, "day"),
        lambda day: (f"{day[:7]}-01", "month"),
        lambda day: (f"{day[:4]}-01-01", "year"),
        lambda _: (NO_DAY, "nothing"),
    )


def time_levels() -> tuple[Callable[[int], int], ...]:
    """One of `TIMES` as itself, or as unknown."""
    return (lambda time: time, lambda _: UNKNOWN_TIME)
