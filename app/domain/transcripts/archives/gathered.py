"""What is gathered out of an archive, and why the rest of it was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.choices.preference import Completion, Verdict
from app.domain.texts.conversation import Turn
from app.domain.texts.storable_text import plain
from app.domain.transcripts.found import FoundComparison

Turns = tuple[Turn, ...]


class Grade(StrEnum):
    """How sure it is that a person chose: RECORDED (asked and answered), RATED (thumb up beside an answer without one), KEPT (the
    answer from which the chat went on, against one that was written anew)."""

    RECORDED = "A"
    RATED = "B"
    KEPT = "C"


@dataclass(frozen=True, slots=True)
class Heading:
    """What an archive says of a conversation: its `key` and title, "" where it has none, and seconds since 1970, 0 where not known."""

    key: str = ""
    title: str = ""
    time: float = 0


UNTITLED = Heading()
NOWHERE = -1
"""The number of the conversation of what was not read together with one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice that was made elsewhere, in the conversation number `place`. A tie is a recorded one whose verdict is no choice."""

    grade: Grade
    comparison: FoundComparison
    place: int = NOWHERE


@dataclass(frozen=True, slots=True)
class Thumb:
    """A vote on one answer that has no other beside it: no choice, and never made one."""

    context: Turns
    answer: str
    liked: bool
    place: int = NOWHERE


@dataclass(slots=True)
class Gathered:
    """`headings` are those of the conversations, in their order. `left_out` counts what was not taken, `marked` what was taken though something is to be told of it; `own_words` are the
    different texts in which the person says how to answer, or who they are, in order."""

    conversations: list[Turns] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    thumbs: list[Thumb] = field(default_factory=list)
    own_words: dict[str, None] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)

    def leave_out(self, what: str, count: int = 1) -> None:
        if count:
            self.left_out[what] += count

    def hear(self, words: str) -> None:
        """Takes a text as the person's own words, where it says anything."""
        if plain(words):
            self.own_words.setdefault(plain(words))

    def converse(self, turns: Sequence[Turn], heading: Heading = UNTITLED) -> int:
        """Takes a conversation, where any turn of it is left, and gives its number."""
        if not turns:
            self.leave_out("empty conversation")
            return NOWHERE
        self.conversations.append(tuple(turns))
        self.headings.append(heading)
        return len(self.conversations) - 1

    def choose(
        self,
        grade: Grade,
        context: Sequence[Turn],
        answers: tuple[str, str],
        verdict: Verdict,
        *,
        led: tuple[Turns, ...] = ((), ()),
        place: int = NOWHERE,
    ) -> bool:
        """Takes a choice between two texts, with what `led` to each, and tells whether there was anything to choose."""
        if not all(map(plain, answers)):
            self.leave_out("choice without text")
        elif plain(answers[0]) == plain(answers[1]):
            self.leave_out("no difference")
        else:
            first, second = map(Completion, answers, led)
            found = FoundComparison(tuple(context), first, second, verdict, sides_known=False)
            self.choices.append(Choice(grade, found, place))
            return True
        return False
