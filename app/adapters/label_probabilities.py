"""Reading the probability of each label from the first token of an answer.

Example: labels ("Yes", "No") and the tokens " Yes" -0.2, "yes" -2.0, "No" -3.1 give Yes -0.05, No -3.1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

FLOOR = -14.0
"""What a label gets that is not among the likeliest tokens; finite, so that margins can be added up."""


_MARKS = "\u2581\u0120\"'*`()[]{}.,:;!"
"""Around a label within one token; the first two are how tokenizers write the space before a word."""

_AROUND = "\"'`()[]{}<>.,:;!# "
_KINDS = r"(?:answer|response|reply|option|choice|preference|verdict|completion)"
_ANNOUNCED = re.compile(
    rf"(?:(?:the|my|final|better|best|preferred|chosen|person's)\s+){{0,4}}(?:{_KINDS}|i (?:choose|prefer|pick))"
    rf"(?:\s+(?:is|would be))?[\s:=\"'(\[`]+(?:(?:answer|response|option)\s+)?"
    r"(?P<label>\w+)(?=\W*\Z|[\"'`)\]]*[.!;,](?:\s|\Z)|\s+is (?:the )?(?:clearly )?(?:better|best|preferred))",
    re.IGNORECASE,
)
"""What announces a label, with it. "Answer A and B are alike" names none."""

_PLACE = re.compile(r"(?:the )?(first|second)(?: (?:one|answer|response))?", re.IGNORECASE)


def from_tokens(labels: Sequence[str], tokens: Sequence[tuple[str, float]]) -> dict[str, float]:
    """The log-probability of each label, summed over the tokens that begin it; {} if no token begins any label."""
    shares = dict.fromkeys(labels, 0.0)
    for token, logprob in tokens:
        label = _begun_by(token, labels)
        if label is not None and not math.isnan(logprob):
            shares[label] += math.exp(min(logprob, 0.0))
    if not any(shares.values()):
        return {}
    return {label: max(math.log(min(share, 1.0)), FLOOR) if share else FLOOR for label, share in shares.items()}


def written(labels: Sequence[str], text: str) -> str | None:
    """The label that a text says, for models that give no probabilities; None where it says none or begins otherwise.

    Read are the label at the beginning, the label after words that announce it and before whatever ends a clause
    ("**Answer:** A", "Response B", "The better answer is A."), and where nothing else is said, a small letter or the place
    of an answer for its letter ("b", "The second one").
    """
    said = " ".join(text.replace("*", " ").split()).strip(_AROUND)
    if not said:
        return None
    first = _begun_by(said.split()[0].rstrip(_AROUND), labels)
    if first is not None:
        return first
    announced = _ANNOUNCED.match(said)
    named = announced["label"] if announced else said
    return next((label for place, label in enumerate(labels) if _names(named, label, place)), None)


def _names(said: str, label: str, place: int) -> bool:
    """Whether these words are the label and no more; the place of an answer stands for a letter only."""
    if said.casefold() == label.casefold():
        return True
    found = _PLACE.fullmatch(said) if len(label) == 1 else None
    return found is not None and ("first", "second").index(found[1].lower()) == place


def _begun_by(token: str, labels: Sequence[str]) -> str | None:
    """The one label this token spells or begins. A single letter counts only in its own case: "a" is also a word."""
    start = token.strip().strip(_MARKS)
    if not start:
        return None
    if start in labels:
        return start
    begun = [label for label in labels if len(label) > 1 and label.casefold().startswith(start.casefold())]
    return begun[0] if len(begun) == 1 else None
