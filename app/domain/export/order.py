"""In which order an export reads what it holds, and how much of it at once."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Protocol, TypeVar


class Read(Protocol):
    """What an export is to read: whose it is, and whether it may be large."""

    @property
    def account_id(self) -> str: ...
    @property
    def is_long(self) -> bool: ...


Item = TypeVar("Item")
OfSomebody = TypeVar("OfSomebody", bound=Read)


def shuffled(found: Iterable[OfSomebody]) -> Iterator[OfSomebody]:
    """What each account has, which stands together, in an order that is drawn anew for every export."""
    chance = random.Random(secrets.randbits(128))
    for _, theirs in groupby(found, key=lambda each: each.account_id):
        mixed = list(theirs)
        chance.shuffle(mixed)
        yield from mixed


def at_once(found: Iterable[OfSomebody], most: int) -> Iterator[list[OfSomebody]]:
    """`most` short ones, or a long one alone: a long context may be as large as a file that is brought in."""
    batch: list[OfSomebody] = []
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
