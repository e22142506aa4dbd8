"""Where only so many calls of the whole site may be under way, one person's paste keeps nobody else waiting."""

from __future__ import annotations

import asyncio

from app.services.calling.lanes import WHILE_AWAITED, Caller, Waiters
from app.services.calling.model_gate import Gate

PASTE = Caller("who pasted four hundred turns")
OTHER_PASTE = Caller("somebody else who pasted")
WAITS = Caller("who waits for two answers", is_awaited=True)


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


class Scene:
    """Calls at one gate, each of which lasts until it is told to end."""

    def __init__(self, most: int) -> None:
        self.waiters = Waiters()
        self.gate = Gate(waiters=self.waiters)
        self.gate.admit(most)
        self.began: list[Caller] = []
        self.most_under_way = 0
        self._under_way: list[asyncio.Event] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def ask(self, caller: Caller, count: int) -> None:
        self._tasks += [asyncio.create_task(self._one(caller)) for _ in range(count)]
        await settled()

    async def _one(self, caller: Caller) -> None:
        async with self.gate.turn(self.gate.place(caller)):
            self.began.append(caller)
            ends = asyncio.Event()
            self._under_way.append(ends)
            self.most_under_way = max(self.most_under_way, len(self._under_way))
            await ends.wait()
            self._under_way.remove(ends)

    async def one_ends(self) -> None:
        self._under_way[0].set()
        await settled()

    async def all_end(self) -> None:
        while self._under_way:
            await self.one_ends()
        await asyncio.gather(*self._tasks)


def test_no_more_calls_than_admitted_are_under_way_and_none_is_forgotten() -> None:
    async def play() -> Scene:
        scene = Scene(most=16)
        await scene.ask(PASTE, 400)
        await scene.all_end()
        return scene

    scene = asyncio.run(play())

    assert scene.most_under_way == 16
    assert len(scene.began) == 400


def test_an_answer_that_somebody_waits_for_begins_as_soon_as_any_call_of_a_paste_ends() -> None:
    async def play() -> list[Caller]:
        scene = Scene(most=16)
        await scene.ask(PASTE, 400)
        await scene.ask(WAITS, 2)
        await scene.one_ends()
        await scene.one_ends()
        began = scene.began[16:]
        await scene.all_end()
        return began

    assert asyncio.run(play()) == [WAITS, WAITS]


def test_two_pastes_take_turns_by_person_though_one_came_first_and_is_longer() -> None:
    async def play() -> list[Caller]:
        scene = Scene(most=2)
        await scene.ask(PASTE, 100)
        await scene.ask(OTHER_PASTE, 3)
        for _ in range(6):
            await scene.one_ends()
        began = scene.began[2:8]
        await scene.all_end()
        return began

    assert asyncio.run(play()) == [OTHER_PASTE, PASTE] * 3


def test_a_share_that_grows_lets_in_those_who_wait() -> None:
    async def play() -> int:
        scene = Scene(most=1)
        await scene.ask(PASTE, 8)
        scene.gate.admit(4)
        await settled()
        began = len(scene.began)
        await scene.all_end()
        return began

    assert asyncio.run(play()) == 4


def test_while_somebody_waits_for_an_answer_background_work_begins_little_and_afterwards_all_again() -> None:
    async def play() -> tuple[list[int], list[Caller]]:
        scene, under_way = Scene(most=16), []
        with scene.waiters.one():
            await scene.ask(PASTE, 40)
            await scene.ask(OTHER_PASTE, 40)
            under_way.append(len(scene._under_way))
            await scene.ask(WAITS, 2)
            under_way.append(len(scene._under_way))
            await scene.one_ends()
            under_way.append(len(scene._under_way))
        await settled()
        under_way.append(len(scene._under_way))
        await scene.all_end()
        return under_way, scene.began

    under_way, began = asyncio.run(play())

    assert under_way == [WHILE_AWAITED, WHILE_AWAITED + 2, WHILE_AWAITED + 2, 16]
    assert len(began) == 82


def test_what_is_under_way_when_somebody_begins_to_wait_goes_on_and_nothing_takes_its_place() -> None:
    async def play() -> list[int]:
        scene, under_way = Scene(most=16), []
        await scene.ask(PASTE, 40)
        with scene.waiters.one(), scene.waiters.one():
            for _ in range(16):
                under_way.append(len(scene._under_way))
                await scene.one_ends()
        await scene.all_end()
        return under_way

    assert asyncio.run(play()) == [16 - ended if ended < 16 - WHILE_AWAITED else WHILE_AWAITED for ended in range(16)]
