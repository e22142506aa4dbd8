"""What of a model's title and sentences on a person may be kept: what the traits bear out, spoken to the person.

Each clause keeps to the words of the traits, goes against none of them, and names no number that was not counted. How sure
one may be stands beside a trait, so that "likely" is nobody's word here; nor is what sets a person apart, where nothing does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.letter import MOST_SENTENCES, MOST_TITLE_WORDS
from app.domain.letter.names import is_named, side
from app.domain.letter.second_person import to_you
from app.domain.personas.persona import LONGEST_SUMMARY_WORDS, Trait
from app.domain.personas.style_claims import claims
from app.domain.texts.language import UNDETERMINED, language_of
from app.domain.texts.sentences import sentences_of
from app.induction.wording.contradiction import contradicts
from app.induction.wording.private_matters import mentions_private_matters, speaks_of_the_person
from app.induction.wording.statements import content_words

_BORNE_OUT = 2 / 3
"""Part of a clause's words that must be words of the traits; the rest is what joins them."""
_JOINS = content_words(
    "you your yours prefer like want value enjoy avoid dislike need appreciate reject choose favour favor love also most people take "
    "would rather when over not no"
)
_NUMBER = re.compile(r"\d+")
_HOW_SURE = re.compile(
    r"\b(?:likely|probably|possibly|perhaps|maybe|seems?|appears?|tends?|clearly|strongly)\b", re.IGNORECASE
)
_APART = re.compile(r"\b(?:unlike|apart|unusual\w*|unique\w*|rare\w*|different from)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spoken:
    """`title` and `text` as far as they may be kept; "" where nothing of them may."""

    title: str
    text: str


def kept(title: str, text: str, traits: Sequence[Trait]) -> Spoken:
    """The title, if it may stand, and the whole sentences of the text that may, at most four of 120 words together; sentences
    on "this person" are turned to "you", and none in another language than the traits' is kept. What goes against
    a trait can be told of English, and of what can be counted."""
    known = frozenset().union(*(_words_of(trait) for trait in traits))
    numbers = frozenset(_NUMBER.findall(" ".join(_told(trait) for trait in traits)))
    language = language_of(" ".join(trait.text for trait in traits))
    found: list[str] = []
    for sentence in map(to_you, sentences_of(text)):
        if not _may_stand(sentence, traits, known, numbers) or language_of(sentence) not in (UNDETERMINED, language):
            continue
        if len(found) == MOST_SENTENCES or len(" ".join([*found, sentence]).split()) > LONGEST_SUMMARY_WORDS:
            break
        found.append(sentence)
    name = " ".join(title.split()).strip(" .\"'*#")
    stands = name and len(name.split()) <= MOST_TITLE_WORDS and _may_stand(to_you(name), traits, known, numbers)
    return Spoken(name[:1].upper() + name[1:] if stands and found else "", " ".join(found))


def _may_stand(sentence: str, traits: Sequence[Trait], known: frozenset[str], numbers: frozenset[str]) -> bool:
    clauses = [content_words(clause) - _JOINS for clause in re.split(r"[;:]", sentence)]
    said = [words for words in clauses if words]
    if not said or mentions_private_matters(sentence) or speaks_of_the_person(sentence) or _HOW_SURE.search(sentence):
        return False
    if not numbers.issuperset(_NUMBER.findall(sentence)):
        return False
    if _APART.search(sentence) and not any(_sets_apart(trait) for trait in traits):
        return False
    if any(len(words & known) < _BORNE_OUT * len(words) for words in said):
        return False
    return _claims_hold(sentence, traits) and not any(contradicts(sentence, trait.text) for trait in traits)


def _claims_hold(sentence: str, traits: Sequence[Trait]) -> bool:
    """Whether all that the sentence claims of what can be counted is claimed by a trait, to the same side."""
    borne: dict[str, set[int]] = {}
    for trait in traits:
        for name, sign in (claims(trait.text) or {}).items():
            borne.setdefault(name, set()).add(sign)
    return all(sign in borne.get(name, ()) for name, sign in (claims(sentence) or {}).items())


def _sets_apart(trait: Trait) -> bool:
    return trait.counted.sets_apart if trait.counted else trait.sets_apart


def _told(trait: Trait) -> str:
    """The trait with all words in which it is told elsewhere."""
    counted = trait.counted
    if not counted or not is_named(counted.measure):
        return trait.text
    mine = side(counted.measure, more=counted.more)
    differ = counted.for_it + counted.against_it
    return f"{trait.text} {mine.name} {mine.taken} {mine.liked} {mine.plainly} {counted.for_it} of {differ}"


def _words_of(trait: Trait) -> frozenset[str]:
    return content_words(_told(trait))
