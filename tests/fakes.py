"""Fakes at the two model ports: a person-like judge that reads its prompts as any model would, and answers by rule.

`FakeCompleter` is scripted by a feature of the text (say: shorter is better). Told nothing it leans to the longer answer,
as generic judges do; told the taste in words ("shorter", "Keep to about 40 words") it follows it. `FakeLanguageModel` is the core's port on top.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.induction.model.language_model import (
    Answer,
    ModelFailure,
    ModelProfile,
    PermanentModelError,
    Prompt,
    Reply,
    TransientModelError,
    Usage,
)

_SHOWN = re.compile(
    r"<((?:answer_a|answer_b|first_answer|second_answer|chosen_answer|other_answer|answer)(?:_[0-9a-f]{8})?)>\n"
    r"(.*?)\n</\1>",
    re.DOTALL,
)
TASTE = "prefers answers that are shorter and come to the point"
SUMMARY = "This person prefers answers that are shorter and come to the point."
PROPOSED = (
    {"trait": "prefers shorter answers", "opposite": "prefers longer answers", "when": "any request"},
    {"trait": "prefers answers without examples", "opposite": "wants examples", "when": "any request"},
)
"""What the fake proposes of everybody; it votes on the first by length, and on everything else not at all."""


def shown_in(content: str) -> list[str]:
    """The answers that a message shows, in order."""
    return [text for _, text in _SHOWN.findall(content)]


def questions_in(content: str) -> dict[int, str]:
    """The pieces of a message that asks several numbered questions."""
    found = re.split(r"^Question (\d+)$", content, flags=re.MULTILINE)[1:]
    return {int(number): piece for number, piece in zip(found[::2], found[1::2], strict=True)}


def knows(told: str) -> bool:
    """Whether the taste is told: as a statement, or as the exported prompt words it."""
    return "shorter" in told.replace("shorter where it needs less", "") or "Keep to about" in told


def shorter(text: str) -> float:
    """The taste of a person who likes short answers."""
    return -float(len(text))


def longer(text: str) -> float:
    """The generic taste of a judge who knows nobody."""
    return float(len(text))


@dataclass
class FakeCompleter:
    """One call to a model that follows rules. `faults` maps the number of a call (from 1) to the error it raises."""

    profile: ModelProfile = field(default_factory=lambda: ModelProfile("fake", slot_tokens=16_384))
    taste: Callable[[str], float] = shorter
    generic: Callable[[str], float] = longer
    faults: Mapping[int, Exception] = field(default_factory=dict)
    persona: Mapping[str, object] | None = None
    seconds: float = 0.0
    prompts: list[Prompt] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return len(self.prompts)

    async def complete(self, prompt: Prompt) -> Reply:
        self.prompts.append(prompt)
        number = len(self.prompts)
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if number in self.faults:
            raise self.faults[number]
        text, logprobs = self._answer(prompt)
        return Reply(text, Usage(prompt.estimated_tokens, max(1, len(text) // 4)), logprobs)

    def _answer(self, prompt: Prompt) -> tuple[str, dict[str, float]]:
        told = " ".join(message.content for message in prompt.messages[:-1])
        liking = self.taste if knows(told) else self.generic
        shown = shown_in(prompt.messages[-1].content)
        if prompt.labels:
            yes, no = prompt.labels
            margin = _squash(liking(shown[0]) - liking(shown[1]) if len(shown) > 1 else liking(shown[0]))
            return (yes if margin > 0 else no), {yes: margin / 2 - 3, no: -margin / 2 - 3}
        if not prompt.schema:
            drawn = f" (drawn with {prompt.seed})" if prompt.seed else ""
            return f"An answer to: {prompt.messages[-1].content[:200]}{drawn}", {}
        return self._json(prompt, shown, liking), {}

    def _json(self, prompt: Prompt, shown: Sequence[str], liking: Callable[[str], float]) -> str:
        properties = prompt.schema_as_json["properties"]
        assert isinstance(properties, dict)
        found: Mapping[str, object] = self.persona or _persona(prompt)
        if "preference" in properties:
            first = liking(shown[0]) > liking(shown[1])
            found = {"reasoning": TASTE, "preference": "First" if first else "Second"}
        elif "answers" in properties:
            found = {"answers": self._entries(prompt)}
        elif "pairs" in properties:
            found = {"pairs": self._votes(prompt)}
        elif "facts" in properties:
            found = {"facts": ["Asks about plants"]}
        elif "summary" in properties and "traits" not in properties:
            found = {"summary": SUMMARY}
        elif "opposite" in json.dumps(properties):
            found = {"traits": PROPOSED}
        elif "prefers" in properties:
            found = {"prefers": "answers that are shorter and come to the point"}
        return json.dumps(found)

    def _entries(self, prompt: Prompt) -> list[dict[str, object]]:
        """An entry for each question shown, the surer the further the answers are apart in its eyes."""
        told = " ".join(message.content for message in prompt.messages[:-1])
        found: list[dict[str, object]] = []
        for number, piece in questions_in(prompt.messages[-1].content).items():
            liking = self.taste if knows(told + piece.partition("<")[0]) else self.generic
            first, second = shown_in(piece)[:2]
            margin = _squash(liking(first) - liking(second))
            sure = min(99, 50 + round(12 * abs(margin)))
            entry: dict[str, object] = {"question": number, "better": "A" if margin > 0 else "B", "sure": sure}
            found.append({**entry, "reasoning": TASTE} if '"reasoning"' in prompt.schema else entry)
        return found

    def _votes(self, prompt: Prompt) -> list[dict[str, str]]:
        """Of each pair shown: shorter and longer are voted on by the length of the texts, all else applies to neither."""
        statements = re.findall(r"^(S\d+): (.+)$", prompt.messages[0].content, re.MULTILINE)
        pairs = re.split(r"^Pair \d+$", prompt.messages[-1].content, flags=re.MULTILINE)[1:]
        found = []
        for shown in map(shown_in, pairs):
            sides = {name: self._vote(text, shown[0], shown[1]) if shown[1:] else 0.0 for name, text in statements}
            found.append({name: "A" if side > 0 else "B" if side < 0 else "-" for name, side in sides.items()})
        return found

    def _vote(self, statement: str, first: str, second: str) -> float:
        gap = len(second) - len(first)
        return float(gap * ("shorter" in statement) - gap * ("longer" in statement))


@dataclass
class FakeLanguageModel:
    """The core's port over a completer, without ledger or retries; a fault is a ModelFailure."""

    completer: FakeCompleter = field(default_factory=FakeCompleter)
    rounds: list[int] = field(default_factory=list)

    @property
    def profile(self) -> ModelProfile:
        return self.completer.profile

    async def answer(self, prompts: Sequence[Prompt]) -> list[Answer]:
        self.rounds.append(len(prompts))
        return [await self._one(prompt) for prompt in prompts]

    async def _one(self, prompt: Prompt) -> Answer:
        try:
            return await self.completer.complete(prompt)
        except (TransientModelError, PermanentModelError) as error:
            return ModelFailure(error.reason, unusable=error.unusable)


def small_profile() -> ModelProfile:
    """A profile like the embedded model's."""
    return ModelProfile("fake-small", slot_tokens=4096, judging="pointwise", small=True, parallel=1)


def _squash(margin: float) -> float:
    return margin / (1 + abs(margin)) * 4


def _persona(prompt: Prompt) -> dict[str, object]:
    count = re.findall(r"(?:from the|about) (\d+) choices", prompt.messages[-1].content)
    numbers = list(range(1, int(count[0]) + 1)) if count else [1]
    return {
        "summary": "This person prefers shorter answers that come to the point.",
        "traits": [
            {"trait": "prefers shorter answers", "supporting": numbers, "opposing": []},
            {"trait": "dislikes long introductions", "supporting": numbers[:3], "opposing": numbers[3:4]},
            {"trait": "wants the conclusion first", "supporting": numbers[-2:], "opposing": []},
        ],
    }
