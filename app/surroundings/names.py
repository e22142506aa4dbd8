"""Names that were probably meant to be settings of ours: `MODLE`, `MODEL_APIKEY`. They change nothing, so they are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_NOT_MEANT = frozenset({"PORTS", "MODE", "MODELS", "HOSTS"})
"""Ordinary names of other programs; PORTS is our compose.yaml's."""
_SHORT = 6
"""So short a name is near many others: only letters that changed places, or one too many or too few, are mistakes."""
_FAMILIES = ("MODEL_", "EMBEDDED_", "LIMIT_", "RUN_BUDGET_")
"""In the `.env` file, where nothing but settings is expected, every name that begins like this is meant for us."""


def misspelt(known: Iterable[str], environment: Iterable[str], in_file: Iterable[str]) -> list[str]:
    """A sentence for each name near one of `known` (in capitals), which it is not; values are not looked at."""
    ours = sorted({name.upper() for name in known})
    found = {}
    for name in sorted({*environment, *in_file}):
        near = _nearest(name.upper(), ours)
        if near:
            found[name] = f"{name} is no setting and changes nothing. Was {near} meant?"
    for name in in_file:
        if name not in found and name.upper() not in ours and name.upper().startswith(_FAMILIES):
            found[name] = (
                f"{name} in the .env file is no setting and changes nothing; docs/operations.md has all of them."
            )
    return [found[name] for name in sorted(found)]


def _nearest(name: str, ours: Sequence[str]) -> str:
    if name in ours or name in _NOT_MEANT:
        return ""
    bare = _bare(name)
    return next(
        (one for one in ours if _bare(one) == bare or _is_slip(bare, _bare(one)) or _lacks_a_word(name, one)), ""
    )


def _bare(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(".", "")


def _lacks_a_word(name: str, one: str) -> bool:
    """`MODEL_KEY` for `MODEL_API_KEY`: the first and the last word are the same and one between was left out."""
    words, whole = name.split("_"), one.split("_")
    return len(words) > 1 and len(words) + 1 == len(whole) and (words[0], words[1:]) == (whole[0], whole[2:])


def _is_slip(name: str, one: str) -> bool:
    """Whether one slip of the keyboard makes one of the other: a letter too many or too few, two that changed places, or,
    in a longer name, a wrong letter."""
    if abs(len(name) - len(one)) > 1 or name[:1] != one[:1]:
        return False
    at = next((place for place, (a, b) in enumerate(zip(name, one, strict=False)) if a != b), min(len(name), len(one)))
    rest, other = name[at:], one[at:]
    if len(name) != len(one):
        return rest[1:] == other or rest == other[1:]
    swapped = rest[1:2] + rest[:1] + rest[2:] == other
    return swapped or (len(one) > _SHORT and rest[1:] == other[1:])
