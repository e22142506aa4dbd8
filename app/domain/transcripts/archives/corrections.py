r"""Where a person pushed back on the manner of an answer: "Shorter please.", "No bullet points.", "In German please."

The answer before such a turn and the one after it are a hint of what they like, which they are asked about. What pushes back on facts
("That is wrong, Austria is missing") tells nothing of it. Told by short turns between two answers that ask for another length, form,
tone, language or for an example, in English, German, French, Spanish and Italian. A question is none, unless it asks for a favour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.texts.conversation import Turn
from app.domain.texts.storable_text import plain

LONGEST = 140
"""Characters of a turn that can be a correction: longer ones bring matter of their own."""

_LANGUAGES = (
    r"(?:(?:swiss|british|american|simple|plain) )?(?:english|german|french|spanish|italian|portuguese|dutch|polish|russian|turkish|"
    r"chinese|japanese|korean|arabic|hindi)"
)
_FORMS = (
    r"(?:bullets?|bullet[ -]?points?|lists?|tables?|headings?|headers?|emojis?|markdown|bold|jargon|filler|preamble|intro(?:duction)?|"
    r"summary|disclaimers?|apolog(?:y|ies)|compliments?|flattery|praise|pathos|exclamation marks?|hedging|caveats?)"
)
_ENGLISH = (
    r"\b(?:shorter|longer|briefer|simpler|more (?:concise|brief|casual|formal|direct|detail|detailed|friendly|polite|precise))\b",
    r"\b(?:less (?:formal|wordy|verbose|technical|detail|detailed|pathos|enthusiastic)|(?:fewer|less) words)\b",
    r"\btoo (?:long|short|wordy|formal|verbose|technical|complicated)\b",
    rf"\b(?:no|without(?: the| any)?|skip(?: all)?(?: the)?|drop(?: the)?|leave out(?: the)?|fewer|less|stop using) {_FORMS}\b",
    r"\b(?:as|in|use|with) (?:an? )?(?:bullet(?:s|ed list| points)?|numbered list|list|table|prose|full sentences|one sentence)\b",
    r"\b(?:give|show)(?: me)? (?:an?|one|some|another) (?:short )?examples?\b(?! of (?!that|this|it\b))|\bwith (?:an )?examples?,? please\b",
    rf"\bin {_LANGUAGES},? please\b|\b(?:answer|write|say it|again|reply|that) in {_LANGUAGES}\b",
    r"\bin (?:plain|simpler?) (?:words|terms|language)\b|\bthe way i would\b|\bchange the tone\b|\bkeep it (?:short|brief|simple)\b",
)
_OTHERS = (
    r"\b(?:kürzer|länger|einfacher|förmlicher|lockerer|knapper|ausführlicher|sachlicher)\b|\b(?:gib|zeig)(?: mir)? ein beispiel\b",
    r"\b(?:ohne|keine|weniger) (?:aufzählung(?:en)?|listen?|punkte|stichpunkte|emojis?|überschriften|floskeln)\b",
    r"\bauf (?:deutsch|englisch|französisch|spanisch|italienisch|schweizerdeutsch)(?:,? bitte)?\s*[.!]?$",
    r"\bplus (?:court|long|simple|bref|détaillé|formel)e?\b|\bsans (?:liste|puces|emojis?|titres?)\b|\bdonne(?:-moi)? un exemple\b",
    r"\ben (?:français|anglais|allemand|espagnol)[, ]+s['’]il (?:te|vous) plaît\b",
    r"\bmás (?:corto|breve|largo|simple|sencillo|formal)\b|\bsin (?:lista|viñetas|emojis?)\b|\bdame un ejemplo\b",
    r"\bpiù (?:corto|breve|lungo|semplice|formale)\b|\bsenza (?:elenco|elenchi|emoji)\b|\bfammi un esempio\b",
)
_MANNER = re.compile("|".join(f"(?:{each})" for each in _ENGLISH + _OTHERS), re.IGNORECASE)
_ASKS = re.compile(r"^(?:can|could|would|will) you\b|\b(?:please|bitte|s['’]il|por favor|per favore)\b", re.IGNORECASE)
_MATTER = re.compile(r"[`\n]")
"""Signs of a text or of code that is brought along."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What was pushed back on, with which words, and what came then."""

    before: str
    words: str
    after: str


def corrections_in(turns: tuple[Turn, ...]) -> Iterator[Correction]:
    """The turns of the person, between two answers, that are about manner."""
    for before, turn, after in zip(turns, turns[1:], turns[2:], strict=False):
        stands_between = before.role == after.role == "assistant" and turn.role == "user"
        if stands_between and is_correction(turn.content):
            yield Correction(before.content, turn.content, after.content)


def is_correction(words: str) -> bool:
    """Whether the words push back on the manner of an answer."""
    words = plain(words)
    if len(words) > LONGEST or _MATTER.search(words) or not _MANNER.search(words):
        return False
    return not words.endswith("?") or bool(_ASKS.search(words))
