"""A classifier that is told all that left before the verdict, but for the two texts, and guesses which side the fast model wrote."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np

from bench.blind.recording import WORDS, Recorded

BUCKETS = 512
STEPS = 400
LOSS_OF_SIZE = 3e-2

_VISIBLE = re.compile(
    rb"\b(?:" + b"|".join(word.encode() for word in {*WORDS, *(w.capitalize() for w in WORDS)}) + rb")\b"
)
_TOKEN = re.compile(rb"[A-Za-z0-9_]+|[^A-Za-z0-9_\s]")
Features = dict[str, float]


def told(one: Recorded) -> Features:
    """What every reply says beside the texts: sizes, seconds, headers, how far each side is shown, the digits of ids, and which tokens
    stand beside which."""
    found: Features = {}
    for reply in one.replies:
        found[f"{reply.name} bytes"] = len(reply.body)
        found[f"{reply.name} seconds"] = math.log(reply.seconds + 1e-4)
        for side, text in enumerate(one.texts):
            found[f"{reply.name} shown {side}"] = _shown(reply.body, text)
        said = b"\n".join(f"{name}: {value}".encode() for name, value in sorted(reply.headers.items()))
        tokens = _TOKEN.findall(_VISIBLE.sub(b"", reply.body) + b"\n" + said)
        for before, token in pairwise(tokens):
            bucket = crc32(before + b" " + token) % BUCKETS
            found[f"tokens {bucket}"] = found.get(f"tokens {bucket}", 0.0) + 1.0
    digits = re.search(rb'"comparison_id":\s*"([0-9a-f-]+)"', one.replies[0].body)
    for at, digit in enumerate(digits[1].replace(b"-", b"").decode() if digits else ""):
        found[f"digit {at}"] = int(digit, 16)
    return found


def pace(one: Recorded) -> Features:
    """How far each answer had come: what a page without a common length would show. To see that the classifier sees."""
    return {f"grown {at} {side}": float(each[side]) for at, each in enumerate(one.grown) for side in (0, 1)}


def hits(pairs: Sequence[Recorded], rows: Sequence[Features]) -> tuple[int, int]:
    """Of the second half, guessed by what was learnt on the first: right guesses and how many there were. `rows` say what is told of each."""
    names = sorted({name for row in rows for name in row})
    table = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    is_first = np.array([one.fast_is_first for one in pairs], dtype=float)
    half = len(pairs) // 2
    mean, spread = table[:half].mean(0), table[:half].std(0)
    table = np.clip((table - mean) / np.where(spread > 0, spread, 1.0), -6, 6)
    weights = _learnt(table[:half], is_first[:half])
    guessed = np.c_[table[half:], np.ones(len(table) - half)] @ weights > 0
    return int((guessed == (is_first[half:] > 0.5)).sum()), len(pairs) - half


def chance_of(right: int, of: int) -> float:
    """How likely so many right guesses or more are by coin (exact)."""
    return float(sum(math.comb(of, k) for k in range(right, of + 1)) / 2**of)


def _learnt(table: Any, is_first: Any) -> Any:
    """Logistic regression, shrunk, by steps down the slope."""
    rows = np.c_[table, np.ones(len(table))]
    weights = np.zeros(rows.shape[1])
    pace = 4.0 / (np.linalg.norm(rows, 2) ** 2 / len(rows) + LOSS_OF_SIZE)
    for _ in range(STEPS):
        off = 1 / (1 + np.exp(-rows @ weights)) - is_first
        weights -= pace * (rows.T @ off / len(rows) + LOSS_OF_SIZE * weights)
    return weights


def _shown(body: bytes, text: str) -> float:
    """So many words of a text stand in a reply."""
    words = text.split()
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if " ".join(words[:middle]).encode() in body else (low, middle - 1)
    return float(low)
