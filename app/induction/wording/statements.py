"""Rules that a trait must pass before it is shown: about answers, nothing private, cited, and said only once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.personas.style_claims import claims
from app.induction.wording.private_matters import mentions_private_matters, speaks_of_the_person

MOST_TRAITS = 9
_FEWEST_TO_SHARE = 4
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
"""Thai and Lao, kana, Chinese characters."""

_JOINT = re.compile(r"\s+(?:and|but|as well as|plus)\s+|;\s*", re.IGNORECASE)
_TWO = 2

_EMPTY_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "answer",
        "answers",
        "are",
        "as",
        "be",
        "by",
        "clear",
        "dislikes",
        "for",
        "from",
        "give",
        "gives",
        "given",
        "good",
        "has",
        "have",
        "helpful",
        "in",
        "is",
        "it",
        "its",
        "likes",
        "more",
        "of",
        "on",
        "or",
        "person",
        "prefers",
        "provide",
        "provides",
        "providing",
        "response",
        "responses",
        "than",
        "that",
        "the",
        "their",
        "them",
        "they",
        "this",
        "to",
        "use",
        "uses",
        "using",
        "very",
        "want",
        "wants",
        "well",
        "which",
        "who",
        "with",
    ]
)


def content_words(text: str) -> frozenset[str]:
    """The words that carry meaning, cut to five letters so that detail and detailed are one.

    In scripts without spaces pairs of neighbouring characters stand for words. Which words are empty is known of English
    alone; in another language `shared_words` tells.
    """
    words = [word for word in re.findall(r"\w+", text.lower()) if word not in _EMPTY_WORDS]
    unspaced = [word for word in words if _UNSPACED.search(word)]
    pairs = {word[at : at + 2] for word in unspaced for at in range(max(1, len(word) - 1))}
    return frozenset(pairs | {word[:5] for word in words if word not in unspaced})


def shared_words(texts: Sequence[str]) -> frozenset[str]:
    """Words that most of several sentences have, so that they set none of them apart; none of fewer than four sentences."""
    if len(texts) < _FEWEST_TO_SHARE:
        return frozenset()
    counts = Counter(word for text in texts for word in content_words(text))
    return frozenset(word for word, count in counts.items() if count > len(texts) / 2)


def say_the_same(one: str, other: str, common: frozenset[str] = frozenset()) -> bool:
    """Whether two sentences are near-duplicates: most of the shorter one's content words stand in the other.

    Words in `common` count for neither.
    """
    a, b = content_words(one) - common, content_words(other) - common
    if not a or not b:
        return " ".join(one.lower().split()) == " ".join(other.lower().split())
    # "likes lists" and "dislikes lists" share their words and must both stay.
    mine, theirs = claims(one) or {}, claims(other) or {}
    shared = mine.keys() & theirs.keys()
    if any(mine[name] != theirs[name] for name in shared) or (not shared and _denies(one) != _denies(other)):
        return False
    return len(a & b) / min(len(a), len(b)) >= 0.75


def joins_two(text: str) -> bool:
    """Whether a sentence names two things, so that an answer may be for the one and against the other: `gives yes or no first and
    the drawback after it`. Known of English joints alone; two words for one thing ("short and brief") are one."""
    parts = [part for part in _JOINT.split(text) if content_words(part)]
    if len(parts) < _TWO:
        return False
    if len(claims(text) or {}) >= _TWO:
        return True
    return sum(len(content_words(part)) >= _TWO for part in parts) >= _TWO


@dataclass(frozen=True, slots=True)
class DraftTrait:
    """A trait as the model wrote it, citing choices by number from 1."""

    text: str
    supporting: tuple[int, ...]
    opposing: tuple[int, ...]


def usable_traits(drafts: Sequence[DraftTrait], choices: int) -> list[DraftTrait]:
    """The drafts that may be shown, at most nine, each said once.

    Citations of choices that do not exist are removed, and so is a choice cited both ways. A trait left without support or
    with as much against it as for it, one that speaks of the person or of private matters, and an empty one are dropped.
    Near-duplicates are merged into the first, with the citations of both.
    """
    kept: list[DraftTrait] = []
    for draft in drafts:
        text = " ".join(draft.text.split()).rstrip(".")
        if not content_words(text) or mentions_private_matters(text) or speaks_of_the_person(text):
            continue
        twin = next((place for place, other in enumerate(kept) if say_the_same(text, other.text)), None)
        pro, con = set(draft.supporting), set(draft.opposing)
        if twin is None:
            kept.append(_cited(text, pro, con, choices))
        else:
            other = kept[twin]
            kept[twin] = _cited(other.text, pro | {*other.supporting}, con | {*other.opposing}, choices)
    return [trait for trait in kept if len(trait.supporting) > len(trait.opposing)][:MOST_TRAITS]


def _cited(text: str, pro: set[int], con: set[int], choices: int) -> DraftTrait:
    real = range(1, choices + 1)
    both = pro & con
    return DraftTrait(
        text,
        tuple(number for number in real if number in pro - both),
        tuple(number for number in real if number in con - both),
    )


def _denies(text: str) -> bool:
    return bool(re.search(r"\b(?:dislikes?|avoids?|not|no|without|never|less|fewer|shorter)\b", text.lower()))
