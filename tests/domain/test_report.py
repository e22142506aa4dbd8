from __future__ import annotations

import json

import pytest

from app.domain.personas.persona import Accuracy, wilson
from app.domain.prompt_targets.report import NAMES
from app.domain.report import ArmResult, CurvePoint, Forecast, Report, Share, Taste


def a_report(*arms: ArmResult, taste: Taste | None = None) -> Report:
    return Report(
        arms=arms,
        curve=(CurvePoint(3, 6, 9), CurvePoint(8, 8, 9)),
        forecast=Forecast(12, "About 12 more."),
        taste=taste,
        explained_by="longer",
        words=("A sentence.",),
        folds=3,
        form="both_orders",
    )


def test_an_arm_is_stored_with_its_label_its_counts_and_its_interval():
    stored = ArmResult("both", 14, 20, failed=1, flips=3, flips_of=20).as_json()

    low, high = Accuracy(14, 20).interval()
    assert stored == {
        "name": "both",
        "label": NAMES["both"],
        "hits": 14,
        "n": 20,
        "failed": 1,
        "low": round(low, 4),
        "high": round(high, 4),
        "flips": 3,
        "flips_of": 20,
        "alike": None,
        "told_apart": None,
    }


def test_an_arm_says_how_often_it_was_right_on_each_sort_of_choices():
    stored = ArmResult("coin", 10, 20, alike=Share(2.5, 5), told_apart=Share(3, 6)).as_json()

    assert (stored["alike"], stored["told_apart"]) == ({"hits": 2.5, "n": 5}, {"hits": 3, "n": 6})


def test_an_arm_without_an_order_has_no_flips():
    stored = ArmResult("longer", 4, 9).as_json()

    assert (stored["flips"], stored["flips_of"]) == (None, None)


@pytest.mark.parametrize(("hits", "said"), [(9, "9 of 15"), (7.5, "7.5 of 15"), (0, "0 of 15")])
def test_counts_are_said_as_counts(hits, said):
    assert ArmResult("coin", hits, 15).count == said


def test_an_arm_that_judged_nothing_knows_nothing():
    stored = ArmResult("both", 0, 0, failed=5).as_json()

    assert (stored["low"], stored["high"], stored["failed"]) == (0.0, 1.0, 5)


def test_a_coins_expectation_may_be_a_half_and_has_its_interval():
    low, high = wilson(7.5, 15)

    assert low < 0.5 < high
    assert low == pytest.approx(1 - high)


def test_the_whole_report_can_be_stored_and_keeps_its_order():
    report = a_report(ArmResult("plain", 8, 15), ArmResult("both", 11, 15), taste=Taste(found=True, chance=0.00049975))

    stored = json.loads(json.dumps(report.as_json()))

    assert [arm["name"] for arm in stored["arms"]] == ["plain", "both"]
    assert [(point["choices"], point["hits"], point["n"]) for point in stored["curve"]] == [(3, 6, 9), (8, 8, 9)]
    assert stored["forecast"] == {"more": 12, "words": "About 12 more."}
    assert stored["taste"] == {"found": True, "chance": 0.0005, "foreseen": 0}
    assert (stored["explained_by"], stored["words"], stored["folds"]) == ("longer", ["A sentence."], 3)


def test_without_a_test_of_taste_nothing_is_said_of_it():
    assert a_report().as_json()["taste"] is None


def test_arms_are_found_by_their_names():
    report = a_report(ArmResult("plain", 8, 15), ArmResult("both", 11, 15))

    assert report.by_name["both"].hits == 11
    assert "persona" not in report.by_name
