"""Calls of several people through one gate, in a time that passes only while all that goes on is a pause."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.domain.model_trouble import Trouble
from app.induction.model.language_model import Answer, Message, ModelProfile, Prompt, Reply
from app.services.calling.lanes import Caller
from app.services.calling.memory_ledger import InMemoryLedger
from app.services.calling.model_calls import pay_for
from app.services.calling.model_gate import Gate
from app.services.calling.provider_rest import Rest


@dataclass
class Scene:
    """A provider that takes 0.1 s, and its gate. `answer` gives the error for a text at a time in seconds, or None; `ended`
    has for each text when its call ended, `told` what pages would show."""

    answer: Callable[[str, float], Exception | None]
    seconds: float = 0.0
    sent: list[str] = field(default_factory=list)
    ended: dict[str, float] = field(default_factory=dict)
    parallel: int = 1_000
    """How many calls a caller has under way or waiting at once."""
    told: list[Trouble | None] = field(default_factory=list)
    profile: ModelProfile = field(default_factory=lambda: ModelProfile("m"))
    _places: dict[Caller, asyncio.Semaphore] = field(default_factory=dict)
    _alarms: list[tuple[float, int, asyncio.Future[None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = Gate(self.sleep, Rest(self.now, self.told.append))

    def now(self) -> datetime:
        return datetime(2026, 11, 27, 15, 0, tzinfo=UTC) + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        alarm = asyncio.get_running_loop().create_future()
        self._alarms.append((self.seconds + seconds, len(self._alarms), alarm))
        await alarm

    async def complete(self, prompt: Prompt) -> Reply:
        text = prompt.messages[0].content
        self.sent.append(text)
        await self.sleep(0.1)
        error = self.answer(text, self.seconds)
        if error is not None:
            raise error
        return Reply("yes")

    async def call(self, caller: Caller, text: str, after: float = 0.0) -> Answer:
        if after:
            await self.sleep(after)
        async with self._places.setdefault(caller, asyncio.Semaphore(self.parallel)):
            return await self._pay(caller, text)

    async def _pay(self, caller: Caller, text: str) -> Answer:
        prompt = Prompt((Message("user", text),), "write", max_tokens=10)
        answer = await pay_for(prompt, self, InMemoryLedger(999, 9_999_999), self.gate, self.sleep, caller=caller)
        self.ended[text] = round(self.seconds, 3)
        return answer

    def play(self, *calls: tuple[Caller, str] | tuple[Caller, str, float]) -> dict[str, Answer]:
        """All calls at once, or so many seconds later; their answers by text."""

        async def scene() -> dict[str, Answer]:
            going = {each[1]: asyncio.ensure_future(self.call(*each)) for each in calls}
            while not all(one.done() for one in going.values()):
                for _ in range(30):
                    await asyncio.sleep(0)
                waiting = [alarm for alarm in self._alarms if not alarm[2].done()]
                if waiting:
                    at, _, alarm = min(waiting, key=lambda each: each[:2])
                    self.seconds = max(self.seconds, at)
                    alarm.set_result(None)
            return {text: one.result() for text, one in going.items()}

        return asyncio.run(scene())
