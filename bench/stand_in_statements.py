"""How the stand-in reads statements about taste: `For code: dislikes long answers` -> code: less length.

A condition is kept with the statement, so that it does not apply to other requests; of two statements about one thing
the one made for this kind of request goes before the general one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from app.domain.texts.scopes import kinds_in, parted
from bench.stand_in_taste import AXES

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "code": r"cod(?:e|ing)|programs?|programming|scripts?|software",
        "calculation": r"calculations?|calculate|maths?|mathematics|sums?|equations?",
        "making": r"writ(?:e|ing|ten)|drafts?|letters?|poems?|stor(?:y|ies)",
        "editing": r"edit(?:ing)?|rewrit(?:e|ing)|proofread(?:ing)?|translat(?:e|ions?)",
        "advice": r"advice|advise|recommendations?|decisions?|personal matters",
        "facts": r"facts?|factual|explanations?|knowledge",
        "opinion": r"opinions?",
        "chat": r"chat|small talk",
    }
)
_CONDITIONS = tuple(
    (
        kind,
        re.compile(
            rf"\b(?P<except>(?:except|but not|unless)\s+)?(?:when(?:ever)?|if|where|unless|for|in|on|about)\s+"
            rf"(?:[\w'-]+\s+){{0,4}}?(?:{words})\b(?:\s+(?:something|requests?|questions?|tasks?|problems?))?",
            re.IGNORECASE,
        ),
    )
    for kind, words in _KINDS.items()
)
_LIKING = re.compile(
    r"\b(?P<not>dislikes?|avoids?|hates?)\b|\b(?:prefers?|likes?|wants?|enjoys?|values?)\b", re.IGNORECASE
)
_TURNED = re.compile(
    r"\b(?:not|no|never|without|less|hardly|lacking|free of|rather than|instead of|over)\b|n't\b", re.IGNORECASE
)
_REACH = 3
"""How many words a denial reaches."""
_SPARING = re.compile(r"\b(?:few|fewer|little)\b", re.IGNORECASE)
_NEXT = 2
"""How many words a small number reaches: "few worked examples" wants less of them, "few points in depth" does want depth."""
_HOLDS = "\0"
_CLAUSE_END = re.compile(r"[.;\n]+\s*|\s*:\s+")
_SCOPE = re.compile(r"(?<![^\s])((?:[Ff]or|Except for) [^:.;\n]{1,200}): ")
"""A condition with what it holds for behind a colon, which ends no clause."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is liked more (1) or less (-1), by axis; `kinds` of request for which (or, `excludes`, except for which) it holds,
    none for any."""

    leanings: Mapping[str, int]
    kinds: tuple[str, ...] = ()
    excludes: bool = False

    def applies(self, request_kind: str) -> bool:
        return not self.kinds or (request_kind in self.kinds) is not self.excludes


_LENGTH = re.compile(
    r"(?P<verb>aim for|keep to) about \d+ words[^\n]*?(?:; (?:shorter where it needs less|write more only where \w+ asks? for more))?\.?(?=\n|\Z)",
    re.IGNORECASE,
)


_LIST_OF_NOES = re.compile(r'\bno ("[^"\n]+"|\w+)(?:, (?:"[^"\n]+"|\w+))+ or (?:"[^"\n]+"|[\w ]+)')
_EXCEPTION = re.compile(r"; [^;\n]*\b(?:only when|only where)\b[^;\n]*")


def _plainly(text: str) -> str:
    """The text without exceptions ("; make a list only when I ask for a list"), of what stands behind one "no" the first, and with a
    length that is asked for in words said as more or less: aiming for it wants more, keeping to it less."""
    told = _LENGTH.sub(
        lambda found: f"give {'longer' if found['verb'].lower() == 'aim for' else 'shorter'} answers", text
    )
    return _LIST_OF_NOES.sub(r"no \1", _EXCEPTION.sub(".", told))


@lru_cache(maxsize=4096)
def read_statement(text: str) -> Statement:
    """One statement as it is meant; without leanings where it speaks of nothing the stand-in can see."""
    kinds, excludes, bare = _condition(text)
    net: dict[str, int] = {}
    for sign, piece in _likings(bare):
        for name, side in _words(piece):
            net[name] = net.get(name, 0) + sign * side
    return Statement({name: 1 if side > 0 else -1 for name, side in net.items() if side}, kinds, excludes)


def statements_in(text: str, *, all_clauses: bool = False) -> list[Statement]:
    """The statements of a longer text: its clauses that say what somebody likes, or all of them."""
    held = _SCOPE.sub(lambda found: f"{found[1]}{_HOLDS}", _plainly(text))
    whole = [clause.replace(_HOLDS, ": ") for clause in _CLAUSE_END.split(held)]
    clauses = [clause for clause in whole if all_clauses or _LIKING.search(clause)]
    return [found for found in map(read_statement, clauses) if found.leanings]


def leanings_for(statements: Iterable[Statement], request_kind: str) -> dict[str, int]:
    """Axis -> 1 or -1 as the statements say for this kind of request; what they disagree on is left out."""
    general: dict[str, int] = {}
    special: dict[str, int] = {}
    for statement in statements:
        if statement.applies(request_kind):
            into = special if statement.kinds and not statement.excludes else general
            for name, side in statement.leanings.items():
                into[name] = into.get(name, 0) + side
    return {name: 1 if side > 0 else -1 for name, side in (general | special).items() if side}


def _condition(text: str) -> tuple[tuple[str, ...], bool, str]:
    """The kinds, whether they are the exception, and the text without the condition."""
    scope, bare = parted(text.lstrip(" -"))
    if scope:
        return kinds_in(scope), False, _plainly(bare)
    text = _plainly(text)
    for kind, condition in _CONDITIONS:
        found = condition.search(text)
        # "Prefers answers in written form" begins with what is liked: there only a clear "when" is a condition.
        if found and (found.start() < 4 or re.match(r"(?:except|but not|unless|when|if)", found[0], re.IGNORECASE)):
            excludes = bool(found["except"]) or found[0].lower().startswith("unless")
            return (kind,), excludes, f"{text[: found.start()]} {text[found.end() :]}"
    return (), False, text


def _likings(text: str) -> list[tuple[int, str]]:
    """What follows each word of liking, with its sign; the whole text where there is none."""
    verbs = list(_LIKING.finditer(text))
    if not verbs:
        return [(1, text)]
    ends = [*(verb.start() for verb in verbs[1:]), len(text)]
    return [
        (-1 if verb["not"] or _denied(text[: verb.start()]) else 1, text[verb.end() : end])
        for verb, end in zip(verbs, ends, strict=True)
    ]


def _words(text: str) -> list[tuple[str, int]]:
    found = []
    for axis in AXES:
        for side, words in ((1, axis.more_words), (-1, axis.less_words)):
            for word in re.finditer(rf"\b(?:{words})\b", text, re.IGNORECASE):
                found.append((axis.name, -side if _denied(text[: word.start()]) else side))
    return found


def _denied(before: str) -> bool:
    words = re.split(r"[,:]", before)[-1].split()
    return bool(_TURNED.search(" ".join(words[-_REACH:])) or _SPARING.search(" ".join(words[-_NEXT:])))
