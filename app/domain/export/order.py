"""In which order an export reads what it holds, and how much of it at once."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")


class Decided(NamedTuple):
    """An account's own verdicts: on which comparisons, in the order of time, and which of those keep turns of their context apart, so
    that they may be large. Ids alone: a million of them are no work for the garbage collector, a million rows are."""

    account_id: str
    comparison_ids: list[str]
    long: set[str]


class Wanted(NamedTuple):
    """A verdict that an export is to read. `seq` is its place among the account's in time, from 0."""

    account_id: str
    comparison_id: str
    seq: int
    is_long: bool


def shuffled(found: Iterable[Decided]) -> Iterator[Wanted]:
    """The verdicts, one account's together, in an order that is drawn anew for every export."""
    chance = random.Random(secrets.randbits(128))
    for account_id, comparison_ids, long in found:
        mixed = list(range(len(comparison_ids)))
        chance.shuffle(mixed)
        for seq in mixed:
            comparison_id = comparison_ids[seq]
            yield Wanted(account_id, comparison_id, seq, comparison_id in long)


def at_once(found: Iterable[Wanted], most: int) -> Iterator[list[Wanted]]:
    """`most` short ones, or a long one alone: a long context may be as large as a file that is brought in."""
    batch: list[Wanted] = []
    for each in found:
        if batch and (each.is_long or len(batch) == most):
            yield batch
            batch = []
        batch.append(each)
        if each.is_long:
            yield batch
            batch = []
    if batch:
        yield batch


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in their order, `size` at a time."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
