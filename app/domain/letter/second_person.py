"""Sentences on "this person" spoken to the person: `This person likely likes lists` becomes `You like lists`."""

from __future__ import annotations

import re

CONDITION = r"(?:for\b[^:]*:|(?:when|unless)\b[^,]*,)\s+"
"""How a trait begins that is for some requests only; the second form stands in personas of old."""
_VERBS = "prefers|likes|dislikes|wants|values|enjoys|avoids|needs|appreciates|rejects|chooses|favors|favours"
_SURELY = r"(?:(?:likely|probably|possibly|clearly|strongly|usually|generally|often)\s+)?"
_WHO = re.compile(rf"\b(?:this|the) (?:person|user)\s+{_SURELY}(?=(?:{_VERBS}|does|is|has|also)\b)", re.IGNORECASE)
_DOES = re.compile(rf"(?:\byou (?:also )?|[,;]\s+|\band\s+|\bbut\s+|^\s*){_SURELY}(?:{_VERBS})\b", re.IGNORECASE)
_THEY = re.compile(r"\bthey (?=(?:also )?(?:prefer|like|dislike|want|value|enjoy|avoid|need)s?\b)", re.IGNORECASE)
_ALONE = re.compile(rf"(^|[.!?:]\s+){_SURELY}({_VERBS})\b", re.IGNORECASE)
_VERB = re.compile(rf"{_SURELY}({_VERBS})$", re.IGNORECASE)
_THIRD = re.compile(r"\b(?:person|user|user's|person's|he|she|his|her|hers)\b", re.IGNORECASE)


def to_you(text: str) -> str:
    """The text spoken to the person, "" where it still speaks of somebody else; what is no English sentence of ours stays."""
    told = _ALONE.sub(lambda found: f"{found[1]}you {found[2][:-1].lower()}", text)
    told = _THEY.sub("you ", _WHO.sub("you ", told))
    told = re.sub(
        r"\byou (does|is|has)\b", lambda found: "you " + {"does": "do", "is": "are", "has": "have"}[found[1]], told
    )
    told = _DOES.sub(lambda found: _VERB.sub(lambda verb: verb[1][:-1], found[0]), told)
    if _THIRD.search(told):
        return ""
    return re.sub(r"(^|[.!?]\s+)(you)\b", lambda found: f"{found[1]}You", told)


def trait_to_you(text: str) -> str:
    """A trait's sentence: `Dislikes hedging` becomes `you dislike hedging`, `For code: prefers prose` becomes `For code: you
    prefer prose`. A sentence that does not begin as ours do stays as it is."""
    plain = " ".join(text.split()).rstrip(".")
    return re.sub(
        rf"^({CONDITION})?{_SURELY}({_VERBS})\b",
        lambda found: f"{found[1] or ''}you {found[2][:-1].lower()}",
        plain,
        flags=re.IGNORECASE,
    )
