"""What must hold of choices that share request and winner, in whole inductions and in every way of parting them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.choices.decisions import decided_by, decisions_of
from app.domain.choices.preference import Completion, PreferencePair, split
from app.domain.people.about import About
from app.induction.model.language_model import ModelProfile
from app.induction.proof.parting import folds
from app.services.evaluating.people import Person, parted
from tests.induction.given import a_few, induced, pair
from tests.induction.models import Opinionated

HOSTED = ModelProfile("fake", slot_tokens=8_192)
SMALL = ModelProfile("fake", slot_tokens=4_096, judging="pointwise", small=True)
LOSERS = (
    "It depends. There is much to say about plants, and more about water, and it is well worth saying.",
    "Perhaps you might water them, however often that may be.",
    "- Water\n- Light\n- Soil\n- Patience",
    "As an AI I cannot say. Ask a gardener, who will know your plants and your garden better than I do.",
)


@st.composite
def decided(draw: st.DrawFn, fewest: int = 10, most: int = 14) -> list[PreferencePair]:
    """Decisions with one to four losers each, the choices of each at any times, and now and then over a looping one."""
    made = []
    for number in range(draw(st.integers(fewest, most))):
        one = pair(number, conversation=f"k{draw(st.integers(0, 2 * most))}")
        for place in range(draw(st.integers(1, 4))):
            # Never the first, so that every decision keeps a loser that teaches.
            loser = (
                "It is what it is. " * 9 if place and draw(st.integers(0, 3)) == 0 else f"{LOSERS[place]} ({number})"
            )
            made.append(
                replace(one, pair_id=f"p{number}-{place}", rejected=Completion(loser), seq=draw(st.integers(0, 40)))
            )
    return made


@pytest.mark.slow
@a_few
@given(decided(), st.sampled_from([HOSTED, SMALL]), st.randoms(use_true_random=False))
def test_the_same_choices_in_any_order_give_the_same_bytes_of_persona_prompt_and_counts(choices, profile, rng):
    one, other = (
        induced(order, Opinionated(profile)).document() for order in (choices, rng.sample(choices, len(choices)))
    )

    for part in ("letter", "traits", "prompts", "counted", "style", "report"):
        assert json.dumps(one[part]) == json.dumps(other[part]), part
    assert json.dumps(one) == json.dumps(other)


@a_few
@given(decided(), st.integers(0, 5))
def test_no_decision_is_parted_by_any_way_of_parting(choices, seed):
    by_id = {one.pair_id: decided_by(one) for one in choices}

    def apart(*parts):
        seen = [{by_id[one.pair_id] for one in part} for part in parts]
        return all(one.isdisjoint(other) for place, one in enumerate(seen) for other in seen[place + 1 :])

    assert all(apart(train, test) for train, test in folds(choices, HOSTED, seed))
    halves = split(choices, seed, validation_share=0.2, test_share=0.3)
    assert apart(halves.train, halves.validation, halves.test)
    person = Person("p", "file", tuple(choices), (), About())
    for nested in (True, False):
        for part in parted(person, nested=nested, tests=6, train=50, seed=seed):
            assert apart(part.train, part.tests)


def test_what_is_said_of_choices_with_one_winner_counts_decisions():
    choices = [
        replace(pair(number), pair_id=f"p{number}-{place}", rejected=Completion(f"{LOSERS[place]} ({number})"))
        for number in range(6)
        for place in range(1 + number % 2)
    ]

    found = induced(choices)

    assert len(decisions_of(choices)) == found.n_decisions == found.document()["n_decisions"] == 6
    assert found.n_read == 9
    assert found.counted.choices == 6


@pytest.mark.parametrize("profile", [HOSTED, SMALL])
@pytest.mark.parametrize("recipe", ["traits", "quick", "paper"])
def test_a_claim_takes_ten_decisions_however_many_choices_they_are(profile, recipe):
    def decisions(many):
        return [
            replace(pair(number), pair_id=f"p{number}-{place}", rejected=Completion(f"{loser} ({number})"))
            for number in range(many)
            for place, loser in enumerate(LOSERS)
        ]

    three = induced(decisions(3), Opinionated(profile), recipe=recipe)

    assert three.is_sketch
    assert three.accuracy is None
    assert not three.test_ids
    assert (
        "3 decisions from 12 choices are too few to test on: an answer chosen over several others counts once."
        in three.notes
    )
    ten = induced(decisions(10), Opinionated(profile), recipe=recipe)
    assert not ten.is_sketch
    assert not [note for note in ten.notes if "too few to test on" in note]


def test_what_was_counted_has_its_ranges_wherever_it_stands():
    document = induced([pair(number) for number in range(10)], Opinionated(SMALL)).document()

    told = document["counted"]["traits"]
    assert told == [trait["counted"] for trait in document["traits"]]
    assert all(0 < trait["low"] < trait["share"] < trait["high"] < 1 for trait in told)
