from __future__ import annotations

import json
import random

import pytest

from app.domain.errors import BadInput
from app.domain.measures import NAMES
from app.induction.counting.learn_prior import Source, learn_prior
from app.induction.counting.prior import read_prior

LENGTH, LISTS = NAMES.index("length"), NAMES.index("lists")


def people(count: int, choices: int, share: float, seed: int = 0) -> dict[str, list[tuple[float, ...]]]:
    """People who choose the longer answer with this share; what else differs is as it falls."""
    rng = random.Random(seed)

    def row() -> tuple[float, ...]:
        side = 1 if rng.random() < share else -1
        return tuple(side * 0.7 if at == LENGTH else rng.uniform(-1, 1) for at in range(len(NAMES)))

    return {f"u{number}": [row() for _ in range(choices)] for number in range(count)}


def test_a_prior_says_what_most_people_choose_and_how_sure_that_is():
    prior = learn_prior([Source("a.jsonl", people(10, 40, 0.8))], "Votes of a.jsonl.")

    assert prior.share_of("length") == pytest.approx(0.8, abs=0.05)
    assert prior.most.mean[LENGTH] > 1
    assert abs(prior.most.mean[LISTS]) < 0.1
    assert prior.most.variance[LENGTH] < 0.1
    assert (prior.people, prior.choices, prior.sources) == (10, 400, ("a.jsonl",))


def test_it_can_be_written_and_read():
    prior = learn_prior([Source("a.jsonl", people(5, 20, 0.7))], "Votes.")

    again = read_prior(json.dumps(prior.as_json()).encode(), "p.json")

    assert again.as_json() == prior.as_json()


def test_people_of_two_sources_are_different_people_whatever_their_names():
    sources = [Source(name, people(5, 20, 0.7, seed)) for seed, name in enumerate(("a", "b"))]

    assert learn_prior(sources, "").people == 10


@pytest.mark.parametrize(("count", "choices"), [(4, 100), (10, 9), (0, 0)])
def test_too_few_people_or_choices_are_refused_in_a_sentence(count, choices):
    with pytest.raises(BadInput, match=f"100 choices of 5 people or more, and there are {count * choices} of {count}"):
        learn_prior([Source("a.jsonl", people(count, choices, 0.7))], "")
