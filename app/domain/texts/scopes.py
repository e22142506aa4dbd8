"""For which requests a trait holds: for all, or for those of the kinds it names. As it is stored (`Trait.when`), and in words.

Stored as the kinds parted by commas, in the order of `KINDS`: "code", "facts,advice,opinion"; "" is every request. A scope names what
it holds for and never what it does not: "unless" is hard to obey, and says of requests that nobody has seen what was never found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from app.domain.texts.request_kinds import KINDS, OTHER

_WORDS: Mapping[str, str] = MappingProxyType({**KINDS, OTHER: "other requests"})
_KIND_OF: Mapping[str, str] = MappingProxyType({words: kind for kind, words in _WORDS.items()})
_NAMED = "|".join(map(re.escape, _KIND_OF))
_CONDITION = re.compile(rf"For ((?:{_NAMED})(?:(?:, | and )(?:{_NAMED}))*): ", re.IGNORECASE)
_OF_OLD: Mapping[str, tuple[str, ...]] = MappingProxyType({"maths": ("calculation",), "writing": ("making", "editing")})
"""What the kinds of stored personas come to that are no kinds any more."""
_ALL_BUT = "-"
"""Before a kind in stored personas of old: every request but those of that kind."""


def scope_of(kinds: Iterable[str]) -> str:
    """The scope that holds for these kinds ("other" may be one of them); "" for none."""
    named = set(kinds)
    return ",".join(kind for kind in _WORDS if kind in named)


def kinds_in(scope: str) -> tuple[str, ...]:
    """The kinds that a scope names; () where it holds for every request."""
    return tuple(scope.split(",")) if scope else ()


def applies(scope: str, kind: str) -> bool:
    """Whether a trait with this scope holds for requests of a kind."""
    return not scope or kind in kinds_in(scope)


def scope_as_stored(when: str) -> str:
    """The scope of a stored or downloaded persona: as it stands, or, from before November 2026, in the kinds of today. "-code" was
    every kind but code. A kind that nobody knows stays, and holds for no request."""
    name = when.removeprefix(_ALL_BUT)
    meant = _OF_OLD.get(name, (name,))
    if when.startswith(_ALL_BUT):
        return scope_of(kind for kind in _WORDS if kind not in meant)
    return scope_of(meant) if name in _OF_OLD else when


def condition(scope: str) -> str:
    """The words that begin what holds for a scope: `For facts, opinions and code`; "" for every request."""
    *before, last = (_WORDS.get(kind, kind) for kind in kinds_in(scope) or ("",))
    return f"For {', '.join(before)} and {last}" if before else f"For {last}" if last else ""


def conditioned(scope: str, text: str) -> str:
    """A trait behind its condition: `For code: prefers ...`."""
    return f"{condition(scope)}: {text[:1].lower()}{text[1:]}" if scope else text


def parted(text: str) -> tuple[str, str]:
    """The scope that a trait's sentence names, and the sentence without it; the text itself where it names none."""
    found = _CONDITION.match(text)
    if not found:
        return "", text
    named = re.split(r", | and ", found[1].lower())
    return scope_of(_KIND_OF[words] for words in named), text[found.end() :]
