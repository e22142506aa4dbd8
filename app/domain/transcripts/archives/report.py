"""What an archive holds, in numbers: the same for the command, a page and a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.transcripts.archives.corrections import corrections_in
from app.domain.transcripts.archives.gathered import Gathered


@dataclass(frozen=True, slots=True)
class Report:
    """Counts. `choices` has the grades A (recorded), B (rated beside another answer), C (kept against one written anew), D (a vote
    alone) and E (turns that push back on manner); `ties` are recorded choices that chose none; `marked` is part of what was taken;
    `seen` are the first files with what each was taken for. `format` is "" where nothing was known."""

    format: str
    conversations: int
    user_turns: int
    assistant_turns: int
    left_out: Mapping[str, int]
    choices: Mapping[str, int]
    ties: int
    own_words: int
    marked: Mapping[str, int]
    seen: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it is of use."""
        return not (self.conversations or self.ties or self.own_words or any(self.choices.values()))

    def as_json(self) -> dict[str, Any]:
        """The report as one object; `left_out` and `marked` as lists of `{"what", "count"}`."""
        return {
            "format": self.format or None,
            "conversations": self.conversations,
            "user_turns": self.user_turns,
            "assistant_turns": self.assistant_turns,
            "left_out": _counted(self.left_out),
            "choices": dict(self.choices),
            "ties": self.ties,
            "own_words": self.own_words,
            "marked": _counted(self.marked),
            "seen": list(self.seen),
        }


def report_on(name: str, found: Gathered, seen: tuple[str, ...] = ()) -> Report:
    """The numbers of what was gathered from the format of this name."""
    turns = Counter(turn.role for conversation in found.conversations for turn in conversation)
    grades = Counter(choice.grade.value for choice in found.choices if choice.comparison.verdict.is_choice)
    pushed_back = sum(1 for conversation in found.conversations for _ in corrections_in(conversation))
    return Report(
        format=name,
        conversations=len(found.conversations),
        user_turns=turns["user"],
        assistant_turns=turns["assistant"],
        left_out=dict(sorted(found.left_out.items())),
        choices={**{grade: grades[grade] for grade in "ABC"}, "D": len(found.thumbs), "E": pushed_back},
        ties=len(found.choices) - grades.total(),
        own_words=len(found.own_words),
        marked=dict(sorted(found.marked.items())),
        seen=seen,
    )


def _counted(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"what": what, "count": count} for what, count in counts.items()]
