"""The signs by which manner is counted. Those of form hold in every language; those of wording are English.

No pattern may run on through a text from every place of it, or a text made for it would be read as the square of its
length.
"""

from __future__ import annotations

import re


def _words(*signs: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(signs)})\b", re.IGNORECASE)


# Indentation is any white space but a line's end: with \s a text of blank lines would be read anew from each of them.
FENCED = re.compile(r"^[^\S\n]*```.*?(?:^[^\S\n]*```|\Z)", re.MULTILINE | re.DOTALL)
LIST_LINE = re.compile(r"^[^\S\n]*(?:[-*•]|\d{1,3}[.)])\s+\S", re.MULTILINE)
HEADING = re.compile(r"^[^\S\n]*(?:#{1,6}\s+\S|\*\*[^*\n]+\*\*:?[^\S\n]*$)", re.MULTILINE)
BOLD = re.compile(r"\*\*[^*\n]+\*\*")
CODE = re.compile(r"```|^(?: {4}|\t)\S", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*")
BLANK_LINE = re.compile(r"\n\s*\n")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
SENTENCE_END = re.compile(r"(?<![.!?。！？])[.!?。！？]+(?=\s|$)|\n+")
QUESTION_MARKS = ("?", "？", "؟")

HEDGE = _words(
    "may", "might", "could", "perhaps", "possibly", "probably", "likely", "seems?", "generally", "typically", "however",
    "can vary", "it depends", "in some cases", "not sure",
)  # fmt: skip
REFUSAL = _words(
    r"i (?:cannot|can't|can not|won't|am (?:unable|not able)|do not have|don't have)", r"i'm (?:unable|not able)",
    r"i do not (?:have|possess)", "as an ai", "as a language model", r"not (?:able|appropriate) to", "it is not possible",
)  # fmt: skip
WARM = re.compile(
    r"\b(?:glad|happy to|great question|wonderful|congratulations|you've got this|i understand|thank you|good luck|"
    r"feel free|hope this|enjoy|welcome)\b|!",
    re.IGNORECASE,
)
YOU = _words("you", "your", "yours", "yourself")
OFFER = _words(
    "let me know", "feel free", "hope (?:this|that)", "any (?:other|further) questions", "happy to (?:help|assist)",
    "is there anything", "would you like",
)  # fmt: skip
EXAMPLE = re.compile(r"\b(?:for example|for instance|such as|e\.g\.|like when|imagine)", re.IGNORECASE)
REASON = _words(
    "because", "since", "therefore", "thus", "hence", "so that", "as a result", "due to", "which means"
)  # fmt: skip
SUMMARY = _words(
    "in conclusion", "in summary", "in short", "to sum up", r"to summari[sz]e", "overall", "ultimately"
)  # fmt: skip
OPENER = re.compile(
    r"^\W*(?:sure|certainly|of course|absolutely|ok|okay|yes, i can|great question|here (?:is|are)|here's|thank you|"
    r"hello|hi)\b",
    re.IGNORECASE,
)
_SMALL = (
    "a an and are as at be by can could do does did for from have has how i if in into is it its me my of on or our please "
    "should so some than that the their them there these they this to was we what when where which who why will with would "
    "you your"
)
SMALL_WORDS = frozenset(_SMALL.split())
"""Words of a request that say nothing of its matter."""
