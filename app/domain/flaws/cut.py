"""Answers that plainly stop before their end: `... a secondary emotion that can be used as a warning sign that something else i`.

Told by the text alone, for files keep no reason why an answer ended. Much that ends without a full stop is whole (a list, a
heading, a signature, a line of hashtags), so only what cannot be an end counts.
"""

from __future__ import annotations

import re

CUT = "This answer stops before its end."
"""As it is said beside such an answer."""
_FENCE = re.compile(r"^[^\S\n]*(?:```|~~~)", re.MULTILINE)
_NO_END = re.compile(
    r"(?:,|\b(?:the|a|an|of|and|or|to|for|with|as|by|from|such|which|because|if|but|is|are|was|were|be|its|their|your|"
    r"der|die|das|und|oder|zu|mit|von|für|ein|eine|ist|sind|dass|le|la|les|et|ou|de|des|du|un|une|pour|avec|que|"
    r"el|los|las|y|o|del|para|con|por|una))\Z"
)
"""Words and signs after which something must come. Small letters: an `A` or a `THE` may be a grade or a title."""
_FEWEST = 200
_LONGEST_ANSWERED_LINE = 100
_NO_PROSE = re.compile(r"\s*(?:[-*•+|#>]|\d+[.)]|[\w ]{1,30}:)")
_ENDED = re.compile(r"[.!?…][\"')\]*_]*\s+\S")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_LONGEST_NO_END = 10
"""Characters of the longest word of `_NO_END`, and some."""


def is_open(answer: str) -> bool:
    """Whether it stops inside a code fence."""
    return ("```" in answer or "~~~" in answer) and len(_FENCE.findall(answer)) % 2 == 1


def stops_short(answer: str) -> bool:
    """Whether an answer stops in the middle of a code fence or of a sentence.

    A sentence is open where it ends with a word or sign after which something must come, in an answer of 200 characters or
    more; or where a long line of prose, with whole sentences before it, ends in a word and no sign.
    """
    text = answer.rstrip()
    if is_open(text):
        return True
    if len(text) < _FEWEST:
        return False
    last = text.rpartition("\n")[2]
    if _NO_END.search(last, max(0, len(last) - _LONGEST_NO_END)):
        return not last.isupper()
    is_prose = len(last) >= _LONGEST_ANSWERED_LINE and not _NO_PROSE.match(last)
    return bool(is_prose and _ENDED.search(last) and _WORD.fullmatch(last.split()[-1]))
