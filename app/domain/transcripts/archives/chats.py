"""The conversations of an archive one by one, each with the choices, votes and corrections that belong to it.

As lines of JSON they pass from the process that reads archives to the one that keeps them: first what is told of the whole, then a
conversation a line.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.choices.preference import Completion, Verdict
from app.domain.texts.conversation import digest
from app.domain.texts.personal import personal_in
from app.domain.texts.storable_text import plain, storable, storable_json
from app.domain.transcripts.archives.corrections import Correction, corrections_in
from app.domain.transcripts.archives.gathered import NOWHERE, UNTITLED, Choice, Gathered, Grade, Heading, Thumb, Turns
from app.domain.transcripts.archives.report import Report
from app.domain.transcripts.found import FoundComparison
from app.domain.transcripts.pairs_file import turns_as_lists, turns_from_lists
from app.domain.transcripts.text import clean_name

BETWEEN = "\t"
"""No JSON of one line has a tab in it."""


@dataclass(slots=True)
class Chat:
    """One conversation. Without `turns` it is a choice whose conversation is not in the archive."""

    heading: Heading
    turns: Turns
    choices: list[Choice] = field(default_factory=list)
    thumbs: list[Thumb] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Its title, else how it begins."""
        asked = (turn.content for turn in (*self.turns, *self._context) if turn.role == "user")
        return plain(self.heading.title) or next(asked, "")

    def identity(self, product: str) -> str:
        """The same for the same conversation in a later archive of the product: by its key there, else by its texts."""
        if self.heading.key:
            return digest(product, self.heading.key)
        texts = [[turn.role, plain(turn.content)] for turn in (self.turns or self._context)]
        return digest(product, texts)

    @property
    def _context(self) -> Turns:
        return self.choices[0].comparison.context if self.choices else ()

    @property
    def corrections(self) -> list[tuple[Turns, Correction]]:
        """Each correction of manner after the turns that led to the answer it is about."""
        found = iter(corrections_in(self.turns))
        wanted = next(found, None)
        told: list[tuple[Turns, Correction]] = []
        for number in range(1, len(self.turns) - 1):
            here = tuple(turn.content for turn in self.turns[number - 1 : number + 2])
            if wanted is not None and here == (wanted.before, wanted.words, wanted.after):
                told.append((self.turns[: number - 1], wanted))
                wanted = next(found, None)
        return told

    def counts(self) -> dict[str, int]:
        """How many choices of each grade, votes (D), corrections (E) and ties it holds."""
        graded = [choice.grade.value for choice in self.choices if choice.comparison.verdict.is_choice]
        told = {grade: graded.count(grade) for grade in "ABC"}
        return {**told, "D": len(self.thumbs), "E": len(self.corrections), "ties": len(self.choices) - len(graded)}


def chats_of(found: Gathered) -> list[Chat]:
    """The conversations in their order, then what belongs to none of them.

    A choice that was not read together with its conversation belongs to the one that shares most of its turns, beginning with
    the first question.
    """
    chats = [Chat(heading, turns) for heading, turns in zip(found.headings, found.conversations, strict=True)]
    by_question: dict[str, list[int]] = {}
    for number, chat in enumerate(chats):
        by_question.setdefault(_question(chat.turns), []).append(number)
    alone: list[Chat] = []
    for choice in found.choices:
        context = choice.comparison.context
        place = _place(choice.place, context, chats, by_question)
        if place == NOWHERE:
            alone.append(Chat(UNTITLED, (), [choice]))
        else:
            chats[place].choices.append(choice)
    for thumb in found.thumbs:
        place = _place(thumb.place, thumb.context, chats, by_question)
        if place == NOWHERE:
            alone.append(Chat(UNTITLED, (), [], [thumb]))
        else:
            chats[place].thumbs.append(thumb)
    return chats + alone


def _question(turns: Turns) -> str:
    return next((plain(turn.content) for turn in turns if turn.role == "user"), "")


def _place(place: int, context: Turns, chats: list[Chat], by_question: Mapping[str, list[int]]) -> int:
    if place != NOWHERE:
        return place
    near = by_question.get(_question(context), [])
    return max(near, key=lambda number: (_shared(context, chats[number].turns), -number), default=NOWHERE)


def _shared(one: Turns, other: Turns) -> int:
    said = ((turn for turn in turns if turn.role != "system") for turns in (one, other))
    shared = 0
    for mine, theirs in zip(*said, strict=False):
        if plain(mine.content) != plain(theirs.content):
            break
        shared += 1
    return shared


def as_lines(report: Report, found: Gathered) -> Iterator[str]:
    """One line for what is told of the archive, with the texts in the person's own words, then one for each conversation: what is told of
    it, and after BETWEEN itself, as it is stored, so that whoever stores it need not read it."""
    yield json.dumps({"report": report.as_json(), "own_words": list(found.own_words)}, ensure_ascii=False)
    product = report.format or ""
    for chat in chats_of(found):
        told = json.dumps(told_of(chat, product), ensure_ascii=False)
        yield told + BETWEEN + storable_json(json.dumps(as_object(chat), ensure_ascii=False))


def told_of(chat: Chat, product: str) -> dict[str, Any]:
    """What a list says of a conversation; `time` in seconds, as its heading has it."""
    counts = chat.counts()
    return {
        "title": storable(clean_name(chat.title)),
        "time": chat.heading.time,
        "n_turns": len(chat.turns),
        "identity": chat.identity(product),
        "counts": counts,
        "personal": sum((personal_in(turn.content) for turn in chat.turns), Counter()),
        "has_choices": any(counts.values()),
    }


def as_object(chat: Chat) -> dict[str, Any]:
    """A conversation as JSON; a context that is a beginning of it is only the number of its turns."""

    def context(turns: Turns) -> Any:
        return len(turns) if turns and turns == chat.turns[: len(turns)] else turns_as_lists(turns)

    choices = []
    for choice in chat.choices:
        one = choice.comparison
        sides = [[side.text, turns_as_lists(side.lead_in)] for side in (one.first, one.second)]
        models = [one.first_model, one.second_model]
        choices.append([choice.grade.value, context(one.context), *sides, one.verdict.value, one.sides_known, *models])
    heading = chat.heading
    return {
        "heading": [heading.key, heading.title, heading.time],
        "turns": turns_as_lists(chat.turns),
        "choices": choices,
        "thumbs": [[context(thumb.context), thumb.answer, thumb.liked] for thumb in chat.thumbs],
    }


def from_object(value: Mapping[str, Any]) -> Chat:
    """The inverse of `as_object`."""
    turns = turns_from_lists(value["turns"])

    def context(told: Any) -> Turns:
        return turns[:told] if isinstance(told, int) else turns_from_lists(told)

    chat = Chat(Heading(*value["heading"]), turns)
    for grade, before, *sides, verdict, sides_known, first_model, second_model in value["choices"]:
        first, second = (Completion(text, turns_from_lists(led)) for text, led in sides)
        found = FoundComparison(
            context(before), first, second, Verdict(verdict), sides_known, first_model, second_model
        )
        chat.choices.append(Choice(Grade(grade), found))
    chat.thumbs = [Thumb(context(before), answer, liked) for before, answer, liked in value["thumbs"]]
    return chat


def heads(lines: Iterable[bytes]) -> tuple[dict[str, Any], Iterator[bytes]]:
    """What is told of the whole, and the lines of the conversations that follow it."""
    rest = iter(lines)
    head: dict[str, Any] = json.loads(next(rest))
    return head, rest
