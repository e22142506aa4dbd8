"""Reading the probability of each label from the first token of an answer.

Example: labels ("Yes", "No") and the tokens " Yes" -0.2, "yes" -2.0, "No" -3.1 give Yes -0.05, No -3.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

FLOOR = -14.0
"""What a label gets that is not among the likeliest tokens; finite, so that margins can be added up."""


_MARKS = "\u2581\u0120\"'*`()[]{}.,:;!"
"""Around a label within one token; the first two are how tokenizers write the space before a word."""


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
    """The label that a text begins with, for models that give no probabilities; None where it begins otherwise."""
    words = text.strip().strip("\"'*`([{").split()
    return _begun_by(words[0].rstrip(".,:;!)]}\"'*`"), labels) if words else None


def _begun_by(token: str, labels: Sequence[str]) -> str | None:
    """The one label this token spells or begins. A single letter counts only in its own case: "a" is also a word."""
    start = token.strip().strip(_MARKS)
    if not start:
        return None
    if start in labels:
        return start
    begun = [label for label in labels if len(label) > 1 and label.casefold().startswith(start.casefold())]
    return begun[0] if len(begun) == 1 else None
