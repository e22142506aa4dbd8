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

_WORK = r"^\W{0,20}(?:please |now |so |then |can you |could you |i (?:want|need|would like) you to |i(?:'d| would) like |help me )?(?:to )?"
_GIVEN = r"(?:this|these|the following|the (?:below|above|given|provided)|my|following|given|below)"
_MATERIAL = (
    r"(?:sentences?|texts?|passages?|paragraphs?|articles?|e-?mails?|letters?|reviews?|records?|data|tables?|lists?|words?|phrases?|"
    r"documents?|essays?|stor(?:y|ies)|poems?|quotes?|comments?|tweets?|transcripts?|resum[eé]|cv|statements?|lyrics)"
)
_NAMES_OF_TEXTS = (
    r"(?:poems?|haikus?|limericks?|sonnets?|stor(?:y|ies)|essays?|cover letters?|speech(?:es)?|slogans?|taglines?|lyrics|songs?|jokes?|"
    r"blog posts?|headlines?|captions?|scripts?|scenes?|dialogues?|playlists?|recipes?|titles?|advertisements?|tweets?)"
)
# No sign may run on through the whole text: a request that repeats its beginning would be read anew from each of them.
_SIGNS = {
    "code": (
        r"```|\bc\+\+|\bc#|\bdef \w+\(|\bfunction \w{1,40}\(|#include|\bSELECT\b.{1,200}?\bFROM\b|"
        r"\b(?:python|javascript|typescript|java|rust|golang|sql|html|css|bash|regex|regular expression|api|source code|codebase|"
        r"compile[rd]?|debug|unit test|class method|stack trace|docker|git|github|linked list|binary tree|"
        r"(?:write|fix|review|explain|run|my|this|the|some|of|a|sample|in) (?:\w+ )?(?:code|function|program|algorithm))\b|"
        r"\b(?:bash|shell|powershell|a) script that\b|\bimplement (?:a|an|the)\b"
    ),
    "calculation": (
        r"\d\s*[+*/^=×÷]\s*\(?\d|\d - \d|\b[a-z]\s*[+*/^=]\s*[-\d(]*[a-z\d]\b[^\n]{0,40}=|\b[a-z]\^\d|\d[a-z] ?[-+] ?\d|"
        r"\b(?:calculate|solve (?:for|the|\d|x)|equations?|integral of|derivative|probability (?:of|that)|sudoku|"
        r"percent(?:age)? of|how many (?:different )?(?:ways|combinations|possibilities)|sum of|prove that|square root|divided by|multiplied)\b|"
        r"\d[^?]{0,400}\b(?:how (?:many|much|long|far|fast|old)|the (?:total|average|sum|remaining|combined))\b|"
        r"\bhow (?:many|much|long|far|fast)\b[^?]{0,200}\d[^?]{0,100}\d"
    ),
    "editing": (
        _WORK + r"(?:classify|categori[sz]e|extract)\b|"
        r"\b(?:rewrite|re-write|rephrase|reword|paraphrase|proof-?read|summari[sz]e|shorten|translate)\b|\bsummary of (?:this|the)\b|"
        r"\b(?:edit|fix|correct|improve|change|replace|convert|turn|polish|expand|simplify|add to)\b.{0,40}?\b"
        + _GIVEN
        + r"\b.{0,30}?\b"
        + _MATERIAL
        + r"\b|\b(?:classify|categori[sz]e|extract|identify|evaluate|analy[sz]e|assess|count|sort|determine|rate|complete|find|read|given|"
        r"based on|considering|evaluation of|review)\b.{0,120}?\b"
        + _GIVEN
        + r" (?:\w+ ){0,2}"
        + _MATERIAL
        + r"\b|\bin the (?:following )?(?:sentence|passage|paragraph|text)\b|\bmake (?:it|this|that) (?:more |less |sound |\w+er\b)"
    ),
    "making": (
        _WORK
        + r"(?:write|compose|draft|create|generate|make|design|invent|curate|craft|construct|structure|come up with|think of|brainstorm|share (?:\w+ )?ideas|"
        r"(?:tell|give|suggest|list|propose|provide)(?: me)?(?: an?| some| \d+| five| ten| three)? (?:\w+ ){0,2}(?:ideas|"
        + _NAMES_OF_TEXTS
        + r")|act as|pretend|imagine|picture yourself|embody|role-?play|speak like|talk like|be my|you are (?:a|an|the|now)\b)|"
        r"\b(?:write|compose|draft)\b|\b(?:create|craft|construct) an? |\b(?:should be|needs? to be) written\b|\b(?:speak|talk|answer|respond) (?:like|as if|as) |"
        r"\b(?:want|need|like|make|be|with|another|do|for|choose|try) (?:it )?(?:to be )?(?:an?|the|some|my) (?:\w+ ){0,3}"
        + _NAMES_OF_TEXTS
        + r"\b"
    ),
    "chat": (
        r"\A\W{0,20}(?:hi|hello|hey|hiya|yo|thanks|thank you|good (?:morning|evening|afternoon|day))\b[^?]{0,40}\Z|"
        r"\A[^?]{0,40}\bhow (?:are|r) (?:you|u|things)\b|"
        r"\A\W{0,20}(?:i|i'm|i’m|im|i've|we|my|you|you're|your|ok|okay|yes|yeah|no|good|great|cool|well|but|so|that|that's|it|it's|they|people|there)\b"
        r"(?:(?!\b(?:please|give|tell|help|write|explain|recommend|suggest|would like|want to know|like to (?:know|hear)|need|how|what|which|create|craft|design|describe|estimate|wrote|appreciate)\b)[^?]){0,600}\Z|"
        r"\b(?:why|how) (?:did|do|can|are|were) you (?:not )?(?:cancel|answer|say|know|know that|lie|lying|talk)\b|\b(?:who|what) are you\b|\bare you (?:an? |the |human|real|alive|sentient)"
    ),
    "advice": (
        r"\b(?:should (?:i|we)|could i|how (?:do|can|should|could|would|to|am) (?:i|we|you)|how to|help me|advice|advise|"
        r"recommend\w{0,10}|suggest\w{0,10}|tips?|what (?:should|can|could|do|shall|must) (?:i|we|you)|what (?:would|if) you|"
        r"is it (?:ok|okay|worth|better|safe|wise)|(?:the )?best (?:ways?|places?|time|method|\w+ (?:for|to|in)|stops)|ways (?:to|that i|i can|of)|"
        r"itinerary|road trip|route from|map out|plan (?:a|my|for)|steps (?:to|for)|skills|vote for|"
        r"my (?:friend|boss|mother|father|mom|mum|dad|partner|wife|husband|girlfriend|boyfriend|son|daughter|child|kids?|dog|cat|job|life|"
        r"family|house|car|marriage|health))\b|\bi (?:want|need|would like|am trying|have trouble|feel)\b"
    ),
    "opinion": (
        r"\b(?:do|did|don't|would|what do|what did) you (?:personally |really |also )?(?:think|believe|agree|feel|support|like|love|hate|prefer|consider it|rather)\b|"
        r"\byour (?:\w+ )?(?:opinions?|views?|thoughts?|stance|favou?rite|take|beliefs?|position)\b|\bwhat(?:'s| is| are) your\b|"
        r"\byou (?:find|think|believe)\b|\bare you (?:for|against|in favou?r)\b|"
        r"\b(?:immoral|moral|morally|morality|ethical|unethical|justified|wrong (?:to|with)|in the right|right or wrong|good or bad|bad or good|overrated|evil)\b|"
        r"\bshould (?!i\b|we\b|you\b)(?:\w+ ){1,5}(?:be|have|get|stay|pay|stop|work|vote)\b|\b(?:which|who|what) (?:is|was|are|one is) (?:the )?(?:better|best|greatest|worst)\b|"
        r"\bis (?:\w+ ){1,4}(?:good|bad|wrong|right|fair|acceptable|important|necessary|better)\b|\bdebate\b|\bcontroversial\b"
    ),
    "closed": (
        r"\A\W{0,20}(?:so |and |but |ok |well )?(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should|isn't|aren't|doesn't|don't)\b"
        r"(?! you (?:please|tell|give|explain|help|list|name|describe|show|provide))[^\n?]{0,160}\?|"
        r"\byes or no\b|\btrue or false\b|\b(?:decide|determine|say|tell me) (?:whether|if)\b|\bwhich (?:one|of (?:the|these|them))\b|"
        r"\b(?:antonyms?|synonyms?|opposite) (?:of|for)\b|\bhow do you say\b|\bin one word\b|\bcorrect answer\b"
    ),
    "facts": (
        r"\b(?:what|what's|whats|who|when|where|which|why|how|explain|describe|define|tell me|list|name|compare|discuss|outline|give|provide|"
        r"elaborate|know|about|hear more|difference between|meaning of)\b|\?"
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
