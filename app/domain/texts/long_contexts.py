"""Contexts too long to stand with each comparison: which turns stay there, and which are kept once for all that share them.

Of one conversation with n answers come n contexts, each continuing the one before. Written out for each comparison, 2,000
turns would be a million. So the comparison keeps its question, and the turns before it are the beginning of a branch of
its conversation: a sequence of turns that every context which begins alike shares. Nearly all contexts are short and know
nothing of this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.texts.conversation import Context, Turn

MOST_TURNS_BESIDE = 20
MOST_CHARACTERS_BESIDE = 20_000
TURNS_A_PART = 20
"""A branch is stored in parts of so many turns; a page shows as many."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A context is the first `earlier` turns of branch number `branch` of its conversation, then the turns `beside`."""

    beside: Context
    branch: int = 0
    earlier: int = 0


def is_long(context: Context) -> bool:
    """Whether the turns before the question are kept apart."""
    if len(context) < 2:
        return False
    return len(context) > MOST_TURNS_BESIDE or sum(len(turn.content) for turn in context) > MOST_CHARACTERS_BESIDE


def place(context: Context, branch: int = 0) -> Placed:
    """The context where it is known to begin as the branch does."""
    if not is_long(context):
        return Placed(context)
    earlier = _turns_before_the_question(context)
    return Placed(context[earlier:], branch, earlier)


def place_all(contexts: Sequence[Context]) -> tuple[list[Placed], list[Context]]:
    """Where each context of one conversation is placed, in the order given, and the branches that makes.

    The longest first, so that what a context begins with is there before it. Reads every turn once.
    """
    branches: list[Context] = []
    known: dict[bytes, int] = {}
    placed = [Placed(context) for context in contexts]
    long = [number for number, context in enumerate(contexts) if is_long(context)]
    for number in sorted(long, key=lambda each: -len(contexts[each])):
        before = contexts[number][: _turns_before_the_question(contexts[number])]
        beginnings = _beginnings(before)
        if not before:
            continue
        if beginnings[-1] not in known:
            known.update(dict.fromkeys(beginnings, len(branches)) | known)
            branches.append(before)
        placed[number] = place(contexts[number], known[beginnings[-1]])
    return placed, branches


def _turns_before_the_question(context: Context) -> int:
    asked = next((number for number in reversed(range(len(context))) if context[number].role == "user"), 0)
    return asked if len(context) - asked <= MOST_TURNS_BESIDE else len(context) - 1


def _beginnings(turns: Sequence[Turn]) -> list[bytes]:
    """A digest of the first turn, of the first two, and so on."""
    running, found = hashlib.sha256(), []
    for turn in turns:
        content = turn.content.encode("utf-8", "surrogatepass")
        running.update(f"{turn.role} {len(content)} ".encode() + content)
        found.append(running.copy().digest())
    return found
