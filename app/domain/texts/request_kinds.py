"""What kind of thing a request asks for, by rules: so that a trait may hold for some kinds only.

Rules and not a model, because the kind decides which traits a judge is told, for choices that were never paid for too. How often
they are right is measured on requests labelled by hand (docs/experiments.md, `python -m bench.kinds`). Code and sums are told by
their signs in any language; the other kinds by English words, and a request in another language that shows no sign is "other".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.domain.texts.conversation import Context
from app.domain.texts.language import UNDETERMINED, language_of

OTHER = "other"
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "facts": "facts",
        "advice": "advice",
        "opinion": "opinions",
        "making": "texts to write",
        "editing": "texts to edit",
        "code": "code",
        "calculation": "calculations",
        "closed": "closed questions",
        "chat": "chat",
    }
)
"""The kinds that a trait may be bound to, each with what stands behind "For" in such a trait."""

_OPENING, _CLOSING = 600, 300
"""Characters in which a request says what it wants; what stands between them is material."""

# No sign may run on through the whole text: a request that repeats its beginning would be read anew from each of them.
_SIGNS = {
    "code": (
        r"```|\bc\+\+|\bc#|\bdef \w+\(|\bfunction\b.{0,200}?\(|#include|\bSELECT\b.{1,200}?\bFROM\b|"
        r"\b(?:python|javascript|typescript|java|rust|golang|sql|html|css|bash|regex|regular expression|api|json|"
        r"code|program|debug|compile|unit test|algorithm|class method|stack trace|docker|git)\b|"
        r"\b(?:bash|shell|powershell|a) script\b"
    ),
    "calculation": (
        r"\d\s*[-+*/^=×÷]\s*\(?\d|\d?[a-z]\s*[-+*/^=]\s*\d+\s*=\s*\d|"
        r"\b(?:calculate|compute|solve (?:for|the equation|\d|x)|equation|integral|derivative|probability (?:of|that)|"
        r"percent(?:age)? of|how many (?:different )?(?:ways|combinations|possibilities)|sum of|prove that|square root|divided by|multiplied)\b|"
        r"\d[^?]{0,300}\bhow (?:many|much|long|far|fast|old)\b|\bhow (?:many|much|long|far|fast|old)\b[^?]{0,200}\d"
    ),
    "editing": (
        r"\b(?:rewrite|rephrase|reword|paraphrase|proofread|summari[sz]e|summary of|shorten|edit|translate|polish|"
        r"classify|categori[sz]e|convert|extract|identify)\b.{0,80}?"
        r"(?:\b(?:this|these|following|below|above|given|my|sentences?|text|passage|paragraph|article|into|to)\b|[:\"“])|"
        r"\b(?:fix|correct|improve|change|replace)\b.{0,40}?\b(?:sentence|text|grammar|passage|paragraph|word|spelling|wording)"
    ),
    "making": (
        r"^\W{0,20}(?:please |can you |could you |i (?:want|need|would like) you to |help me )?"
        r"(?:write|compose|draft|create|generate|make|design|invent|come up with|tell me a (?:joke|story)|act as|imagine)\b|"
        r"\b(?:write|compose|draft)\b|\b(?:poem|haiku|story|essay|cover letter|speech|slogan|tagline|lyrics|blog post|headline)\b"
    ),
    "advice": (
        r"\b(?:should i|can i|could i|how (?:do|can|should|could|would) (?:i|we|you)|how to|help me|advice|advise|"
        r"recommend\w{0,10}|suggest\w{0,10}|tips?|what (?:should|would you|can i|do i)|is it (?:ok|okay|worth|better|safe)|"
        r"best way|my (?:friend|boss|mother|father|mom|dad|partner|wife|husband|girlfriend|boyfriend|job|life))\b"
    ),
    "opinion": (
        r"\b(?:do|did|are|what|would) you (?:think|believe|agree|feel|support|like|prefer|consider|say)\b|"
        r"\byour (?:opinion|view|thoughts?|stance|favou?rite|take)\b|\bi (?:think|believe|feel)\b|"
        r"\b(?:moral\w{0,5}|ethical|justified|right or wrong|good or bad|be (?:legal|illegal|banned|allowed))\b"
    ),
    "closed": (
        r"^\W{0,20}(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should)\b[^\n?]{0,200}\?|\byes or no\b|"
        r"\bwhich (?:one|of)\b|\btrue or false\b"
    ),
    "facts": (
        r"\b(?:what|who|when|where|which|why|how|explain|describe|define|tell me|list|name|compare|give (?:me )?)\b"
    ),
}
_RULES = tuple((kind, re.compile(signs, re.IGNORECASE | re.MULTILINE)) for kind, signs in _SIGNS.items())


def kind_of(context: Context) -> str:
    """The kind of the last request of a context: a key of `KINDS`, or "other"; of several the first in their order."""
    asked = next((turn.content for turn in reversed(context) if turn.role == "user"), "")
    if len(asked) > _OPENING + _CLOSING:
        asked = f"{asked[:_OPENING]}\n{asked[-_CLOSING:]}"
    found = next((kind for kind, signs in _RULES if signs.search(asked)), "")
    return found or (
        "chat" if asked.strip() and language_of(asked) in ("en", UNDETERMINED) and asked.isascii() else OTHER
    )
