"""A provider that fails everybody rests, and is asked by one call before the others are sent again."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.model_trouble import Trouble
from app.induction.model.language_model import ModelFailure, PermanentModelError, Reply, TransientModelError
from app.services.calling.lanes import Caller
from app.services.calling.model_gate import Gate
from app.services.calling.provider_rest import REST_SECONDS, Rest
from tests.services.calling.timed_scene import Scene

RUN, OTHER_RUN, SOMEBODY = Caller("ana"), Caller("ben"), Caller("cleo", is_awaited=True)
AWAY = TransientModelError("127.0.0.1:9 could not be reached.", kind="unreached")


def away_until(seconds: float) -> Scene:
    return Scene(lambda _text, at: AWAY if at < seconds else None)


def test_after_five_failures_in_a_row_nothing_is_sent_for_thirty_seconds_and_then_one_call_alone() -> None:
    scene = away_until(200)

    scene.play(*[(RUN, f"call {number}") for number in range(40)])

    assert len(scene.sent) == 40 + 1, "forty were under way, then one found out"
    assert scene.told[0] is not None
    assert (scene.told[0].kind, scene.told[0].failed_in_a_row) == ("unreached", 5)
    assert REST_SECONDS < max(scene.ended.values()) < REST_SECONDS + 5


def test_a_run_goes_on_where_the_provider_is_back_after_one_rest() -> None:
    scene = away_until(20)

    answers = scene.play(*[(RUN, f"call {number}") for number in range(40)])

    assert all(isinstance(answer, Reply) for answer in answers.values())
    assert len(scene.sent) == 80
    assert scene.told[-1] is None


def test_a_run_waits_through_one_rest_and_then_fails_with_a_sentence() -> None:
    scene = away_until(1_000)

    answers = scene.play(*[(RUN, f"call {n}") for n in range(8)], *[(RUN, f"later {n}", 31.0 + n) for n in range(25)])

    assert scene.ended["call 7"] < 2 * REST_SECONDS
    assert max(scene.ended[f"later {n}"] - 31 - n for n in range(25)) == 0, "not a rest for each call"
    assert answers["later 3"] == ModelFailure(
        "127.0.0.1:9 could not be reached, 6 times in a row. It is tried again at 15:01:00 UTC. Nothing was lost; "
        "start again when it answers."
    )


def test_an_answer_that_somebody_waits_for_fails_at_once_with_what_to_do() -> None:
    scene = away_until(1_000)

    answers = scene.play(*[(RUN, f"call {number}") for number in range(5)], (SOMEBODY, "mine", 10.0))

    assert scene.ended["mine"] == 10.0
    assert answers["mine"] == ModelFailure(
        "127.0.0.1:9 could not be reached, five times in a row. It is tried again at 15:00:30 UTC. Nothing was lost; "
        "ask again then."
    )
    assert "mine" not in scene.sent


def test_after_a_rest_whoever_comes_first_finds_out_and_the_others_wait_for_that() -> None:
    scene = away_until(20)

    answers = scene.play(
        *[(SOMEBODY, f"call {n}") for n in range(5)], *[(SOMEBODY, f"new {n}", 40.0) for n in range(3)]
    )

    assert [isinstance(answers[f"new {n}"], Reply) for n in range(3)] == [True, True, True]
    assert sorted(scene.ended[f"new {n}"] for n in range(3)) == [40.1, 40.2, 40.2]


def test_another_run_waits_through_a_rest_of_its_own() -> None:
    scene = away_until(50)

    answers = scene.play(*[(RUN, f"call {number}") for number in range(5)], (OTHER_RUN, "theirs", 35.0))

    assert isinstance(answers["theirs"], Reply)
    assert all(isinstance(answers[f"call {number}"], ModelFailure) for number in range(5))


@pytest.mark.parametrize("kind", ["key", "no_key", "rights", "unknown_model", "address", "credit"])
def test_what_somebody_has_to_set_right_is_said_as_such_and_nobody_waits_for_it(kind: str) -> None:
    scene = Scene(lambda _text, _at: PermanentModelError("The key was refused. Check MODEL_API_KEY.", kind=kind))

    answers = scene.play(*[(RUN, f"call {number}", number * 0.2) for number in range(30)])

    assert set(answers.values()) == {ModelFailure("The key was refused. Check MODEL_API_KEY.")}
    assert len(scene.sent) == 5
    assert scene.told[0] is not None
    assert scene.told[0].is_permanent
    assert max(scene.ended.values()) < 6


@pytest.mark.parametrize(
    "error",
    [
        TransientModelError("slow down", 0.0, is_rate_limit=True, kind="busy"),
        TransientModelError("lost before it was whole", kind="lost"),
        TransientModelError("no JSON", unusable=True, kind="garbled"),
        PermanentModelError("too large", kind="too_large"),
        PermanentModelError("refused", kind="filter"),
        PermanentModelError("refused", kind="request"),
    ],
)
def test_failures_of_single_requests_and_rate_limits_are_none_of_the_providers(error: Exception) -> None:
    scene = Scene(lambda text, _at: None if text.startswith("good") else error)

    answers = scene.play(*[(RUN, f"odd {number}") for number in range(20)], (OTHER_RUN, "good", 60.0))

    assert scene.told == []
    assert isinstance(answers["good"], Reply)


def test_failures_that_answers_come_between_are_not_in_a_row() -> None:
    scene = Scene(lambda text, at: AWAY if text.startswith("odd") and at < 1 else None)

    answers = scene.play(*[(RUN, f"{'odd' if number % 5 else 'good'} {number}", number * 0.01) for number in range(50)])

    assert scene.told == []
    assert all(isinstance(answer, Reply) for answer in answers.values())


def test_the_one_whose_failure_begins_a_rest_is_told_at_once_too() -> None:
    scene = away_until(1_000)

    scene.play((SOMEBODY, "first"), (SOMEBODY, "second"))

    assert max(scene.ended.values()) < 6


def test_calls_that_were_under_way_when_a_rest_began_do_not_prolong_it_however_late_they_fail() -> None:
    moments = [datetime(2026, 11, 27, 15, 0, tzinfo=UTC)]
    told: list[Trouble | None] = []

    async def scene() -> None:
        gate = Gate(rest=Rest(lambda: moments[-1], told.append))
        async with AsyncExitStack() as under_way:
            turns = [await under_way.enter_async_context(gate.turn(gate.place(RUN))) for _ in range(9)]
            for turn in turns[:6]:
                gate.failed(turn, AWAY)
            moments.append(moments[-1] + timedelta(seconds=REST_SECONDS + 1))
            gate.failed(turns[6], AWAY)
            async with gate.turn(gate.place(RUN)) as probe:
                gate.failed(turns[7], AWAY)
                gate.answered(probe)
            gate.failed(turns[8], AWAY)

    asyncio.run(scene())

    assert [trouble and trouble.failed_in_a_row for trouble in told] == [5, None]
