"""Answers that say the same over and over until their model was stopped: `4. Creative 5. Innovative 6. Creative 7. ...`."""

from __future__ import annotations

import re
from collections import Counter

_NUMBER = re.compile(r"^\s*\d+[.)]\s*", re.MULTILINE)
_FENCED = re.compile(r"^[^\S\n]*```.*?(?:^[^\S\n]*```|\Z)", re.MULTILINE | re.DOTALL)
_TOKEN = re.compile(r"[^\W_]+|[^\W\x00-\x7f]|[^\x00-\x7f\w\s]")
"""A word, or a single sign outside ASCII such as an emoji; dashes and dots that draw a line are none."""
_TO_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()}
_LAST_TOKENS = 600
_LONGEST_ROUND = 150
_FEWEST_ROUNDS = 6
_FEWEST_REPEATED = 24
_LINE = 12
_FEWEST_LINES = 6


def is_looping(answer: str) -> bool:
    """Whether it ends in one run of words, said six times or more and 24 words in all, or half of its lines are one line."""
    prose = _NUMBER.sub("", _FENCED.sub("", answer) if "```" in answer else answer)
    return _ends_in_rounds(_tokens(prose.lower())[-_LAST_TOKENS:]) or _is_one_line(prose)


def _tokens(text: str) -> list[str]:
    # The same of ASCII in a tenth of the time.
    return text.translate(_TO_WORDS).split() if text.isascii() else _TOKEN.findall(text)


def _ends_in_rounds(tokens: list[str]) -> bool:
    if len(set(tokens[-_FEWEST_REPEATED:])) > _LONGEST_ROUND or all(map(str.isdigit, tokens)):
        return False
    # The last word may be half of itself.
    for end in (len(tokens), len(tokens) - 1):
        for length in range(1, min(_LONGEST_ROUND, end // _FEWEST_ROUNDS) + 1):
            same = 0
            while same < end - length and tokens[end - 1 - same] == tokens[end - 1 - same - length]:
                same += 1
            is_long = same + length >= max(_FEWEST_ROUNDS * length, _FEWEST_REPEATED)
            if is_long and not all(map(str.isdigit, tokens[end - length : end])):
                return True
    return False


def _is_one_line(prose: str) -> bool:
    lines = [line.strip() for line in prose.split("\n") if line.strip()]
    if not lines:
        return False
    line, times = Counter(lines).most_common(1)[0]
    return times >= _FEWEST_LINES and times * 2 >= len(lines) and len(line) >= _LINE
