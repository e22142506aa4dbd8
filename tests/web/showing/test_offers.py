"""What is said of a run's ways, what they cost, and how long one still takes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.induction.model.language_model import ModelProfile
from app.services.inducing.inducing import RunView
from app.web.showing.offers import minutes_in_words, offers, time_left

HOSTED = ModelProfile("openai/x")
SMALL = ModelProfile("small", small=True, judging="pointwise", packing=1)


def test_fewer_than_ten_choices_are_told_that_they_cannot_be_tested_on() -> None:
    full, quick = offers(7, HOSTED)

    assert "Fewer than ten choices cannot be tested on" in full.words
    assert "sketch" in quick.words
    assert offers(4, HOSTED) == ()


def a_view(**changed: object) -> RunView:
    values: dict[str, object] = {
        "run_id": "r", "state": "running", "recipe": "traits", "model": "openai/x", "stages": [], "calls_used": 0,
        "tokens_used": 0, "budget_calls": 400, "budget_tokens": 1, "n_choices": 15, "cancel_asked": False,
        "created_at": datetime.now(UTC), "started_at": None, "finished_at": None, "failure": "", "persona_id": None,
        "style": None,
    }  # fmt: skip
    return RunView(**{**values, **changed})  # type: ignore[arg-type]


def test_time_left_goes_from_the_estimate_to_the_pace_of_the_run() -> None:
    slow = time_left(a_view(calls_used=100), HOSTED, elapsed=3000)
    fast = time_left(a_view(calls_used=100), HOSTED, elapsed=30)

    assert time_left(a_view(), HOSTED, 0) == minutes_in_words(offers(15, HOSTED)[0].cost.minutes)
    assert slow.startswith("about ")
    assert slow.endswith(" minutes")
    assert fast == "less than a minute"


@pytest.mark.parametrize(
    "changed", [{"state": "done"}, {"model": "openai/other"}, {"recipe": "gone"}, {"calls_used": 10_000}]
)
def test_nothing_is_said_of_time_where_nothing_is_known(changed: dict[str, object]) -> None:
    assert time_left(a_view(**changed), HOSTED, 10) == ""


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0.2, "less than a minute"), (1.2, "about a minute"), (4.4, "about 4 minutes"), (130, "about 2 hours")],
)
def test_minutes_are_told_as_people_do(minutes: float, said: str) -> None:
    assert minutes_in_words(minutes) == said


def test_the_full_way_is_the_usual_one_and_a_small_model_has_counting_alone() -> None:
    assert [offer.usual for offer in offers(15, HOSTED)] == [True, False]
    assert [(offer.name, offer.usual, offer.cost.calls) for offer in offers(15, SMALL)] == [("Counting", True, 0)]
