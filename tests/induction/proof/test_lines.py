from __future__ import annotations

import random

import pytest

from app.induction.proof.lines import Line, line, slope_p_value
from app.induction.proof.resampling import Observation

SIZES = (3.0, 5.0, 8.0, 10.0, 15.0, 30.0)


def sized(table: dict[tuple[str, str], dict[float, float]]) -> list[Observation]:
    """(person, choice) -> size -> hit."""
    return [
        Observation(person, pair, pair, hit, size)
        for (person, pair), by_size in table.items()
        for size, hit in by_size.items()
    ]


def simulated(rng: random.Random, people: int = 12, *, slope: float = 0.006, spread: float = 0.1) -> list[Observation]:
    """People who are unlike, six unseen choices each, guessed after learning from each size; right on 62 % at none.

    A choice that was guessed right at one size mostly is at the next, and every third person has no more than 10 choices.
    """
    table = {}
    for who in range(people):
        own = rng.gauss(0, spread)
        for n in range(6):
            luck, hits = rng.random(), {}
            for size in SIZES if who % 3 else SIZES[:4]:
                luck = luck if rng.random() < 0.7 else rng.random()
                hits[size] = float(luck < 0.62 + own + slope * size)
            table[f"p{who}", f"p{who} c{n}"] = hits
    return sized(table)


def fitted(observations: list[Observation], seed: int = 0) -> Line:
    found = line(observations, seed)
    assert found is not None
    return found


def by_least_squares(people: list[list[Observation]], size: float) -> float:
    """The height at a size of the line through these people, written down anew: slope within choices, through the means."""
    values: dict[tuple[int, str], list[Observation]] = {}
    for place, person in enumerate(people):
        for one in person:
            values.setdefault((place, one.pair), []).append(one)
    over = under = 0.0
    for choice in values.values():
        middle = sum(one.size for one in choice) / len(choice)
        over += sum((one.size - middle) * one.value for one in choice)
        under += sum((one.size - middle) ** 2 for one in choice)
    every = [one for person in people for one in person]
    across, up = sum(one.size for one in every) / len(every), sum(one.value for one in every) / len(every)
    return up + over / under * (size - across)


def test_the_band_is_that_of_a_bootstrap_of_whole_people_written_down_anew():
    rng = random.Random(3)
    observations = simulated(rng)
    by_person: dict[str, list[Observation]] = {}
    for one in observations:
        by_person.setdefault(one.person, []).append(one)
    people = list(by_person.values())
    draws = [rng.choices(people, k=len(people)) for _ in range(1_000)]

    band = {at.size: at for at in fitted(observations).band}

    for size in (3.0, 10.0, 30.0):
        heights = sorted(by_least_squares(draw, size) for draw in draws)
        assert band[size].value == pytest.approx(by_least_squares(people, size))
        # Ours goes a little further out, as it should for twelve people.
        assert heights[25] - 0.05 < band[size].low < heights[25] + 0.01
        assert heights[974] - 0.01 < band[size].high < heights[974] + 0.05


def test_the_band_holds_the_true_line_about_as_often_as_it_says_at_every_size():
    rng = random.Random(11)
    held = dict.fromkeys(SIZES, 0)

    for trial in range(40):
        for at in fitted(simulated(rng), trial).band:
            if at.size in held:
                held[at.size] += at.low <= 0.62 + 0.006 * at.size <= at.high

    assert min(held.values()) >= 34


def test_the_band_has_width_everywhere_and_is_widest_where_least_is_known():
    found = fitted(simulated(random.Random(5)))

    widths = [at.high - at.low for at in found.band]
    assert (found.band[0].size, found.band[-1].size) == (3.0, 30.0)
    assert min(widths) > 0.08
    assert widths[-1] > min(widths)
    assert all(at.low <= at.value <= at.high for at in found.band)
    assert {at.size for at in found.band} >= set(SIZES)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_line_of_nothing_but_hits_or_misses_is_not_sure_of_itself(value):
    found = fitted(sized({(f"p{who}", f"c{who}"): {3.0: value, 8.0: value} for who in range(6)}))

    assert found.slope == 0.0
    assert min(at.high - at.low for at in found.band) > 0.1
    assert all(0.0 <= at.low <= at.high <= 1.0 for at in found.band)


def test_so_few_people_that_they_show_little_make_a_wider_band():
    few, many = fitted(simulated(random.Random(2), 4)), fitted(simulated(random.Random(2), 40))

    assert few.band[0].high - few.band[0].low > 2 * (many.band[0].high - many.band[0].low)


def test_a_line_meets_a_level_only_between_the_sizes_that_were_measured():
    found = fitted(sized({(f"p{who}", f"c{who}"): {5.0: 0.4, 10.0: 0.6} for who in range(6)}))

    assert found.crosses(0.5) == pytest.approx(7.5)
    assert found.crosses(0.2) is None
    assert found.crosses(0.9) is None
    assert fitted(sized({("p", "c"): {3.0: 1.0, 5.0: 1.0}})).crosses(1.0) is None


def test_equal_seeds_give_equal_lines_in_whatever_order_the_judgements_came():
    observations = simulated(random.Random(1), 6)

    assert fitted(observations, 3) == fitted(observations[::-1], 3)


def test_nothing_judged_at_two_sizes_has_no_line():
    assert line([], 0) is None
    assert line(sized({("p", "c"): {3.0: 1.0}, ("p", "d"): {5.0: 1.0}}), 0) is None


def test_the_slope_is_the_least_squares_line_within_choices():
    exact = sized({(f"p{who}", f"c{who}"): {3.0: 0.2, 5.0: 0.4, 10.0: 0.9} for who in range(6)})

    found = line(exact, 0)

    assert found is not None
    assert found.slope == pytest.approx(0.1)
    assert found.intercept == pytest.approx(-0.1)
    assert found.low == pytest.approx(0.1)
    assert found.high == pytest.approx(0.1)


def test_people_missing_from_the_larger_sizes_do_not_bend_the_line():
    # The one who has many choices is harder to guess; nobody gains by more choices.
    table = {(f"easy {n}", f"c{n}"): {3.0: 1.0, 5.0: 1.0} for n in range(6)}
    table |= {(f"hard {n}", f"d{n}"): {3.0: 0.0, 5.0: 0.0, 15.0: 0.0} for n in range(6)}

    found = line(sized(table), 0)

    assert found is not None
    assert found.slope == pytest.approx(0.0)
    assert slope_p_value(sized(table), 0) == pytest.approx(1.0)


def test_a_slope_that_everybody_shows_is_significant_and_one_of_noise_is_not():
    rng = random.Random(2)
    learnt = sized(
        {(f"p{who}", f"p{who} c{n}"): {3.0: 0.0, 8.0: float(n < 3), 15.0: 1.0} for who in range(8) for n in range(6)}
    )
    noise = sized(
        {
            (f"p{who}", f"p{who} c{n}"): {size: float(rng.random() < 0.5) for size in (3.0, 8.0, 15.0)}
            for who in range(8)
            for n in range(6)
        }
    )

    one, other = line(learnt, 0), line(noise, 0)

    assert one is not None
    assert other is not None
    assert slope_p_value(learnt, 0) < 0.001
    assert one.low > 0
    assert slope_p_value(noise, 0) > 0.05
    assert other.low < 0 < other.high


@pytest.mark.slow
def test_the_p_value_of_a_slope_is_even_where_nothing_is_learnt():
    rng = random.Random(7)
    found = []
    for trial in range(40):
        # What was learnt at a size is good or bad for all of a person's choices at once.
        table = {}
        for who in range(6):
            luck = {size: rng.choice((0.2, 0.8)) for size in (3.0, 5.0, 10.0)}
            for n in range(5):
                table[f"p{who}", f"p{who} c{n}"] = {size: float(rng.random() < luck[size]) for size in luck}
        found.append(slope_p_value(sized(table), trial))

    assert sum(p < 0.05 for p in found) <= 6
    assert 0.3 < sum(found) / len(found) < 0.7
