"""The manners, read from a file beside this one. Numbers are places in it, from 1; a row of it:

`{"name": "With reasons", "prefers": "that give their reasons", "contrary": "that give the result without reasons",
"substance": true, "measure": "reasons", "more": true}`

More than half speak of the substance of an answer, for models that are asked for traits speak of its form. In English alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

from app.domain.measures import BY_NAME


@dataclass(frozen=True, slots=True)
class Manner:
    """One contrast between answers that a reader can see; `prefers` and `contrary` complete "prefers answers ...".

    name       a few words, of the side that `prefers` names
    substance  whether it speaks of what an answer says rather than of how it looks or sounds
    measure    name of the measure (domain/measures) that tells it, of which `prefers` is the side with more where `more`;
               "" where code cannot tell it
    """

    name: str
    prefers: str
    contrary: str
    substance: bool
    measure: str = ""
    more: bool = True

    def __post_init__(self) -> None:
        if self.measure and self.measure not in BY_NAME:
            raise ValueError(f"The manner “{self.name}” names a measure that nothing counts: {self.measure}")

    @property
    def statement(self) -> str:
        """The leaning as a trait's sentence."""
        return f"prefers answers {self.prefers}"

    @property
    def opposite(self) -> str:
        """Its contrary as a trait's sentence."""
        return f"prefers answers {self.contrary}"


def _read() -> tuple[Manner, ...]:
    text = resources.files("app.domain.manners").joinpath("manners.json").read_text(encoding="utf-8")
    return tuple(Manner(**row) for row in json.loads(text))


MANNERS = _read()
BY_NUMBER: Mapping[int, Manner] = MappingProxyType(dict(enumerate(MANNERS, start=1)))
_BY_TEXT: Mapping[str, tuple[Manner, int]] = MappingProxyType(
    {text.lower(): (one, side) for one in MANNERS for side, text in ((1, one.statement), (-1, one.opposite))}
)


def listed() -> str:
    """All of them, a line each, as a prompt shows them: `1: that take a stance / that take no side`."""
    return "\n".join(f"{number}: {one.prefers} / {one.contrary}" for number, one in BY_NUMBER.items())


def manner_of(text: str) -> tuple[Manner, int] | None:
    """The manner that a trait's sentence is, word for word, and 1 for its statement or -1 for its contrary; None of others."""
    return _BY_TEXT.get(" ".join(text.split()).rstrip(".").lower())
