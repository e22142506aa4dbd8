"""Under a rate limit all calls of one model hold back together, and every answer comes that can come."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

import pytest

from app.domain.errors import BudgetReached
from app.induction.model.language_model import (
    Message,
    ModelFailure,
    ModelProfile,
    Prompt,
    Reply,
    TransientModelError,
    Usage,
)
from app.services.calling.memory_ledger import InMemoryLedger
from app.services.calling.model_calls import MeteredModel
from app.services.calling.model_gate import REFUSAL_PAUSES_SECONDS, Gate

PARALLEL = 16
MINUTE = 60.0


def slow_down(retry_after: float | None = None) -> TransientModelError:
    return TransientModelError("slow down", retry_after, is_rate_limit=True)


def prompts(count: int) -> list[Prompt]:
    return [Prompt((Message("user", str(number)),), "write", max_tokens=10) for number in range(count)]


@dataclass
class Limited:
    """A provider under a limit, in a time that only passes while somebody sleeps: `most` calls within any minute
    ("window"), or one more each second up to `most` saved up ("bucket"). `most` = 0 refuses everything."""

    most: int
    kind: str = "window"
    seconds: float = 0.0
    refused: int = 0
    most_at_once: int = 0
    sleeps: list[float] = field(default_factory=list)
    profile: ModelProfile = field(default_factory=lambda: ModelProfile("limited", parallel=PARALLEL))
    _sent_at: deque[float] = field(default_factory=deque)
    _saved: float = 0.0
    _saved_at: float = 0.0
    _at_once: int = 0

    def __post_init__(self) -> None:
        self._saved = float(self.most)

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)

    async def complete(self, prompt: Prompt) -> Reply:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0)
        self._at_once -= 1
        if not self._has_room():
            self.refused += 1
            raise slow_down()
        return Reply(prompt.messages[0].content, Usage(3, 1))

    def _has_room(self) -> bool:
        if self.kind == "bucket":
            self._saved = min(self.most, self._saved + self.seconds - self._saved_at)
            self._saved_at = self.seconds
            has_room = self._saved >= 1
            self._saved -= has_room
            return has_room
        while self._sent_at and self.seconds - self._sent_at[0] >= MINUTE:
            self._sent_at.popleft()
        has_room = len(self._sent_at) < self.most
        self._sent_at.extend([self.seconds] * has_room)
        return has_room


@pytest.mark.parametrize(("kind", "most_refused", "most_seconds"), [("window", 40, 240), ("bucket", 60, 160)])
def test_under_sixty_calls_a_minute_every_call_is_answered_in_time_and_few_are_refused(
    kind: str, most_refused: int, most_seconds: float
) -> None:
    provider = Limited(60, kind)
    book = InMemoryLedger(800, 1_000_000)
    model = MeteredModel(provider, book, provider.sleep)

    answers = asyncio.run(model.answer(prompts(200)))

    assert [answer.text for answer in answers if isinstance(answer, Reply)] == [str(number) for number in range(200)]
    assert provider.refused == len(book.failures) <= most_refused
    assert provider.seconds <= most_seconds
    assert provider.most_at_once == PARALLEL
    assert book.tokens == 200 * 4


def test_when_the_limit_never_ends_everybody_gives_up_together_after_a_minute_and_a_half() -> None:
    provider = Limited(0)
    model = MeteredModel(provider, InMemoryLedger(800, 1_000_000), provider.sleep)

    first = asyncio.run(model.answer(prompts(40)))
    refused_first = provider.refused
    again = asyncio.run(model.answer(prompts(80)[40:]))

    assert all(isinstance(answer, ModelFailure) for answer in (*first, *again))
    assert provider.sleeps == list(REFUSAL_PAUSES_SECONDS)
    assert provider.seconds > MINUTE
    assert refused_first <= 40 + 2 * PARALLEL
    assert provider.refused == refused_first + 40, "Nobody is patient again until one call was answered."


def test_after_an_endless_limit_one_answer_brings_the_patience_back() -> None:
    provider = Limited(0)
    model = MeteredModel(provider, InMemoryLedger(800, 1_000_000), provider.sleep)
    asyncio.run(model.answer(prompts(20)))

    provider.most = 3
    asyncio.run(model.answer(prompts(21)[20:]))
    answers = asyncio.run(model.answer(prompts(30)[21:]))

    assert all(isinstance(answer, Reply) for answer in answers)


def test_an_endless_limit_cannot_pass_the_budget_of_calls() -> None:
    provider = Limited(0)
    book = InMemoryLedger(20, 1_000_000)

    with pytest.raises(BudgetReached):
        asyncio.run(MeteredModel(provider, book, provider.sleep).answer(prompts(40)))

    assert book.calls == provider.refused == 20
    assert book.tokens == 0


def test_while_a_refusal_lasts_no_call_begins_and_those_under_way_go_on() -> None:
    async def scene() -> list[str]:
        told: list[str] = []
        over = asyncio.Event()

        async def pause(seconds: float) -> None:
            told.append(f"pause {seconds}")
            await over.wait()

        gate = Gate(pause)
        async with gate.turn(gate.place()) as under_way:
            async with gate.turn(gate.place()) as early:
                pass
            refusal = asyncio.create_task(gate.refused(early, 9.0))
            late = asyncio.create_task(enter(gate, told))
            await asyncio.sleep(0)
        gate.answered(under_way)
        await asyncio.sleep(0.01)
        told.append("still closed")
        over.set()
        await asyncio.gather(refusal, late)
        return told

    assert asyncio.run(scene()) == ["pause 9.0", "still closed", "entered"]


def test_refusals_of_calls_sent_together_are_one_refusal() -> None:
    pauses: list[float] = []

    async def scene() -> None:
        async def pause(seconds: float) -> None:
            pauses.append(seconds)

        gate = Gate(pause)
        async with gate.turn(gate.place()) as one, gate.turn(gate.place()) as two:
            pass
        assert await gate.refused(one, None)
        assert await gate.refused(two, None)
        async with gate.turn(gate.place()) as later:
            pass
        assert await gate.refused(later, None)

    asyncio.run(scene())

    assert pauses == [2.0, 4.0]


def test_a_call_that_is_cancelled_at_the_gate_leaves_its_place_to_the_next() -> None:
    async def scene() -> list[str]:
        told: list[str] = []
        gate = Gate(lambda _seconds: asyncio.sleep(0))
        async with gate.turn(gate.place()) as first:
            pass
        await gate.refused(first, None)
        async with gate.turn(gate.place()):
            given_up, patient = (asyncio.create_task(enter(gate, told)) for _ in range(2))
            await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.gather(given_up, patient, return_exceptions=True)
        return told

    assert asyncio.run(scene()) == ["entered"]


async def enter(gate: Gate, told: list[str]) -> None:
    async with gate.turn(gate.place()):
        told.append("entered")
