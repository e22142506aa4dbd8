"""Days and times are told only as exactly as five people of a file share what is told."""

from __future__ import annotations

import random
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.export.shared import NO_DAY, TIMES, UNKNOWN_TIME, Shared, day_levels, time_levels

FIVE = [f"p{number}" for number in range(5)]
DAY = "2026-11-01"


def people_told(pairs: Sequence[tuple[str, Any]], told: Mapping[Any, Hashable]) -> dict[Hashable, set[str]]:
    groups: dict[Hashable, set[str]] = {}
    for person, value in pairs:
        groups.setdefault(told[value], set()).add(person)
    return groups


def test_a_day_that_five_share_is_told_and_others_as_what_five_share() -> None:
    pairs = [(person, DAY) for person in FIVE] + [(person, f"2026-03-0{place}") for place, person in enumerate(FIVE, 1)]
    told = Shared([*pairs, *((person, f"2025-0{place}-01") for place, person in enumerate(FIVE, 1))], day_levels()).told

    assert told[DAY] == (DAY, "day")
    assert {told[f"2026-03-0{place}"] for place in range(1, 6)} == {("2026-03-01", "month")}
    assert {told[f"2025-0{place}-01"] for place in range(1, 6)} == {("2025-01-01", "year")}


def test_what_would_be_left_to_one_person_takes_others_along() -> None:
    # One odd day in a busy month was told as "month", which nobody else was: the word itself was a name.
    told = Shared([*((person, DAY) for person in FIVE), ("p0", "2026-11-02")], day_levels()).told
    assert set(told.values()) == {(DAY, "month")}

    far = Shared([*((person, DAY) for person in FIVE), ("p0", "2025-11-02")], day_levels()).told
    assert set(far.values()) == {(NO_DAY, "nothing")}


def test_a_time_that_few_have_is_not_told_and_nobody_is_alone_with_no_time() -> None:
    others = [(person, 3_000) for person in FIVE] + [(person, 10_000) for person in [*FIVE, "p5"]]
    told = Shared([*others, ("alone", 100_000)], time_levels()).told
    assert told == {3_000: UNKNOWN_TIME, 10_000: 10_000, 100_000: UNKNOWN_TIME}

    told = Shared([*others, ("alone", UNKNOWN_TIME)], time_levels()).told
    assert told == {3_000: UNKNOWN_TIME, 10_000: 10_000, UNKNOWN_TIME: UNKNOWN_TIME}


def test_in_a_file_of_fewer_people_all_must_share_it() -> None:
    assert Shared([("a", 3_000), ("b", 3_000), ("a", 1_000)], time_levels()).told == {
        3_000: UNKNOWN_TIME,
        1_000: UNKNOWN_TIME,
    }
    assert Shared([("a", DAY), ("b", DAY)], day_levels()).told == {DAY: (DAY, "day")}
    assert Shared([], day_levels()).told == {}


@given(
    st.lists(st.tuples(st.integers(0, 11).map(str), st.sampled_from([*TIMES, UNKNOWN_TIME])), min_size=1, max_size=60),
    st.integers(0, 10**6),
)
def test_whatever_the_people_no_value_that_is_told_is_shared_by_fewer_than_five(
    times: list[tuple[str, int]], seed: int
) -> None:
    needed = min(5, len({person for person, _ in times}))
    chance = random.Random(seed)
    days = [
        (person, f"202{chance.randrange(3)}-0{chance.randrange(1, 3)}-0{chance.randrange(1, 4)}") for person, _ in times
    ]
    for told in (
        people_told(times, Shared(times, time_levels()).told),
        people_told(days, Shared(days, day_levels()).told),
    ):
        assert min(map(len, told.values())) >= needed
