"""A reader behind the language model port, by files: a prompt that nobody has answered yet is written to a folder and waited for, and
every answer is kept by the prompt's digest, so that a table can be replayed without anybody reading again.

An answer is a line of JSON: `{"digest": "3f2a...", "role": "plain", "p_first": 0.73}`, the probability of the first label, or with "answer", the JSON that
was asked for, in its place. Texts of the prompts are not kept: they follow from the code and the preference files.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.induction.model.language_model import Answer, ModelFailure, ModelProfile, Prompt, Reply, Usage

PROFILE = ModelProfile("reader", slot_tokens=16_384, judging="both_orders", parallel=16)
DIGITS = 16
"""Hex digits of a digest that name a prompt."""
WITHOUT_LABELS = frozenset({"judge", "guess", "vote"})
"""Purposes of prompts that do not show which answer was chosen."""
_LOOK_SECONDS = 1.0
_SUREST = 0.99

Answers = dict[str, Mapping[str, Any]]


def kept(file: Path) -> Answers:
    """The answers of a file, by digest; none where there is no file."""
    if not file.exists():
        return {}
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return {row["digest"]: row for row in rows}


@dataclass
class Readers:
    """Answers by role: what has seen a person's choices is read by others than what must not.

    Without a `queue` nothing is waited for: what was never answered fails.
    """

    answers: Answers
    queue: Path | None = None
    file: Path | None = None
    waiting: dict[str, asyncio.Task[Mapping[str, Any]]] = field(default_factory=dict)
    """What is being read, by digest: two arms that ask the same are read once, by the reader of the first."""
    asked: dict[str, int] = field(default_factory=dict)
    """How many prompts each role was given in this run; they are read in this order."""

    def role(self, name: str, without_labels: str = "") -> Reader:
        """The port of a role; what shows no choice goes to another where one is named."""
        return Reader(self, name, without_labels or name)


@dataclass(frozen=True)
class Reader:
    """One role as the language model port."""

    readers: Readers
    name: str
    without_labels: str
    profile: ModelProfile = PROFILE

    async def answer(self, prompts: Sequence[Prompt]) -> list[Answer]:
        return list(await asyncio.gather(*map(self._one, prompts)))

    async def _one(self, prompt: Prompt) -> Answer:
        digest = prompt.digest[:DIGITS]
        if digest not in self.readers.answers:
            if self.readers.queue is None:
                return ModelFailure(f"No reader has answered {digest} ({self._role(prompt)}).")
            if digest not in self.readers.waiting:
                reading = self._read(digest, prompt, self.readers.queue)
                self.readers.waiting[digest] = asyncio.ensure_future(reading)
            self.readers.answers[digest] = await self.readers.waiting[digest]
        return _reply(prompt, self.readers.answers[digest])

    def _role(self, prompt: Prompt) -> str:
        return self.without_labels if prompt.purpose in WITHOUT_LABELS else self.name

    async def _read(self, digest: str, prompt: Prompt, queue: Path) -> Mapping[str, Any]:
        role = self._role(prompt)
        folder, answers = queue / "queue" / role, queue / "answers"
        for each in (folder, answers):
            each.mkdir(parents=True, exist_ok=True)
        place = self.readers.asked[role] = self.readers.asked.get(role, 0) + 1
        asked = next(folder.glob(f"*-{digest}.json"), folder / f"{place:04}-{digest}.json")
        given = answers / asked.name
        shown = {
            "id": asked.stem,
            "purpose": prompt.purpose,
            "labels": prompt.labels,
            "schema": prompt.schema_as_json if prompt.schema else None,
            "messages": [[message.role, message.content] for message in prompt.messages],
        }
        asked.write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")
        while not given.exists():  # noqa: ASYNC110 - the reader is another program
            await asyncio.sleep(_LOOK_SECONDS)
        said = json.loads(given.read_text(encoding="utf-8"))
        row = {
            "digest": digest,
            "role": role,
            **{key: _without_notes(said[key]) for key in ("p_first", "answer") if key in said},
        }
        if self.readers.file is not None:
            with self.readers.file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
        return row


def _without_notes(said: Any) -> Any:
    """Notes are written to be thought with; nothing reads them, and they tell of texts that may not be handed on."""
    return {key: value for key, value in said.items() if key != "notes"} if isinstance(said, dict) else said


def _reply(prompt: Prompt, said: Mapping[str, Any]) -> Reply:
    if prompt.labels:
        first = min(max(float(said["p_first"]), 1 - _SUREST), _SUREST)
        odds = {prompt.labels[0]: math.log(first), prompt.labels[1]: math.log(1 - first)}
        return Reply(max(odds, key=lambda label: odds[label]), Usage(prompt.estimated_tokens, 1), odds)
    text = said["answer"] if isinstance(said["answer"], str) else json.dumps(said["answer"], ensure_ascii=False)
    return Reply(text, Usage(prompt.estimated_tokens, len(text) // 4))
