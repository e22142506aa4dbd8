"""A trait's sentence as an instruction: `Dislikes hedging such as may` becomes `Avoid hedging such as may.`

By rules, so that what is exported is what was voted on, in other words only. `{me}` stands for whoever speaks. A sentence that
does not begin as ours do, in another language above all, stays as it is.
"""

from __future__ import annotations

import re

from app.domain.texts.request_kinds import CONDITIONS

_LEANS = re.compile(
    r"(?:clearly |strongly |usually )?(prefers|likes|wants|values|enjoys|needs|appreciates)\s+", re.IGNORECASE
)
_SHUNS = re.compile(
    r"(?:clearly |strongly |usually )?(dislikes|avoids|rejects|does not (?:like|want))\s+", re.IGNORECASE
)
_THAT = re.compile(r"(?:answers?|responses?) (?:to|that) (?:be |are )", re.IGNORECASE)
_IS_DONE = re.compile(r"to (?:be told|see|hear|know|get|have|receive|read)\s+", re.IGNORECASE)
_CONDITIONS = {
    **{words: f"For {kind}" for kind, words in CONDITIONS.items()},
    **{words.replace("When", "Unless", 1): f"Except for {kind}" for kind, words in CONDITIONS.items()},
}


def imperative(statement: str) -> str:
    """The instruction: a sentence with a full stop, `For facts: ...` before it where the statement has a condition."""
    text = " ".join(statement.split()).rstrip(".")
    for words, begins in _CONDITIONS.items():
        if text.lower().startswith(words.lower()):
            rest = imperative(text[len(words) :].lstrip(" ,:"))
            return f"{begins}: {rest[:1].lower()}{rest[1:]}"
    leans, shuns = _LEANS.match(text), _SHUNS.match(text)
    if leans:
        text = _wanted(text[leans.end() :])
    elif shuns:
        text = f"avoid {text[shuns.end() :]}"
    return f"{text[:1].upper()}{text[1:]}."


def _wanted(what: str) -> str:
    done = _IS_DONE.match(what)
    if done:
        return f"give {{me}} {what[done.end() :]}"
    if _THAT.match(what):
        return f"make {_THAT.sub('answers ', what, count=1)}"
    if re.match(r"(?:that|when|if|it)\b", what, re.IGNORECASE):
        return f"see to it {what if what.lower().startswith('that') else 'that ' + what}"
    return f"give {{me}} {what}"
