"""A trait's sentence as an instruction: `Dislikes hedging such as may` becomes `Avoid hedging such as may.`

By rules, so that what is exported is what was voted on, in other words only. `{me}` stands for whoever speaks. A sentence that
does not begin as ours do, in another language above all, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.domain.texts import scopes

_LEANS = re.compile(
    r"(?:clearly |strongly |usually )?(prefers|likes|wants|values|enjoys|needs|appreciates)\s+", re.IGNORECASE
)
_SHUNS = re.compile(
    r"(?:clearly |strongly |usually )?(dislikes|avoids|rejects|does not (?:like|want))\s+", re.IGNORECASE
)
_THAT = re.compile(r"(?:answers?|responses?) (?:to|that) (?:be |are )", re.IGNORECASE)
_IS_DONE = re.compile(r"to (?:be told|see|hear|know|get|have|receive|read)\s+", re.IGNORECASE)
_OF_OLD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        f"{opens} {words}": (f"{begins} {kind}", kind if begins == "For" else "")
        for opens, begins in (("when asked", "For"), ("unless asked", "Except for"))
        for words, kind in (
            ("for code", "code"),
            ("for a calculation", "maths"),
            ("to write something", "writing"),
            ("for advice", "advice"),
            ("for facts", "facts"),
        )
    }
)
"""How traits were confined until November 2026, and how that was exported: a stored persona goes on saying what was tested."""
_COMPARED = re.compile(
    r"(?<!no )(?<!any )(?<!or )(?<!once )\b(?:(?P<more>more) (?!or\b|of\b)|(?P<long>longer|shorter|simpler|warmer|deeper|fewer)\b|(?<=with )(?P<less>less)\b)"
    r"(?!\s+than\b)(?![^.;]*\bthan\b)",
    re.IGNORECASE,
)
_PLAINLY = {
    "longer": "long",
    "shorter": "short",
    "simpler": "simple",
    "warmer": "warm",
    "deeper": "deep",
    "fewer": "few",
}


def parted(statement: str) -> tuple[str, str, str]:
    """The condition as an instruction begins with it (`For facts`, "" for none), the kind of request that it names ("" for
    several), and the statement without it."""
    text = " ".join(statement.split()).rstrip(".")
    scope, bare = scopes.parted(text)
    if scope:
        return scopes.condition(scope), "" if "," in scope else scope, bare
    for words, (begins, kind) in _OF_OLD.items():
        if text.lower().startswith(words):
            return begins, kind, text[len(words) :].lstrip(" ,:")
    return "", "", text


def under(begins: str, instruction: str) -> str:
    """The instruction behind its condition: `For facts: give ...`."""
    return f"{begins}: {instruction[:1].lower()}{instruction[1:]}" if begins else instruction


def imperative(statement: str) -> str:
    """The instruction: a sentence with a full stop, `For facts: ...` before it where the statement has a condition. What is
    compared with nothing ("more examples") is said plainly, for whoever writes one answer has no other to compare it with."""
    begins, _, text = parted(statement)
    if begins:
        return under(begins, imperative(text))
    leans, shuns = _LEANS.match(text), _SHUNS.match(text)
    if leans:
        text = _wanted(text[leans.end() :])
    elif shuns:
        text = f"avoid {text[shuns.end() :]}"
    text = _COMPARED.sub(_said_plainly, text)
    return f"{text[:1].upper()}{text[1:]}."


def _said_plainly(found: re.Match[str]) -> str:
    if found["more"]:
        return ""
    return "little" if found["less"] else _PLAINLY[found["long"].lower()]


def _wanted(what: str) -> str:
    done = _IS_DONE.match(what)
    if done:
        return f"give {{me}} {what[done.end() :]}"
    if _THAT.match(what):
        return f"make {_THAT.sub('answers ', what, count=1)}"
    if re.match(r"(?:that|when|if|it)\b", what, re.IGNORECASE):
        return f"see to it {what if what.lower().startswith('that') else 'that ' + what}"
    return f"give {{me}} {what}"
