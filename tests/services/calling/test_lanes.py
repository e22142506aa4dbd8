"""What one person's refused calls mean for everybody else, and whose turn it is."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

import pytest

from app.induction.model.language_model import ModelFailure, PermanentModelError, Reply, TransientModelError
from app.services.calling.lanes import Caller
from app.services.calling.model_gate import Gate
from tests.services.calling.timed_scene import Scene

ANA, BEN = Caller("ana"), Caller("ben")
ANA_WAITS, BEN_WAITS = Caller("ana", is_awaited=True), Caller("ben", is_awaited=True)
BUSY = TransientModelError("slow down", is_rate_limit=True, kind="busy")


@pytest.mark.parametrize("asked", [None, 30.0])
def test_a_request_that_is_too_large_fails_at_once_and_holds_up_nobody(asked: float | None) -> None:
    too_large = PermanentModelError("The request is too large.", kind="too_large")
    scene = Scene(lambda text, _: too_large if text.startswith("huge") else None)

    answers = scene.play(*[(ANA, f"huge {number}") for number in range(20)], (BEN_WAITS, "small", 0.05))

    assert scene.ended["small"] == 0.15
    assert max(scene.ended.values()) == 0.15
    assert answers["huge 3"] == ModelFailure("The request is too large.")
    assert len(scene.sent) == 21


def test_one_persons_calls_that_are_refused_for_their_size_alone_hold_up_nobody_else() -> None:
    scene = Scene(lambda text, _: BUSY if text.startswith("huge") else None)
    others = [(BEN_WAITS, f"ben {number}", number * 1.0) for number in range(120)]

    answers = scene.play(*[(ANA, f"huge {number}") for number in range(5)], *others)

    assert all(isinstance(answers[f"ben {number}"], Reply) for number in range(120))
    assert [scene.ended[f"ben {number}"] for number in range(120)] == [number + 0.1 for number in range(120)]
    assert all(isinstance(answers[f"huge {number}"], ModelFailure) for number in range(5))


def test_everybody_waits_as_long_as_the_provider_asked_but_not_for_one_persons_refusals_in_a_row() -> None:
    asks = TransientModelError("slow down", 20.0, is_rate_limit=True)
    scene = Scene(lambda text, _: asks if text == "huge" else None)

    answers = scene.play((ANA, "huge"), *[(BEN, f"ben {at}", float(at)) for at in range(1, 100)])

    delays = [scene.ended[f"ben {at}"] - at for at in range(1, 100)]
    assert 19 < max(delays) < 21
    assert all(delay < 1 for at, delay in enumerate(delays, start=1) if at > 22)
    assert isinstance(answers["huge"], ModelFailure)
    assert scene.sent.count("huge") == 8


def test_a_call_that_is_too_much_alone_lets_the_others_of_its_run_go_on() -> None:
    scene = Scene(lambda text, _: BUSY if text == "huge" else None)

    answers = scene.play((ANA, "huge"), *[(ANA, f"one {number}") for number in range(40)])

    assert sum(isinstance(answer, Reply) for answer in answers.values()) == 40
    assert max(at for text, at in scene.ended.items() if text != "huge") < 20
    assert isinstance(answers["huge"], ModelFailure)


def test_behind_a_limit_a_single_answer_does_not_queue_behind_anothers_eight_hundred() -> None:
    tokens = Bucket(each_second=2.0, most=2)
    scene = Scene(lambda _text, at: None if tokens.taken(at) else TransientModelError("slow", 1.0, is_rate_limit=True))

    answers = scene.play(*[(ANA, f"bulk {number}") for number in range(200)], (BEN_WAITS, "mine", 5.0))

    assert isinstance(answers["mine"], Reply)
    assert scene.ended["mine"] < 15
    assert all(isinstance(answer, Reply) for answer in answers.values())


@pytest.mark.parametrize("asked", ["nothing", "too little", "as long as it takes"])
@pytest.mark.parametrize(("people", "most"), [(1, 20), (3, 30), (6, 30)])
def test_under_a_limit_by_the_minute_all_calls_of_all_people_are_answered_and_who_waits_goes_first(
    people: int, most: int, asked: str
) -> None:
    sent: deque[float] = deque()

    def limit(_text: str, at: float) -> Exception | None:
        while sent and at - sent[0] >= 60:
            sent.popleft()
        if len(sent) < most:
            sent.append(at)
            return None
        wait = {"nothing": None, "too little": 1.0, "as long as it takes": 60 - (at - sent[0])}[asked]
        return TransientModelError("slow down", wait, is_rate_limit=True, kind="busy")

    scene = Scene(limit, parallel=16)
    bulk = [(Caller(f"person {person}"), f"{person} {number}") for number in range(40) for person in range(people)]

    answers = scene.play(*bulk, (BEN_WAITS, "mine", 30.0))

    assert all(isinstance(answer, Reply) for answer in answers.values())
    assert scene.ended["mine"] < 30 + 60
    assert scene.seconds < 1.5 * 60 * (1 + len(bulk) / most)
    thirds = [max(scene.ended[f"{person} {number}"] for number in range(13)) for person in range(people)]
    assert max(thirds) - min(thirds) < 90, "nobody's calls all go before anybody else's"


def test_when_a_pause_is_over_answers_that_somebody_waits_for_are_sent_first_and_then_in_turn() -> None:
    async def scene() -> list[str]:
        over, entered = asyncio.Event(), []

        async def pause(_seconds: float) -> None:
            await over.wait()

        async def enter(gate: Gate, caller: Caller, name: str) -> None:
            async with gate.turn(gate.place(caller)) as turn:
                entered.append(name)
                await asyncio.sleep(0)
            gate.answered(turn)

        gate = Gate(pause)
        async with gate.turn(gate.place(ANA)) as first:
            pass
        refusal = asyncio.create_task(gate.refused(first, 9.0))
        await asyncio.sleep(0)
        bulk = [enter(gate, ANA, f"ana {number}") for number in range(3)]
        calls = [
            *bulk,
            enter(gate, BEN, "ben"),
            enter(gate, BEN_WAITS, "ben waits"),
            enter(gate, ANA_WAITS, "ana waits"),
        ]
        waiting = [asyncio.create_task(call) for call in calls]
        await asyncio.sleep(0.01)
        over.set()
        await asyncio.gather(refusal, *waiting)
        return entered

    assert asyncio.run(scene()) == ["ben waits", "ana waits", "ben", "ana 0", "ana 1", "ana 2"]


def test_after_a_long_wait_was_told_nothing_more_is_sent_for_that_person_until_it_is_over() -> None:
    asks = PermanentModelError("Slow down for 14 minutes.", 840.0, is_rate_limit=True)
    scene = Scene(lambda text, at: asks if text.startswith("ana") and at < 840 else None)

    answers = scene.play((ANA, "ana 1"), (ANA, "ana 2", 400.0), (BEN, "ben", 400.0), (ANA, "ana 3", 841.0))

    told = ModelFailure("Slow down for 14 minutes. Nothing was lost; start again at about 15:14 UTC.")
    assert answers["ana 1"] == answers["ana 2"] == told
    assert isinstance(answers["ben"], Reply)
    assert isinstance(answers["ana 3"], Reply)
    assert "ana 2" not in scene.sent


@dataclass
class Bucket:
    """One more call each so often, up to `most` saved."""

    each_second: float
    most: float
    saved: float = 2.0
    at: float = 0.0

    def taken(self, at: float) -> bool:
        self.saved = min(self.most, self.saved + (at - self.at) * self.each_second)
        self.at = at
        has_one = self.saved >= 1
        self.saved -= has_one
        return has_one
