from __future__ import annotations

import json

import pytest

from app.domain.errors import BadInput
from app.domain.measures import MEASURES
from app.induction.counting.prior import SHARES, read_prior, shipped_prior


def stored(**changed):
    return json.dumps({**shipped_prior().as_json(), **changed}).encode()


def measures(**changed):
    rows = shipped_prior().as_json()["measures"]
    return [{**rows[0], **changed}, *rows[1:]]


def test_the_prior_that_comes_along_is_of_the_measures_as_they_are_counted():
    prior = shipped_prior()

    assert (prior.people, prior.choices) == (40, 1158)
    assert prior.most.mean[0] > 1
    assert 0.7 < prior.share_of("length") < 0.8
    assert "CC-BY-4.0" in prior.attribution


def test_three_parts_are_made_of_it():
    like_most, own, contrary = shipped_prior().parts

    assert sum(SHARES) == pytest.approx(1)
    assert (like_most.mean[0], own.mean[0], contrary.mean[0]) == (1.1049, 0.0, -1.1049)
    assert like_most.variance[:2] == pytest.approx((0.0155, 0.1582))
    assert own.variance[:2] == (1.0, 0.25)
    assert contrary.variance[:2] == (0.5, 0.08)


def test_a_prior_written_and_read_again_is_the_same():
    assert read_prior(stored(), "p.json") == shipped_prior()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"{", "p.json: this is no JSON"),
        (b"[]", "p.json: this is no prior"),
        (stored(schema="other/1"), "its schema should be synthesize-me/prior/1"),
        (stored(measures=[]), "these measures in this order: length, scant"),
        (stored(measures=measures(name="width")), "these measures in this order"),
        (stored(measures=measures(unit=1.5)), "length is counted in units of 1.5 there and 0.7 here"),
        (stored(measures=measures(mean="much")), "mean of length should be a number"),
        (stored(measures=measures(mean=float("nan"))), "mean of length should be a number"),
        (stored(measures=measures(variance=0)), "variance of length should be above 0"),
        (stored(measures=measures(less=-1)), "less of length should be above 0"),
        (stored(people=None), "people should be a number"),
    ],
)
def test_a_file_that_is_no_usable_prior_is_refused_with_its_fault(data, fault):
    with pytest.raises(BadInput, match=r"^p\.json: ") as refused:
        read_prior(data, "p.json")

    assert fault in str(refused.value)


def test_every_measure_has_a_share_of_most_people():
    assert all(0 < shipped_prior().share_of(measure.name) < 1 for measure in MEASURES)
