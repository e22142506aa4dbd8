"""What a reader of preferences finds: decided comparisons, not yet anybody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain.conversation import Context, Turn, context_as_json, digest
from app.domain.errors import BadInput
from app.domain.preference import Completion, Verdict, first_is_left, pair_digest
from app.domain.transcripts.text import MOST_TURNS, clean, clean_name, clean_turn

ROLES = {
    "user": "user",
    "human": "user",
    "prompter": "user",
    "assistant": "assistant",
    "model": "assistant",
    "gpt": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "system": "system",
    "developer": "system",
}


@dataclass(frozen=True, slots=True)
class FoundComparison:
    """One decided comparison from a file.

    `sides_known` says that `first` really stood first; otherwise the sides are to be drawn. `conversation_key` is equal
    for comparisons of one conversation, as far as the file tells.
    """

    context: Context
    first: Completion
    second: Completion
    verdict: Verdict
    sides_known: bool
    first_model: str = ""
    second_model: str = ""
    conversation_key: str = ""

    @property
    def digest(self) -> str:
        """Identity by texts, blind to sides."""
        return pair_digest(self.context, identity(self.first), identity(self.second))

    def swapped(self) -> FoundComparison:
        """The same comparison with its answers on the other sides."""
        turned = {Verdict.FIRST: Verdict.SECOND, Verdict.SECOND: Verdict.FIRST}
        return replace(
            self,
            first=self.second,
            second=self.first,
            first_model=self.second_model,
            second_model=self.first_model,
            verdict=turned.get(self.verdict, self.verdict),
        )


def identity(completion: Completion) -> str:
    """The completion's text, with the turns that led to it where it has any."""
    if not completion.lead_in:
        return completion.text
    return digest(context_as_json(completion.lead_in), completion.text)


def side_seed(pair_digest_: str, *, keep_first: bool | None) -> int:
    """The seed that draws the sides of an imported comparison, the same whenever the same texts are imported.

    With `keep_first` the seed is one that gives the side the file recorded, so that a stored seed always tells whether
    the answer that came first in the material stands first.
    """
    seed = int(pair_digest_[:15], 16)
    while keep_first is not None and first_is_left(seed) is not keep_first:
        seed += 1
    return seed


def turns_from(value: Any, what: str) -> tuple[Turn, ...]:
    """Cleaned turns from a text (one user turn), one message, or a list of messages. Raises BadInput."""
    if isinstance(value, str):
        return (clean_turn(Turn("user", value)),)
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, list) or not value:
        raise BadInput(f"{what} must be a text or a list of turns with a role and a content.")
    if len(value) > MOST_TURNS:
        raise BadInput(f"{what} has {len(value):,} turns; at most {MOST_TURNS:,} are taken.")
    return tuple(_turn(each, what) for each in value)


def completion_from(turns: Iterable[Turn], what: str) -> Completion:
    """The last turn as the answer and those before it as its lead-in. Raises BadInput where it is no answer."""
    turns = tuple(turns)
    if not turns or turns[-1].role != "assistant":
        raise BadInput(f"{what} must end with a turn of the assistant.")
    return Completion(text=turns[-1].content, lead_in=turns[:-1])


def shared_context(one: tuple[Turn, ...], other: tuple[Turn, ...]) -> int:
    """How many leading turns two conversations share, cut back so that the last of them is a user turn."""
    same = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        same += 1
    while same and one[same - 1].role != "user":
        same -= 1
    return same


def decided(
    one: tuple[Turn, ...], other: tuple[Turn, ...], verdict: Verdict, *, names: tuple[str, str] = ("one", "other")
) -> FoundComparison:
    """A comparison of two whole conversations: what they share is the context, their last turns are the answers.

    Raises BadInput where they share no question, an answer is missing, or the answers are the same.
    """
    same = shared_context(one, other)
    if not same:
        raise BadInput(f"{names[0]} and {names[1]} must share the turns up to a question of the user.")
    found = FoundComparison(
        context=one[:same],
        first=completion_from(one[same:], names[0]),
        second=completion_from(other[same:], names[1]),
        verdict=verdict,
        sides_known=False,
    )
    if found.first == found.second:
        raise BadInput(f"{names[0]} and {names[1]} are the same text, so there is nothing to choose.")
    return found


def text_field(row: Mapping[str, Any], name: str) -> str:
    """A short text field such as a model's name, cleaned; "" where it is absent or no text."""
    value = row.get(name)
    return clean_name(value) if isinstance(value, str) else ""


def _turn(value: Any, what: str) -> Turn:
    role = value.get("role") if isinstance(value, Mapping) else None
    known = ROLES.get(role.lower()) if isinstance(role, str) else None
    if known is None:
        raise BadInput(f"{what} has a turn without one of the roles user, assistant (or model) and system.")
    content = value.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, Mapping) and part.get("type") == "text"]
        content = "\n\n".join(part for part in parts if isinstance(part, str))
    if not isinstance(content, str):
        raise BadInput(f"{what} has a turn whose content is not text.")
    clean(content, what)
    return clean_turn(Turn(known, content))  # type: ignore[arg-type]
