"""The same choices about other things: words of matter put in the place of others, while all that is counted of manner stays.

Each stem of a word of matter is swapped for another of the same length out of the same choices, everywhere for the same one, so that
answers keep their lengths, lists and doubts and their nearness to the request. What results is no sense; it is for asking
whether what was said of a person hangs on what they talked about. Small words, words of manner, code and everything with a digit stay.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.measures import patterns
from app.domain.texts.conversation import Turn

_STEM = 6
"""Letters by which the measures know a word again."""
_WORDED = (
    patterns.HEDGE, patterns.REFUSAL, patterns.WARM, patterns.YOU, patterns.OFFER, patterns.EXAMPLE, patterns.REASON,
    patterns.SUMMARY, patterns.OPENER,
)  # fmt: skip
_KEPT = re.compile(f"{patterns.FENCED.pattern}|`[^`\n]*`|\\S*\\d\\S*", re.MULTILINE | re.DOTALL)
_FEWEST_LETTERS = 4
"""Shorter words hold a sentence together, and tell its language."""


def about_other_things(pairs: Sequence[PreferencePair], seed: int) -> list[PreferencePair]:
    """The choices with their stems of matter swapped by the seed; ids, order, verdicts and everything else as it was."""
    swap = _swaps(_texts(pairs), seed)
    return [
        replace(
            pair,
            context=_turns(pair.context, swap),
            chosen=_completion(pair.chosen, swap),
            rejected=_completion(pair.rejected, swap),
        )
        for pair in pairs
    ]


def _texts(pairs: Iterable[PreferencePair]) -> list[str]:
    found: list[str] = []
    for pair in pairs:
        turns = (*pair.context, *pair.chosen.lead_in, *pair.rejected.lead_in)
        found += [*(turn.content for turn in turns), pair.chosen.text, pair.rejected.text]
    return found


def _swaps(texts: Sequence[str], seed: int) -> dict[str, str]:
    """Stem -> the one that stands in its place: a turn round all stems of its length, in an order drawn by the seed."""
    held = _of_manner(texts)
    words = {word for text in texts for word in patterns.WORD.findall(_KEPT.sub(" ", text).lower())}
    stems = {
        word[:_STEM] for word in words if len(word) >= _FEWEST_LETTERS and word.isascii() and word.isalpha()
    } - held
    rng = random.Random(f"other topics {seed}")
    found: dict[str, str] = {}
    for length in range(_FEWEST_LETTERS, _STEM + 1):
        alike = sorted(stem for stem in stems if len(stem) == length)
        rng.shuffle(alike)
        found |= dict(zip(alike, [*alike[1:], *alike[:1]], strict=True))
    return found


def _of_manner(texts: Sequence[str]) -> set[str]:
    """Stems of the small words, and of all words that stand in a sign of manner anywhere in these texts."""
    signs = {match[0] for text in texts for sign in _WORDED for match in sign.finditer(text.lower())}
    return {
        word[:_STEM]
        for word in (*patterns.SMALL_WORDS, *(word for sign in signs for word in patterns.WORD.findall(sign)))
    }


def _swapped(text: str, swap: Mapping[str, str]) -> str:
    parts, end = [], 0
    for kept in _KEPT.finditer(text):
        parts += [patterns.WORD.sub(lambda word: _other(word[0], swap), text[end : kept.start()]), kept[0]]
        end = kept.end()
    return "".join([*parts, patterns.WORD.sub(lambda word: _other(word[0], swap), text[end:])])


def _other(word: str, swap: Mapping[str, str]) -> str:
    """The word with its stem swapped, its ending and its capitals as they were."""
    if not word.isascii() or not word.isalpha():
        return word
    stem = word[:_STEM]
    other = swap.get(stem.lower(), stem.lower())
    return "".join(new.upper() if old.isupper() else new for old, new in zip(stem, other, strict=True)) + word[_STEM:]


def _turns(turns: Sequence[Turn], swap: Mapping[str, str]) -> tuple[Turn, ...]:
    return tuple(Turn(turn.role, _swapped(turn.content, swap)) for turn in turns)


def _completion(completion: Completion, swap: Mapping[str, str]) -> Completion:
    return replace(completion, text=_swapped(completion.text, swap), lead_in=_turns(completion.lead_in, swap))
