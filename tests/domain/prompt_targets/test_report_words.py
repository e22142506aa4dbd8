"""The report in words: counts first, and what the figures do not show is said."""

from __future__ import annotations

import pytest

from app.domain.letter import COUNTS_STAND
from app.domain.personas.persona import COUNTING, Accuracy, Demonstration
from app.domain.prompt_targets import document, markdown, verdict_sentence
from app.domain.prompt_targets.report import (
    NAMES,
    arms_of,
    explained_sentence,
    flips_sentence,
    folds_sentence,
    proof_sentences,
    taste_heading,
    taste_sentence,
    untested_sentences,
)
from tests.builders import a_document, a_report
from tests.induction.given import pair

NO_TASTE = {"found": False, "chance": 0.34}
FREE = [arm for arm in a_report()["arms"] if arm["name"] in ("longer", "counted", "coin")]
SETTLED = {"more": 0, "words": "That it helps is settled as far as 15 choices can settle it."}


def test_every_arm_has_a_name_in_plain_words():
    # Reports of before 2026-11-28 may have `style`, which counted from nothing, and `persona`, the traits in other words.
    # `shorter` is the other side of `longer`, where that was mostly wrong.
    assert {*NAMES} - {"style", "persona", "shorter"} == {arm["name"] for arm in a_report()["arms"]}


def test_an_arm_without_a_usable_judgement_is_left_out():
    report = a_report()
    report["arms"][0] |= {"hits": 0, "n": 0, "failed": 15}

    assert "plain" not in arms_of(report)


def test_no_taste_is_told_by_how_often_a_coin_looks_as_consistent():
    said = taste_sentence(a_report(taste=NO_TASTE))

    assert said == (
        "Choices made at random would look as consistent in 34 of 100 tries; up to 5 of 100 counts as settled."
    )
    foreseen = {**NO_TASTE, "foreseen": 15}
    assert taste_sentence(a_report(taste=foreseen)).startswith(
        "Choices made at random would foresee one another as well in 34 of 100 tries"
    )
    assert taste_sentence(a_report()) == taste_sentence(a_report(taste=None)) == taste_sentence(None) == ""


def test_a_good_test_on_unseen_choices_is_not_denied_where_no_taste_was_found():
    report = a_report(taste=NO_TASTE, forecast=SETTLED)

    assert taste_sentence(report).endswith("The test on unseen choices came out well all the same.")
    assert (
        taste_heading(report)
        != taste_heading(a_report(taste=NO_TASTE))
        == "So few choices do not settle the traits taken together"
    )
    assert verdict_sentence(Accuracy(11, 15), Accuracy(8, 15), is_sketch=False, report=report) == (
        "With it the model was right on 11 of 15 unseen choices (73 %, likely between 48 % and 89 %); right on 8 of 15 without. "
        "Yet the traits alone are not settled by that."
    )


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("longer", "always taking the longer answer is right on 9 of 15, against 11 of 15 with the prompt."),
        ("first_shown", "always taking the answer that was shown first."),
    ],
)
def test_something_simpler_is_named_with_its_count(by, said):
    assert explained_sentence(a_report(explained_by=by)).endswith(said)


@pytest.mark.parametrize(
    ("by", "arms", "said"),
    [
        ("longer", FREE, "always taking the longer answer is right on 9 of 15."),
        ("first_shown", [], "always taking the answer that was shown first."),
    ],
)
def test_where_the_prompt_was_not_tested_a_simple_rule_is_held_against_nothing(by, arms, said):
    sentence = explained_sentence(a_report(explained_by=by, arms=arms))

    assert sentence == f"A simple rule explains many of these choices: {said}"


def test_flips_are_counted_with_and_without_the_prompt():
    assert "on 2 of 15 with the prompt and on 4 of 15 without it" in flips_sentence(a_report())


def test_where_order_cannot_matter_nothing_is_said_of_it():
    arms = [{**arm, "flips": None, "flips_of": None} for arm in a_report()["arms"]]

    assert flips_sentence(a_report(arms=arms)) == ""


@pytest.mark.parametrize(("folds", "said"), [(3, "on the careful side"), (1, "were kept aside"), (0, "was not tested")])
def test_on_what_the_figures_rest_is_told(folds, said):
    assert said in folds_sentence(a_report(folds=folds))


def test_only_the_choices_that_were_read_are_said_to_be_dealt_into_parts():
    assert folds_sentence(a_report(folds=2)).startswith("The choices that were read were dealt into 2 parts")


def test_folds_in_which_the_prompt_was_never_judged_are_no_test():
    assert "The persona itself was not tested." in folds_sentence(a_report(arms=FREE))


@pytest.mark.parametrize(
    ("recipe", "report", "said"),
    [
        ("quick", a_report(arms=FREE, folds=0), "The persona itself was not tested."),
        ("traits", a_report(arms=FREE, folds=0), "all belong to one conversation"),
        ("traits", a_report(arms=[]), "not one unseen choice was guessed"),
        ("traits", None, "not one unseen choice was guessed with the prompt."),
    ],
)
def test_why_enough_choices_were_not_tested_is_told_as_it_is(recipe, report, said):
    given = a_document(["c1", "c2", "c3"], report=report, recipe=recipe, notes=["The one note."])

    assert said in " ".join(untested_sentences(given))


def test_what_was_tested_of_the_prompt_stands_in_counts_and_names_the_form():
    document = a_document(["c1", "c2", "c3"], report=a_report(), demonstrations=(Demonstration(pair(1)),))

    assert proof_sentences(document) == [
        "With a prompt made the same way from part of your choices the model was right on 11 of 15 unseen choices, 8 of 15 without.",
        "Each part's own text was tested, word for word.",
        "With the examples beside it, it was right on 10 of 15.",
    ]


def test_a_prompt_without_examples_was_tested_as_it_stands():
    assert proof_sentences(a_document(["c1", "c2", "c3"], report=a_report(folds=1))) == [
        "With this prompt the model was right on 11 of 15 unseen choices, 8 of 15 without.",
        "What was tested is this text, word for word.",
        "With the examples beside it, it was right on 10 of 15.",
    ]


def test_a_prompt_that_was_not_tested_says_so():
    assert proof_sentences(a_document(["c1", "c2", "c3"])) == [
        "Not tested yet: how well a model with this prompt guesses your choices."
    ]


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            a_report(taste=NO_TASTE),
            (
                "Taken together the traits are not settled yet. With it the model was right on 9 of 15 unseen choices (60 %, likely between "
                "36 % and 80 %); right on 8 of 15 without. So few choices cannot prove the difference."
            ),
        ),
        (
            a_report(explained_by="longer"),
            (
                "With it the model was right on 9 of 15 unseen choices (60 %, likely between 36 % and 80 %); right on 8 of 15 "
                "without. So few choices cannot prove the difference. Something simpler guesses these choices at least as well: "
                "always taking the longer answer is right on 9 of 15, against 11 of 15 with the prompt."
            ),
        ),
    ],
)
def test_the_verdict_says_when_no_taste_was_found_or_something_simpler_does_as_well(report, said):
    assert verdict_sentence(Accuracy(9, 15), Accuracy(8, 15), is_sketch=False, report=report) == said


@pytest.mark.parametrize(("more", "is_sure"), [(0, True), (12, False), (None, False)])
def test_the_verdict_proves_a_difference_where_the_forecast_says_that_it_is_settled(more, is_sure):
    said = verdict_sentence(
        Accuracy(15, 15), Accuracy(8, 15), is_sketch=False, report=a_report(forecast={"more": more, "words": "."})
    )

    assert ("cannot prove" not in said) is is_sure


def test_where_no_persona_was_written_nothing_is_said_of_what_it_does():
    report = a_report(arms=FREE, folds=0, explained_by="longer", taste=None, forecast={"more": None, "words": ""})

    made = document(
        persona=None, is_sketch=False, accuracy=None, baseline=None, style={}, model="m", recipe="traits", seed=0,
        n_choices=15, report=report,
    )  # fmt: skip

    assert made["verdict"] == (
        "No persona could be written from these choices. A simple rule explains many of these choices: always taking the "
        "longer answer is right on 9 of 15."
    )


def test_without_a_test_the_verdict_says_that_no_taste_was_found_and_that_nothing_was_tested():
    sketch, quick = (
        verdict_sentence(None, None, is_sketch=is_sketch, report=a_report(taste=NO_TASTE, arms=FREE))
        for is_sketch in (True, False)
    )

    assert sketch.startswith("Taken together the traits are not settled yet. A first sketch, not tested.")
    assert quick == "Taken together the traits are not settled yet. Not tested on unseen choices yet."


def test_the_markdown_holds_every_comparison_and_the_sentences():
    text = markdown(a_document(["c1", "c2", "c3"], report=a_report()), {})

    assert "| With the prompt | 11 of 15 | 48 % and 89 % |" in text
    assert "| Always the longer answer | 9 of 15 | 36 % and 80 % |" in text
    assert "So few choices cannot prove that the prompt helps." in text
    assert "About 24 more choices would settle whether it helps." in text
    assert "How often it is right" not in markdown(a_document(["c1", "c2", "c3"]), {})


def test_a_person_who_likes_it_short_is_held_against_the_shorter_answer():
    report = a_report()
    arms = [{**arm, "hits": 2, "low": 0.04, "high": 0.38} if arm["name"] == "longer" else arm for arm in report["arms"]]

    text = markdown(a_document(["c1", "c2", "c3"], report={**report, "arms": arms}), {})

    assert "| Always the shorter answer | 13 of 15 | 62 % and 96 % |" in text
    assert "Always the longer answer" not in text


@pytest.mark.parametrize(
    ("hits", "found", "is_said"), [(5, True, True), (6, True, True), (9, True, False), (5, False, False)]
)
def test_counts_that_stand_are_said_to_stand_beside_a_test_that_settles_nothing(hits, found, is_said):
    report = a_report(form=COUNTING, taste={"found": found, "chance": 0.3, "times": 3.3})
    said = verdict_sentence(Accuracy(hits, 10), None, is_sketch=False, report=report)

    assert said.endswith(COUNTS_STAND) == is_said
