"""Whose choices a file holds, in which conversation and split, and what it says twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.choices.preference import Verdict
from app.domain.errors import BadInput, SeveralPeople
from app.domain.transcripts.detector import read_preferences
from app.domain.transcripts.preference_files import everyone_from_jsonl, pairs_from_jsonl
from app.domain.transcripts.settling import NO_NAME, of_one_person, people_in, settled
from tests.domain.transcripts.cases import answers, case, lines, read

SAMPLE_FILES = ["people.jsonl", "people-with-a-prompt-column.jsonl", "people-in-an-array.json"]
SHAPES: dict[str, dict[str, Any]] = {
    "pairs": {"context": "Sky?", "chosen": "Blue.", "rejected": "Red."},
    "TRL": {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Red."},
    "HH": {"chosen": "\n\nHuman: Sky?\n\nAssistant: Blue.", "rejected": "\n\nHuman: Sky?\n\nAssistant: Red."},
    "LMSYS": {
        "conversation_a": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Blue."}],
        "conversation_b": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Red."}],
        "winner": "model_a",
    },
    "OpenAI": {
        "input": {"messages": [{"role": "user", "content": "Sky?"}]},
        "preferred_output": [{"role": "assistant", "content": "Blue."}],
        "non_preferred_output": [{"role": "assistant", "content": "Red."}],
    },
}


@pytest.mark.parametrize("name", SAMPLE_FILES)
def test_a_file_of_two_people_is_never_one_person_s(name: str) -> None:
    read_ = read_preferences(case(name))

    assert people_in(read_) == {"ana": 8, "ben": 4}
    with pytest.raises(SeveralPeople, match=r"2 people \(ana with 8, ben with 4\)") as refused:
        of_one_person(read_, None)
    assert refused.value.people == {"ana": 8, "ben": 4}


@pytest.mark.parametrize("name", SAMPLE_FILES)
def test_one_person_of_a_file_is_taken_by_name(name: str) -> None:
    ana, ben = (pairs_from_jsonl(case(name), name, user) for user in ("ana", "ben"))

    assert (len(ana.pairs), len(ana.test)) == (6, 2)
    assert (len(ben.pairs), len(ben.test)) == (4, 0)


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize("column", ["user_id", "participant", "judge", "annotator", "worker_id", "user"])
def test_people_are_read_in_every_format(shape: str, column: str) -> None:
    row = SHAPES[shape]

    assert people_in(read({**row, column: "ana"}, {**row, column: 7}, {**row, column: 7.0})) == {"ana": 1, "7": 2}


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize("column", ["conversation_id", "conversation", "question_id"])
def test_conversations_are_read_in_every_format(shape: str, column: str) -> None:
    (found,) = read({**SHAPES[shape], column: "k1"}).comparisons

    assert found.conversation_key == "k1"
    (pair,) = pairs_from_jsonl(lines({**SHAPES[shape], column: "k1"}), "f").pairs
    assert pair.conversation_id == "k1"


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize(
    ("word", "split"),
    [
        *[(word, "") for word in ("train", "Train", "TRAIN ", "train_prefs", "training", "", None)],
        *[(word, "test") for word in ("test", "Test", "TEST", "test_prefs", "eval", "held-out", "unseen")],
        *[(word, "validation") for word in ("validation", "Val", "dev", "VALID", "validation_unseen")],
    ],
)
def test_splits_are_known_in_any_letter_case_and_every_format(shape: str, word: str | None, split: str) -> None:
    (found,) = read({**SHAPES[shape], "split": word}).comparisons

    assert found.split == split


@pytest.mark.parametrize("word", ["banana", "contest", "trial", "1", 1, "testimony", True, ["train"], {"is": "test"}])
def test_a_split_that_is_not_known_is_told_and_never_learned_from(word: Any) -> None:
    good = SHAPES["TRL"]

    found = pairs_from_jsonl(lines(good, {**good, "chosen": "Teal.", "split": word}), "f")

    assert len(found.pairs) == 1
    assert found.test == ()
    told = word if isinstance(word, str) else json.dumps(word)
    assert f"Line 2 was left out: its split is {told!r}" in found.skipped[0]


def test_the_choices_of_a_test_split_are_the_unseen_ones_however_it_is_written() -> None:
    found = pairs_from_jsonl(case("split-written-Test.jsonl"), "f")

    assert (len(found.pairs), len(found.test), found.skipped) == (6, 3, ())


def test_a_validation_split_neither_teaches_nor_tests_and_is_told() -> None:
    good = SHAPES["TRL"]

    found = pairs_from_jsonl(lines(good, {**good, "chosen": "Teal.", "split": "Dev"}), "f")

    assert (len(found.pairs), found.test) == (1, ())
    assert found.skipped == ("Line 2 was left out: its split is validation, which neither teaches nor tests here.",)


def test_rows_that_name_nobody_are_nobody_else_s() -> None:
    row = SHAPES["TRL"]
    read_ = read({**row, "user_id": "ana"}, {**row, "chosen": "Teal."}, {**row, "user_id": None, "chosen": "Cyan."})

    assert people_in(read_) == {"ana": 1, NO_NAME: 2}
    assert answers(of_one_person(read_, NO_NAME)) == [("Teal.", "Red."), ("Cyan.", "Red.")]
    assert len(of_one_person(read_, "ana").comparisons) == 1


def test_people_whose_names_are_no_text_are_told_apart_too() -> None:
    row = SHAPES["TRL"]

    found = read({**row, "user_id": {"$oid": "5f2a"}}, {**row, "user_id": {"$oid": "5f2b"}}, {**row, "user_id": True})

    assert list(people_in(found)) == ['{"$oid": "5f2a"}', '{"$oid": "5f2b"}', "true"]


def test_a_row_that_cannot_be_read_is_told_to_its_person_or_to_everybody() -> None:
    row = SHAPES["TRL"]
    read_ = read_preferences(
        lines({**row, "user_id": "ana"}, {**row, "user_id": "ben"}, {"user_id": "ben", "prompt": "x"}) + b"\n{broken"
    )

    assert [told.where for told in of_one_person(read_, "ana").skipped] == ["line 4"]
    assert [told.where for told in of_one_person(read_, "ben").skipped] == ["line 3", "line 4"]


@pytest.mark.parametrize(
    ("rows", "user", "said"),
    [
        ([{}], "ana", r"f names no people, so it holds no choices of 'ana'"),
        ([{"user_id": "ben"}], "ana", r"f holds no choices of 'ana'\. It has those of ben with 1"),
    ],
)
def test_a_name_that_is_not_there_is_refused(rows: list[dict[str, str]], user: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        pairs_from_jsonl(lines(*({**SHAPES["TRL"], **row} for row in rows)), "f", user)


def test_of_opposite_choices_the_later_stands_and_both_lines_are_told() -> None:
    read_ = read_preferences(case("opposite-choices.jsonl"))

    once = settled(read_.comparisons)

    assert len(once.kept) == 7
    assert [(told.where, told.why) for told in once.repeated] == [("line 4", "It says the same as line 3.")]
    assert [(told.where, told.why) for told in once.contradicted] == [
        ("line 1", "Line 2 decides the same pair otherwise; the later one stands.")
    ]
    assert next(iter(once.kept.values())).where == "line 2"


def test_the_command_tells_repetitions_and_contradictions_too() -> None:
    found = pairs_from_jsonl(case("opposite-choices.jsonl"), "f")

    assert (found.read, len(found.pairs), found.repeated, found.contradicting) == (9, 7, 1, 1)
    assert found.skipped == (
        "Line 1 was left out: line 2 decides the same pair otherwise; the later one stands.",
        "Line 4 was left out: it says the same as line 3.",
    )
    assert {pair.chosen.text for pair in found.pairs} >= {"Coffee.", "Cat."}


@pytest.mark.parametrize(
    ("other", "repeated", "contradicted"),
    [
        ({"prompt": "Sky?", "chosen": "Red.", "rejected": "Blue."}, 0, 1),
        ({"prompt": "Sky?\r\n", "chosen": " Blue.", "rejected": "Red.\u200b"}, 1, 0),
        ({**SHAPES["LMSYS"], "winner": "model_b"}, 0, 1),
        ({**SHAPES["LMSYS"], "winner": "tie"}, 0, 1),
        ({**SHAPES["TRL"], "chosen_side": "second"}, 1, 0),
        ({**SHAPES["TRL"], "rejected": "Green."}, 0, 0),
    ],
    ids=["opposite", "other white space", "opposite battle", "tie", "other side", "other answer"],
)
def test_what_is_said_twice_is_known_by_texts_and_verdict_in_any_format(
    other: dict[str, Any], repeated: int, contradicted: int
) -> None:
    once = settled(read(SHAPES["TRL"], other).comparisons)

    assert (len(once.repeated), len(once.contradicted)) == (repeated, contradicted)
    assert len(once.kept) == 2 - repeated - contradicted


def test_the_opposite_choice_of_another_person_is_no_contradiction() -> None:
    row = SHAPES["TRL"]
    data = lines({**row, "user_id": "a"}, {**row, "chosen": "Red.", "rejected": "Blue.", "user_id": "b"})

    assert [(one.user, len(one.pairs), one.contradicting) for one in everyone_from_jsonl(data, "f")] == [
        ("a", 1, 0),
        ("b", 1, 0),
    ]


@pytest.mark.parametrize(
    ("columns", "chosen_first", "models"),
    [
        ({"chosen_side": "first", "first_model": "m1", "second_model": "m2"}, True, ("m1", "m2")),
        ({"chosen_side": "second", "first_model": "m1", "second_model": "m2"}, False, ("m1", "m2")),
        ({"orig_side": "b", "chosen_model": "m1", "rejected_model": "m2"}, False, ("m2", "m1")),
        ({"present_first": "rejected"}, False, ("", "")),
    ],
)
def test_the_side_on_which_the_chosen_answer_stood_is_read_in_every_format(
    columns: dict[str, str], chosen_first: bool, models: tuple[str, str]
) -> None:
    for shape in ("pairs", "TRL", "HH", "OpenAI"):
        (found,) = read({**SHAPES[shape], **columns}).comparisons
        assert found.sides_known
        assert (found.verdict is Verdict.FIRST) is chosen_first
        assert (found.first_model, found.second_model) == models
        (pair,) = pairs_from_jsonl(lines({**SHAPES[shape], **columns}), "f").pairs
        assert (pair.chosen.text, pair.chosen_first) == ("Blue.", chosen_first)


def test_two_rows_of_one_pair_id_with_different_texts_are_both_kept() -> None:
    row = SHAPES["TRL"]

    found = pairs_from_jsonl(lines({**row, "pair_id": "x"}, {**row, "pair_id": "x", "chosen": "Teal."}), "f")

    assert len({pair.pair_id for pair in found.pairs}) == 2


@pytest.mark.parametrize("name", SAMPLE_FILES)
def test_page_and_command_read_the_same_choices(name: str) -> None:
    read_ = of_one_person(read_preferences(case(name)), "ana")

    by_command = pairs_from_jsonl(case(name), name, "ana")

    page = {(found.context, frozenset((found.first.text, found.second.text))) for found in read_.comparisons}
    pairs = (*by_command.pairs, *by_command.test)
    assert page == {(pair.context, frozenset((pair.chosen.text, pair.rejected.text))) for pair in pairs}
    assert json.dumps(read_.skipped) == "[]"
