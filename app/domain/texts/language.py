"""The language of a request, told only where the text itself says it: by its letters, or by its small words.

`language_of("Wie lang ist der Rhein?")` is "de", `language_of("def f(x): return x")` is "und". No probability is guessed: a
text without enough small words of one language, or with as many of another, is undetermined.
"""

from __future__ import annotations

import re
from collections.abc import Collection

UNDETERMINED = "und"
LOOKED_AT = 400
"""Characters of the text that are looked at: what comes later seldom decides otherwise."""

_WORDS = {
    "en": "the of and to is in that it for with are what how you this why was do does can i my be on as at from which write a me",
    "de": "der die das und ist ich nicht ein eine zu den mit wie was auf für von es im wir sind warum kann mir bitte dem sie",
    "fr": "le la les des et est une dans que qui pour sur pas je vous comment pourquoi du au ce avec quel quelle un moi",
    "es": "el la los las y es una en que por para con cómo qué del se mi no un como más cuál está escribe al",
    "it": "il la gli di che è una in per con non come del della perché sono mi un cosa più i le scrivi al",
    "pt": "o a os as e é uma em que por para com não como do da um mais qual meu minha são você na no",
    "nl": "de het een en is van dat in voor met niet hoe wat waarom ik je zijn op te aan er naar mijn",
    "sv": "och att det är en ett som på för med inte hur vad varför jag du den av till om kan",
    "pl": "i w na z jest nie to się że jak co do dlaczego dla są po czy mi o od napisz",
    "tr": "ve bir bu için ne nasıl neden ile da de mi çok ben var olarak bana mı daha",
    "ru": "и в не на что как я с это почему для по он из мне ли то же так к у о",
    "uk": "і в не на що як я з це чому для по він із мені та у є до",
}
_SPOKEN_WITH = {
    word: [language for language, words in _WORDS.items() if word in words.split()]
    for word in " ".join(_WORDS.values()).split()
}
"""The languages that have each small word."""
_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
)
"""Letters that one living language of many speakers has to itself, Japanese before Chinese, whose signs it shares."""
_FEWEST_LETTERS, _FEWEST_WORDS = 4, 2


def small_words(languages: Collection[str]) -> frozenset[str]:
    """The small words by which these languages are told."""
    return frozenset(word for word, spoken in _SPOKEN_WITH.items() if not set(spoken).isdisjoint(languages))


def language_of(text: str) -> str:
    """The language as a BCP 47 code, or "und" where the text does not tell."""
    text = text[:LOOKED_AT]
    if not text.isascii():
        by_letters = _by_letters(text)
        if by_letters:
            return by_letters
    words = _WORD.findall(text.lower())
    found = set(words)
    counts: dict[str, int] = {}
    for word in found & _SPOKEN_WITH.keys():
        for language in _SPOKEN_WITH[word]:
            counts[language] = counts.get(language, 0) + 1
    best, second, language = 0, 0, UNDETERMINED
    for name, count in counts.items():
        if count > best:
            best, second, language = count, best, name
        elif count > second:
            second = count
    if best < _FEWEST_WORDS or best == second or best * 8 < len(found):
        return UNDETERMINED
    return language


def _by_letters(text: str) -> str:
    letters = sum(map(str.isalpha, text))
    for language, its_own in _LETTERS:
        count = len(its_own.findall(text))
        if count >= _FEWEST_LETTERS and (count * 2 > letters or (language == "ja" and count * 5 > letters)):
            return language
    return ""
