"""The parts an evaluation is made of: its ledger, who takes part on which choices, tables and plots."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.domain.errors import BadInput, BudgetReached
from app.induction.model.language_model import Reply, Usage
from app.services.calling.file_ledger import Book, spent
from app.services.calling.json_lines import JsonLines
from app.services.evaluating.people import drawn_people, parted, read_people, shared_answers
from app.services.evaluating.tables import Findings, between, counted, p_value, percent, points
from tests.services.evaluating.given import people_file

REPLY = Reply("Yes, \u00e9\n.", Usage(12, 3), {"A": -0.25, "B": -1.5})


@contextmanager
def a_book(path: Path, most_calls: int | None = None) -> Iterator[Book]:
    """The ledger as one process has it open."""
    with closing(JsonLines(path)) as lines:
        yield Book(lines, most_calls)


def pay(book: Book, digest: str, model: str = "m") -> None:
    ledger = book.of(model)
    ledger.reserve(digest, 1, "judge", model, 10, 1)
    ledger.settle(digest, 1, "judge", REPLY)


def test_a_reply_is_found_again_by_the_next_process_as_it_was(tmp_path):
    with a_book(tmp_path / "ledger.jsonl") as book:
        pay(book, "d1")

    with a_book(tmp_path / "ledger.jsonl") as again:
        assert again.of("m").committed("d1") == REPLY
        assert again.of("m").attempts("d1") == 1
        assert (again.calls, again.sent_now) == (1, 0)
    cost = spent(tmp_path / "ledger.jsonl")
    assert cost == {
        "calls": 1,
        "failed_calls": 0,
        "prompt_tokens": 12,
        "completion_tokens": 3,
        "unanswered_calls": 0,
        "unanswered_tokens": 0,
    }


def test_calls_in_flight_when_a_process_was_killed_are_counted_with_what_was_set_aside(tmp_path):
    with a_book(tmp_path / "ledger.jsonl") as book:
        for digest in ("d1", "d2", "d3"):
            book.of("m").reserve(digest, 1, "judge", "m", 10, 5)
        book.of("m").settle("d1", 1, "judge", REPLY)
        book.of("m").fail("d3", 1, "busy")
    with a_book(tmp_path / "ledger.jsonl") as again:
        again.of("m").reserve("d2", 2, "judge", "m", 10, 5)
        again.of("m").settle("d2", 2, "judge", REPLY)

    cost = spent(tmp_path / "ledger.jsonl")

    assert (cost["calls"], cost["failed_calls"], cost["unanswered_calls"], cost["unanswered_tokens"]) == (4, 1, 1, 15)


def test_another_models_reply_is_not_taken_for_this_ones(tmp_path):
    with a_book(tmp_path / "ledger.jsonl") as book:
        pay(book, "d1", "one")

        assert book.of("other").committed("d1") is None
        assert book.of("one").committed("d1") == REPLY


@pytest.mark.parametrize("cut", [1, 9, 40])
def test_a_line_that_was_left_half_written_is_cut_off_and_its_call_made_again(tmp_path, cut):
    path = tmp_path / "ledger.jsonl"
    with a_book(path) as book:
        pay(book, "d1")
        pay(book, "d2")
    path.write_bytes(path.read_bytes()[:-cut])

    with a_book(path) as again:
        pay(again, "d3")

    with a_book(path) as last:
        assert last.of("m").committed("d1") == REPLY
        assert last.of("m").committed("d2") is None
        assert last.of("m").committed("d3") == REPLY
        assert last.of("m").attempts("d2") == 1


def test_a_damaged_line_in_the_middle_is_named(tmp_path):
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"what": "sent"\n{"what": "x", "model": "m", "digest": "d"}\n')

    with pytest.raises(BadInput, match="line 1 is damaged"):
        JsonLines(path)


def test_failed_tries_stay_counted_and_a_cap_on_calls_holds_over_processes(tmp_path):
    with a_book(tmp_path / "ledger.jsonl", most_calls=2) as book:
        pay(book, "d1")
        book.of("m").reserve("d2", 1, "judge", "m", 10, 1)
        book.of("m").fail("d2", 1, "busy")

    with a_book(tmp_path / "ledger.jsonl", most_calls=2) as again:
        assert again.of("m").attempts("d2") == 1
        with pytest.raises(BudgetReached, match="cap of 2 model calls"):
            pay(again, "d3")
    assert spent(tmp_path / "ledger.jsonl")["failed_calls"] == 1


def test_people_are_drawn_by_the_seed_and_in_turn_from_each_file(tmp_path):
    one = people_file(tmp_path / "one.jsonl", 6)
    other = people_file(tmp_path / "other.jsonl", 6, kind="sparse")
    people, sources = read_people([one, other])
    turned, _ = read_people([other, one])

    drawn = drawn_people(people, "4", 0)

    assert Counter(person.source for person in drawn) == {"one.jsonl": 2, "other.jsonl": 2}
    assert [person.name for person in drawn_people(turned, "4", 0)] == [person.name for person in drawn]
    assert drawn_people(people, "3", 0) == drawn[:3]
    assert len(drawn_people(people, "", 0)) == 12
    assert [person.name for person in drawn_people(people, "single-2, sparse-0", 0)] == ["single-2", "sparse-0"]
    assert [source.name for source in sources] == ["one.jsonl", "other.jsonl"]


def test_people_of_one_name_in_two_files_are_told_apart_and_one_file_cannot_be_given_twice(tmp_path):
    one, other = people_file(tmp_path / "one.jsonl", 2), people_file(tmp_path / "other.jsonl", 2, choices=12)
    copy = people_file(tmp_path / "copy.jsonl", 2)

    people, _ = read_people([one, other])

    assert [person.name for person in people] == ["single-0", "single-1", "other/single-0", "other/single-1"]
    for again in (other, copy):
        with pytest.raises(BadInput, match="given twice"):
            read_people([one, other, again])


def test_a_file_that_names_nobody_is_one_persons(tmp_path):
    row = {"prompt": "Why?", "chosen": "Because.", "rejected": "Hm."}
    (tmp_path / "mine.jsonl").write_text(json.dumps(row))

    (person,), _ = read_people([tmp_path / "mine.jsonl"])

    assert person.name == "mine"


def of_long_talks(tmp_path, *, split: bool, talks: int = 6, each: int = 3):
    """Choices in conversations of three; where there is a split, one of each conversation is unseen."""
    rows = [
        {
            "user_id": "u",
            "split": "test" if split and number % each == 0 else "train",
            "seq": number,
            "conversation_id": f"k{number // each}",
            "context": f"Question {number}?",
            "chosen": f"Chosen {number}.",
            "rejected": f"Rejected {number}.",
        }
        for number in range(talks * each)
    ]
    path = tmp_path / "talks.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    (person,), _ = read_people([path])
    return person


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("split", [False, True])
def test_no_conversation_both_teaches_and_tests(tmp_path, nested, split):
    person = of_long_talks(tmp_path, split=split)

    parts = parted(person, nested=nested, tests=3, train=12, seed=0)

    assert parts
    for part in parts:
        taught, tested = ({pair.conversation_id for pair in pairs} for pairs in (part.train, part.tests))
        assert taught & tested == set()
        assert len(part.train) >= 5
    assert sum(len(part.tests) for part in parts) <= 3


def of_shared_answers(tmp_path, *, split: bool):
    """Six requests with four answers each, every answer in three choices, each choice a conversation of its own."""
    pairs = [(one, other) for one in range(4) for other in range(one + 1, 4)]
    rows = [
        {
            "user_id": "u",
            "split": "test" if split and place % 3 == 0 else "train",
            "seq": place,
            "conversation_id": f"k{place}",
            "context": f"Question {place // len(pairs)}?",
            "chosen": f"Answer {one}.",
            "rejected": f"Answer {other}.",
        }
        for place, (one, other) in enumerate(pairs * 6)
    ]
    path = tmp_path / "shared.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    (person,), _ = read_people([path])
    return person


@pytest.mark.parametrize("nested", [False, True])
def test_no_answer_to_one_request_both_teaches_and_tests(tmp_path, nested):
    person = of_shared_answers(tmp_path, split=False)

    parts = parted(person, nested=nested, tests=12, train=30, seed=0)

    assert parts
    assert [shared_answers(part) for part in parts] == [0] * len(parts)
    for part in parts:
        taught, tested = ({pair.context for pair in pairs} for pairs in (part.train, part.tests))
        assert taught & tested == set()


def test_answers_on_both_sides_of_a_files_own_split_are_counted(tmp_path):
    (part,) = parted(of_shared_answers(tmp_path, split=True), nested=False, tests=12, train=30, seed=0)

    assert shared_answers(part) == len(part.tests) == 12


def test_unseen_choices_are_of_different_conversations_before_two_are_of_one(tmp_path):
    (part,) = parted(of_long_talks(tmp_path, split=False), nested=False, tests=2, train=12, seed=0)

    assert len({pair.conversation_id for pair in part.tests}) == 2


def test_fewer_choices_to_learn_from_are_the_beginning_of_more(tmp_path):
    person = of_long_talks(tmp_path, split=False)

    few, more = (parted(person, nested=False, tests=2, train=train, seed=0)[0].train for train in (5, 9))

    assert more[:5] == few
    assert [pair.seq for pair in more] == sorted(pair.seq for pair in more)


def test_somebody_with_one_conversation_cannot_be_tested(tmp_path):
    person = of_long_talks(tmp_path, split=False, talks=1, each=12)

    assert parted(person, nested=True, tests=3, train=12, seed=0) == []
    assert parted(person, nested=False, tests=3, train=12, seed=0) == []


def test_a_table_stands_in_columns_also_with_wide_letters_and_says_nothing_where_there_is_nothing():
    table = Findings("T", ("person", "n"), (("日本", "1"), ("b", "10")), ("Words.",), ({"p": math.nan, "n": 1},))

    assert table.as_text() == "T\n\nperson   n\n------  --\n日本     1\nb       10\n\nWords.\n"
    assert table.as_json()["rows"] == [{"p": None, "n": 1}]
    assert (percent(math.nan), points(math.nan), between(math.nan, 1.0), p_value(math.nan)) == ("–", "–", "–", "–")
    assert (percent(0.625), points(0.032), p_value(0.0004)) == ("62.5 %", "+3.2", "< 0.001")
    assert (counted(1, "person"), counted(2, "person"), counted(1200, "call")) == (
        "1 person",
        "2 people",
        "1,200 calls",
    )
