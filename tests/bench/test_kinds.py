"""The labelled requests are what they say they are, and each way of telling their kinds is counted against the labels."""

from __future__ import annotations

import hashlib
import json

from bench.kinds.__main__ import LABELLED, Labelled, by_rules, labelled, table

KINDS = {"facts", "advice", "opinion", "making", "editing", "code", "calculation", "closed", "chat"}
FREE = {"mtbench_human", "tulu_human", "pandalm_human"}


def test_two_hundred_requests_are_labelled_and_only_free_texts_are_shipped() -> None:
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]

    assert len({row["sha256"] for row in rows}) == len(rows) >= 200
    assert {row["kind"] for row in rows} == KINDS
    assert {row["source"] for row in rows if "request" in row} == FREE
    for row in rows:
        assert {*row["also"], row["said_by_a_model"]} <= KINDS
        assert row["kind"] not in row["also"]
        if "request" in row:
            assert hashlib.sha256(row["request"].encode()).hexdigest() == row["sha256"]


def test_a_text_that_is_not_shipped_counts_where_it_is_given() -> None:
    assert len(list(labelled([]))) < len(list(labelled(["Can I sleep all day?"])))


def test_agreement_is_counted_by_label_and_by_second_readings() -> None:
    found = [
        Labelled("Write a poem.", "making", frozenset(), "making"),
        Labelled("How many people live in Rome?", "closed", frozenset({"facts"}), "facts"),
    ]

    told = list(table(found))

    assert by_rules(found[0]) == {"making"}
    assert told[3] == "| a strong reader's one word (nine kinds) | 1 (50 %) | 2 (100 %) |"
