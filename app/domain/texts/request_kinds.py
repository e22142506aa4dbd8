"""What kind of thing a request asks for, by rules: so that a trait may hold for one kind only.

Rules and not a model, because the kind decides which traits a judge is told, for choices that were never paid for too.
Code and sums are told by their signs in any language; the other kinds by English words, and a request in another
language that shows no sign is "other".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.domain.texts.conversation import Context

OTHER = "other"
CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "code": "When asked for code",
        "maths": "When asked for a calculation",
        "writing": "When asked to write something",
        "advice": "When asked for advice",
        "facts": "When asked for facts",
    }
)
"""The kinds that a trait may be bound to, each with the words that begin such a trait."""

# No sign may run on through the whole text: a request that repeats its beginning would be read anew from each of them.
_SIGNS = {
    "code": (
        r"```|\bc\+\+|\bdef \w+\(|\bfunction\b.{0,200}?\(|#include|\bSELECT\b.{1,200}?\bFROM\b|"
        r"\b(?:python|javascript|typescript|java|rust|golang|sql|html|css|bash|regex|regular expression|api|json|"
        r"code|script|program|debug|compile|unit test|algorithm|class method|stack trace|docker|git)\b"
    ),
    "maths": (
        r"\d\s*[-+*/^=×÷]\s*\(?\d|\b(?:calculate|solve|equation|integral|derivative|probability|percent(?:age)? of|sum of|"
        r"how many|prove that|square root|divided by|multiplied)\b"
    ),
    "writing": (
        r"\b(?:write|compose|draft|rewrite|rephrase|paraphrase|proofread|translate|summari[sz]e|edit)\b|"
        r"\b(?:poem|haiku|story|essay|e-?mail|cover letter|speech|slogan|tagline|lyrics|blog post|headline)\b"
    ),
    "advice": (
        r"\b(?:should i|can i|could i|how (?:do|can|should|could) i|help me|advice|advise|recommend|suggest|tips?|"
        r"what would you|is it (?:ok|okay|worth|better)|my (?:friend|boss|mother|father|partner|wife|husband|job|life))\b"
    ),
    "facts": (
        r"^[^\w\n]*(?:what|who|when|where|which|why|how|explain|describe|define|tell me|list|name|compare|is|are|was|"
        r"were|do|does|did)\b"
    ),
}
_RULES = tuple((kind, re.compile(signs, re.IGNORECASE | re.MULTILINE)) for kind, signs in _SIGNS.items())


def kind_of(context: Context) -> str:
    """The kind of the last request of a context: a key of `CONDITIONS`, or "other"; of several the first in their order."""
    asked = next((turn.content for turn in reversed(context) if turn.role == "user"), "")
    return next((kind for kind, signs in _RULES if signs.search(asked)), OTHER)
