"""One trait in words: its name, one sentence with its counts and what most people do, and whether that sets apart.

The same is said of a trait that counting found and of one that a model worded; of what nobody has counted in other people it
is said that it is not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.domain.letter.leanings import Leaning, Read, counts
from app.domain.letter.names import is_named, side
from app.domain.letter.second_person import CONDITION, trait_to_you
from app.domain.manners import manner_of
from app.domain.personas.style_claims import claimed_measure

_SHUNS = ("dislikes", "avoids", "rejects")
_BEGINS = re.compile(
    rf"(?:{CONDITION})?(prefers|likes|wants|values|enjoys|needs|appreciates|{'|'.join(_SHUNS)})\s+"
    r"(?:an?\s+|the\s+)?(?:answers?\s+(?:that\s+(?:are|have|give|use)\s+|with\s+)?)?",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[,;:(]|\b(?:rather|such|over|instead|with|when|if|that|which|before|after|in|for|to|of|as|than|unless)\b"
)
_MOST_WORDS = 4
APART = " This sets you apart."
NOT_SETTLED = " Whether it sets you apart is not settled."
AS_ANYBODY = "a model that knew nothing of you guessed it each time"
NOT_KNOWN = "what most people like here is not known"


def is_counted(trait: Mapping[str, Any]) -> bool:
    """Whether counting found the trait, in a measure that this version can name."""
    return bool(trait.get("counted")) and is_named(str(trait["counted"]["measure"]))


def trait_text(trait: Mapping[str, Any], read: Read) -> dict[str, str]:
    """`name`, `sentence`, `group` and `measure` of a stored trait (domain/letter/letter)."""
    if is_counted(trait):
        return _counted(Leaning.of(trait["counted"]), read)
    claimed = claimed_measure(str(trait["text"]))
    usual = trait.get("most_people")
    group, others = ("common", AS_ANYBODY) if trait.get("is_common") else ("own", NOT_KNOWN)
    apart = ""
    if usual is not None:
        is_common = usual > 0.5 and not trait.get("sets_apart")
        group, others = "common" if is_common else "own", _others(round(10 * usual))
        apart = "" if is_common else APART if trait.get("sets_apart") else NOT_SETTLED
    return {
        "name": _name(trait, claimed),
        "sentence": f"{_with_counts(trait, read)}; {others}.{apart}",
        "group": group,
        "measure": claimed[0] if claimed else "",
    }


def told_with_counts(trait: Mapping[str, Any], read: Read) -> str:
    """A stored trait as a sentence of its own: what it says, and how the choices went."""
    if is_counted(trait):
        leaning = Leaning.of(trait["counted"])
        return f"{leaning.side.plainly}: {counts(leaning, read)}."
    told = _with_counts(trait, read)
    return f"{told[:1].upper()}{told[1:]}."


def _with_counts(trait: Mapping[str, Any], read: Read) -> str:
    for_it, against = len(trait["supporting"]), len(trait["opposing"])
    bear = f"{for_it} of the {for_it + against} {read.noun} that bear on it went this way"
    return f"{trait_to_you(str(trait['text']))}: {bear}"


def _counted(leaning: Leaning, read: Read) -> dict[str, str]:
    if leaning.usual == 5:
        others = "other people are split half and half"
    elif leaning.usual > 5:
        others = f"so do most people, in {leaning.usual} of 10"
    else:
        others = f"most people take {leaning.other.taken} in {10 - leaning.usual} of 10"
    return {
        "name": leaning.side.name,
        "sentence": f"{counts(leaning, read)}; {others}.{'' if leaning.is_common else APART if leaning.sets_apart else NOT_SETTLED}",
        "group": "common" if leaning.is_common else "own",
        "measure": leaning.measure,
    }


def _others(usual: int) -> str:
    if usual == 5:
        return "other people are split half and half"
    return f"most people's go {'the same' if usual > 5 else 'the other'} way, {max(usual, 10 - usual)} of 10"


def _name(trait: Mapping[str, Any], claimed: tuple[str, int] | None) -> str:
    """By its measure where it speaks of one and of every request, or by the list of manners, else by what the sentence begins
    with."""
    if claimed is None or trait.get("when"):
        listed = manner_of(str(trait["text"]))
        return listed[0].name if listed and listed[1] > 0 else name_from(str(trait["text"]))
    return side(claimed[0], more=claimed[1] > 0).name


def name_from(statement: str) -> str:
    """At most four words of a sentence that begins as ours do: `Dislikes hedging such as may` gives `No hedging`; "" of any
    other, and where the first thing said is longer."""
    begins = _BEGINS.match(statement)
    if not begins:
        return ""
    words = _ENDS.split(statement[begins.end() :].rstrip("."), maxsplit=1)[0].split()
    told = " ".join([*(["no"] if begins[1].lower() in _SHUNS else []), *words])
    return told[:1].upper() + told[1:] if words and len(words) <= _MOST_WORDS else ""
