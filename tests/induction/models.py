"""Models that say what a test wants of them, over the fake at the port."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.texts.conversation import digest
from app.induction.model.language_model import Prompt
from tests.fakes import FakeCompleter, questions_in, shown_in

Says = Mapping[str, Any]
"""Purpose of a prompt -> text, (text, log-probabilities by label), anything that is JSON, an error to raise, or a function
of the prompt that gives one of these. What is not named is said as the fake says it."""


@dataclass
class Scripted(FakeCompleter):
    """A fake that is told what to say."""

    says: Says = field(default_factory=dict)

    def _answer(self, prompt: Prompt) -> tuple[str, dict[str, float]]:
        said = self.says.get(prompt.purpose)
        if callable(said):
            said = said(prompt)
        if isinstance(said, Exception):
            raise said
        if said is None:
            return super()._answer(prompt)
        if isinstance(said, tuple):
            return said
        return (said if isinstance(said, str) else json.dumps(said)), {}


def leaning_to(first: float) -> tuple[str, dict[str, float]]:
    """A judge's reply with so much log-odds for its first label (A, or Yes)."""
    yes, no = first / 2 - 5, -first / 2 - 5
    return ("A" if first > 0 else "B"), {"A": yes, "B": no, "Yes": yes, "No": no}


def votes_by(vote: Callable[[str, int], str]) -> Callable[[Prompt], dict[str, Any]]:
    """Replies to vote prompts: `vote(statement's number as S1, place of the pair)` for every statement and pair."""

    def said(prompt: Prompt) -> dict[str, Any]:
        listed: Any = prompt.schema_as_json
        pairs = listed["properties"]["pairs"]
        names = [name for name in pairs["items"]["required"] if name != "kind"]
        return {"pairs": [{name: vote(name, place) for name in names} for place in range(pairs["minItems"])]}

    return said


TRAITS = (
    {"trait": "prefers shorter answers", "opposite": "prefers longer answers", "when": "any request"},
    {"trait": "likes lists", "opposite": "likes running text", "when": "any request"},
    {"trait": "wants code with comments", "opposite": "wants bare code", "when": "code"},
    {"trait": "likes a warm tone", "opposite": "likes a sober tone", "when": "advice"},
    {"trait": "dislikes hedging", "opposite": "wants every doubt voiced", "when": "any request"},
)


@dataclass
class Opinionated(FakeCompleter):
    """A model with a view of its own on every text and statement, torn on some, that leans to what is shown first.

    It depends on texts alone, never on the place of a pair in a prompt or on the number of a call.
    """

    def _answer(self, prompt: Prompt) -> tuple[str, dict[str, float]]:
        if not prompt.labels:
            return super()._answer(prompt)
        told = digest(*(message.content for message in prompt.messages[:-1]))
        shown = shown_in(prompt.messages[-1].content)
        margin = 0.4 + _view(told, shown[0]) - (_view(told, shown[1]) if len(shown) > 1 else 0)
        return leaning_to(margin)

    def _json(self, prompt: Prompt, shown: Sequence[str], liking: Callable[[str], float]) -> str:
        if prompt.purpose == "propose":
            start = len(prompt.messages[-1].content) % len(TRAITS)
            return json.dumps({"traits": [*TRAITS[start:], *TRAITS[:start]]})
        return super()._json(prompt, shown, liking)

    def _entries(self, prompt: Prompt) -> list[dict[str, object]]:
        told = digest(*(message.content for message in prompt.messages[:-1]))
        found: list[dict[str, object]] = []
        for number, piece in questions_in(prompt.messages[-1].content).items():
            here = digest(told, piece.partition("<")[0])
            one, other = shown_in(piece)[:2]
            margin = 0.4 + _view(here, one) - _view(here, other)
            sure = 50 + round(12 * abs(margin))
            found.append({"question": number, "better": "A" if margin > 0 else "B", "sure": min(99, sure)})
        return found

    def _vote(self, statement: str, first: str, second: str) -> float:
        gap = _view(statement, first) - _view(statement, second)
        return gap if abs(gap) > 0.5 else 0.0


def _view(of: str, text: str) -> float:
    """A number from -2 to 2."""
    return int(digest(of, text)[:4], 16) / 16384 - 2
