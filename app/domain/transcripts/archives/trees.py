"""A conversation as the tree that products keep: every message follows another, and one branch of it is alive.

An answer that was written anew, and a question that was put in other words, are brothers of what they replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.texts.conversation import Role, Turn
from app.domain.texts.storable_text import plain


@dataclass(slots=True)
class Message:
    """One message. `role` is "" where it is nobody's; `why` says why it is left out, "" where it is kept."""

    id: str
    parent: str
    role: Role | str
    text: str = ""
    why: str = ""
    time: float = 0

    def __post_init__(self) -> None:
        if self.role and not self.why and not plain(self.text):
            self.why = "no text"

    @property
    def is_kept(self) -> bool:
        return self.role in ("user", "assistant") and not self.why


@dataclass(frozen=True, slots=True)
class Tree:
    """Messages by their ids, and the ids of the branch that is alive, from its root on."""

    messages: Mapping[str, Message]
    live: Mapping[str, int]

    def turns_to(self, leaf: str) -> tuple[Turn, ...]:
        """What was said from the beginning to this message."""
        return joined(self.messages[each] for each in way_to(self.messages, leaf))


def tree_of(messages: Iterable[Message], leaf: str = "") -> Tree:
    """The tree of these messages. Where no `leaf` is known, the newest message with words is the end of the live branch."""
    by_id = {message.id: message for message in messages}
    if leaf not in by_id:
        kept = [message for message in by_id.values() if message.is_kept]
        leaf = max(kept, key=lambda message: message.time).id if kept else ""
    return Tree(by_id, {each: position for position, each in enumerate(way_to(by_id, leaf))})


def way_to(messages: Mapping[str, Message], leaf: str) -> list[str]:
    """The ids from the root to the leaf; a circle ends the way."""
    way: dict[str, None] = {}
    while leaf in messages and leaf not in way:
        way[leaf] = None
        leaf = messages[leaf].parent
    return list(way)[::-1]


def joined(messages: Iterable[Message]) -> tuple[Turn, ...]:
    """Messages as turns. An answer in pieces, between which a tool was called, is one turn; two questions in a row stay two."""
    turns: list[Turn] = []
    before = ""
    for message in messages:
        if message.is_kept and message.role == "assistant" == before:
            turns[-1] = Turn("assistant", f"{turns[-1].content}\n\n{message.text}")
        elif message.is_kept:
            turns.append(Turn("user" if message.role == "user" else "assistant", message.text))
        if message.role == "user" or message.is_kept:
            before = message.role
    return tuple(turns)
