"""The answers: every conversation with one system prompt, each turn after the model's own answers to those before it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from app.induction.model.language_model import Message, Prompt
from app.services.calling.model_calls import Completer

MOST_TOKENS = 700
NOTHING = "without"
"""The taste of the answers without any prompt."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer. `taste` and `wording` name the prompt that was in force; `turn` counts from 1."""

    taste: str
    wording: str
    conversation: int
    turn: int
    request: str
    answer: str
    cut: bool


def kept(file: Path) -> list[Answered]:
    """What a file of answers holds; [] where there is none."""
    if not file.exists():
        return []
    return [Answered(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


async def answer_all(
    completer: Completer,
    prompts: Mapping[tuple[str, str], str],
    conversations: Sequence[Sequence[str]],
    file: Path,
    parallel: int,
) -> None:
    """Adds to the file what it lacks, an answer a line: it can be stopped and goes on where it was.

    `prompts` is by taste and wording. One model call an answer. Raises ModelError where a call fails.
    """
    places = asyncio.Semaphore(parallel)

    async def one(key: tuple[str, str], number: int) -> None:
        async with places:
            await _converse(completer, key, prompts[key], number, conversations[number], file)

    async with asyncio.TaskGroup() as group:
        for number in range(len(conversations)):
            for key in prompts:
                group.create_task(one(key, number))


async def _converse(
    completer: Completer, key: tuple[str, str], system: str, number: int, requests: Sequence[str], file: Path
) -> None:
    said = {one.turn: one for one in kept(file) if (one.taste, one.wording, one.conversation) == (*key, number)}
    for turn, request in enumerate(requests, 1):
        if turn not in said:
            messages = tuple(_messages(system, [said[before] for before in range(1, turn)], request))
            reply = await completer.complete(Prompt(messages, "answer", MOST_TOKENS))
            is_cut = reply.usage.completion_tokens >= MOST_TOKENS
            said[turn] = Answered(*key, number, turn, request, reply.text, is_cut)
            with file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(said[turn]), ensure_ascii=False) + "\n")


def _messages(system: str, before: Sequence[Answered], request: str) -> Iterator[Message]:
    if system:
        yield Message("system", system)
    for one in before:
        yield Message("user", one.request)
        yield Message("assistant", one.answer)
    yield Message("user", request)
