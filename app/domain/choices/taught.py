"""Which choices taught a persona, told by digests, so that none of them is called unseen when the persona is tested.

In a persona document: `{"key": "5f...", "choices": ["0a3b..."], "answers": [...], "shown": [...], "conversations": [...]}`,
each a sorted list of 16 hex digits. A choice is known again by its texts, whatever file they come in: digests are blind to
sides and verdict, to white space and to signs that are not seen. They hold no text, and the key, made of all choices of the
persona, makes those of two personas differ. Whoever has the file and a request with its whole answer can still tell whether
it is among them; so a persona file is as private as its choices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.choices.preference import Completion, PreferencePair, together
from app.domain.texts.conversation import Context, digest
from app.domain.texts.storable_text import alike

_DIGITS = 16
_KINDS = ("choices", "answers", "shown", "conversations")


@dataclass(frozen=True, slots=True)
class Taught:
    """The digests under one key.

    choices         a request with its two answers, in no order
    answers         a request with one of its answers
    shown           the same for the answers that stand in the turns before a request
    conversations   a conversation by its id, and by its id with its first turn
    """

    key: str
    choices: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    conversations: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """For the persona document; equal choices give equal digests in whatever order they came."""
        return {"key": self.key, **{kind: sorted(getattr(self, kind)) for kind in _KINDS}}


@dataclass(frozen=True, slots=True)
class Parted:
    """A file's choices beside what taught: those that did, those that belong with one that did, and the unseen ones."""

    taught: tuple[PreferencePair, ...]
    tied: tuple[PreferencePair, ...]
    unseen: tuple[PreferencePair, ...]


def taught_by(pairs: Iterable[PreferencePair]) -> Taught:
    """The digests of these choices."""
    pairs = list(pairs)
    key = digest("taught", sorted(_choice("", pair) for pair in pairs))[: 2 * _DIGITS]
    return Taught(
        key,
        choices=frozenset(_choice(key, pair) for pair in pairs),
        answers=frozenset(one for pair in pairs for one in _answers(key, pair)),
        shown=frozenset(one for pair in pairs for one in _shown(key, pair)),
        conversations=frozenset(
            one for pair in pairs for one in (_conversation(key, pair), _opened_conversation(key, pair))
        ),
    )


def taught_from_json(stored: object) -> Taught | None:
    """The inverse of `as_json`; None where a document has no such digests or damaged ones."""
    if not isinstance(stored, Mapping) or not isinstance(stored.get("key"), str):
        return None
    lists = {kind: stored.get(kind) for kind in _KINDS}
    if not all(isinstance(each, list) and all(isinstance(one, str) for one in each) for each in lists.values()):
        return None
    return Taught(stored["key"], **{kind: frozenset(each or ()) for kind, each in lists.items()})


def parted_from(taught: Taught, pairs: Sequence[PreferencePair], others: Sequence[PreferencePair] = ()) -> Parted:
    """`pairs` parted by what they have to do with the choices that taught; `others` stand in the same file.

    The rule is that of the folds (`preference.together`): a choice is not unseen that shares a conversation, or an answer to
    one request, with one that taught, or with another choice of the file that does. Two files may number their
    conversations alike: an id alone ties only where the file holds, under that numbering, a choice that taught. As ids may
    also differ for one conversation, a choice is tied too if an answer of the one stands in the turns before the other.
    """
    key = taught.key
    has_taught = {pair: _choice(key, pair) in taught.choices for pair in (*pairs, *others)}
    same_numbering = any(
        known and _conversation(key, pair) in taught.conversations for pair, known in has_taught.items()
    )

    def touches(pair: PreferencePair) -> bool:
        answers, shown = set(_answers(key, pair)), set(_shown(key, pair))
        conversation = _conversation(key, pair) if same_numbering else _opened_conversation(key, pair)
        return bool(answers & (taught.answers | taught.shown) or shown & taught.answers) or (
            conversation in taught.conversations
        )

    groups = together([*pairs, *others])
    known = {pair for group in groups if any(map(touches, group)) for pair in group}
    return Parted(
        taught=tuple(pair for pair in pairs if has_taught[pair]),
        tied=tuple(pair for pair in pairs if pair in known and not has_taught[pair]),
        unseen=tuple(pair for pair in pairs if pair not in known and not has_taught[pair]),
    )


def _choice(key: str, pair: PreferencePair) -> str:
    return _digest(key, "choice", _request(pair.context), *sorted((_whole(pair.chosen), _whole(pair.rejected))))


def _answers(key: str, pair: PreferencePair) -> tuple[str, ...]:
    request = _request(pair.context)
    return tuple(_digest(key, "answer", request, alike(one.text)) for one in (pair.chosen, pair.rejected))


def _shown(key: str, pair: PreferencePair) -> tuple[str, ...]:
    return tuple(
        _digest(key, "answer", _request(turns[:place]), alike(turn.content))
        for turns in ((*pair.context, *one.lead_in) for one in (pair.chosen, pair.rejected))
        for place, turn in enumerate(turns)
        if turn.role == "assistant"
    )


def _conversation(key: str, pair: PreferencePair) -> str:
    return _digest(key, "conversation", pair.conversation_id)


def _opened_conversation(key: str, pair: PreferencePair) -> str:
    return _digest(key, "conversation", pair.conversation_id, _request(pair.context[:1]))


def _digest(*parts: object) -> str:
    return digest(*parts)[:_DIGITS]


def _request(context: Context) -> list[list[str]]:
    return [[turn.role, alike(turn.content)] for turn in context]


def _whole(completion: Completion) -> list[str]:
    return [*(alike(turn.content) for turn in completion.lead_in), alike(completion.text)]
