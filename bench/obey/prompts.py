"""The prompts that are tried: four people whose taste is fixed here, each by the product's own compiler, and rival wordings.

A rival stands in place of the shipped line of one measure and side; where it is obeyed better it should be shipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.domain.prompt_targets.compiler import system_prompt
from app.domain.prompt_targets.instructions import instruction

SHIPPED, RIVAL = "shipped", "rival"
SPEAKER = {"i": "I", "me": "me", "my": "my"}


@dataclass(frozen=True, slots=True)
class Taste:
    """A person by what counting found: length in words that they choose up to, and measures with their sides."""

    words: int
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()

    @property
    def sides(self) -> Iterator[tuple[str, bool]]:
        """Measure, and whether more of it."""
        yield from ((name, True) for name in self.more)
        yield from ((name, False) for name in self.less)

    def line(self, measure: str, *, more: bool) -> str:
        """The shipped line of one measure."""
        return instruction(measure, more=more, lengths={"": self.words}).format_map(SPEAKER)

    def prompt(self, wording: str) -> str:
        """The exported text of this person, with the rivals in place of the lines that have one where they are asked for."""
        text = system_prompt(self._document())
        for measure, more in self.sides:
            line = self.line(measure, more=more)
            if line not in text:
                raise ValueError(f"The prompt has no line on {measure}.")
            if wording == RIVAL and (rival := RIVALS.get((measure, more))):
                text = text.replace(line, rival.format(words=self.words))
        return text

    def _document(self) -> dict[str, Any]:
        traits = [
            {
                "certainty": "clear",
                "counted": {
                    "measure": name,
                    "more": more,
                    "for": 10,
                    "against": 0,
                    "sets_apart": True,
                    "most_people": 0.5,
                },
            }
            for name, more in self.sides
        ]
        return {"stated": "", "traits": traits, "lengths": {"": self.words}}


TASTES: Mapping[str, Taste] = MappingProxyType(
    {
        "brief": Taste(60, more=("answer_first",), less=("length", "lists", "headings", "bold", "offer")),
        "thorough": Taste(350, more=("length", "lists", "headings", "examples", "summary", "numbers")),
        "friendly": Taste(150, more=("warmth", "you", "question_back", "hedging", "reasons")),
        "plain": Taste(
            150, more=("paragraphs",), less=("warmth", "hedging", "question_back", "examples", "summary", "you")
        ),
    }
)

RIVALS: Mapping[tuple[str, bool], str] = MappingProxyType(
    {
        ("answer_first", True): "Begin with the answer in one short sentence; explain only after it.",
        ("examples", True): (
            "Give one concrete example, with names or numbers, in every answer of more than three sentences."
        ),
        ("warmth", True): "Be warm: take up my situation in a sentence, as a friend who knows the subject would.",
        ("hedging", True): "Say where something is uncertain or depends on circumstances, and on which.",
        ("paragraphs", True): "Break the text into short paragraphs of two to four sentences each.",
    }
)
"""(measure, more) -> another wording, tried against the shipped one. These were shipped once and lost (docs/experiments.md)."""
