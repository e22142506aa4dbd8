"""Two exports of the same people: nothing but the texts joins a person of one to a person of the other (decision 0010)."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import pytest
from sqlmodel import select

from app.domain.preference import Verdict
from app.services import comparing, consenting, exporting
from app.storage.database import Database
from app.storage.tables import VerdictRow
from tests.builders import a_comparison, an_account

PEOPLE, ROWS = 12, 10
TEXTS = {"prompt", "chosen", "rejected", "conversation_a", "conversation_b"}
TOO_MANY = 6
"""Of twelve people matched by chance one is right; six or more are, once in a thousand times."""


def some_people(database: Database, rows: Iterable[int]) -> None:
    """People who answer alike, each at a pace of their own to the millisecond."""
    chance = random.Random(9)
    with database.writing() as session:
        for count in rows:
            account_id = an_account(session)
            for number in range(count):
                asked = a_comparison(session, account_id, question=f"Question {number} of {account_id}?")
                verdict = chance.choice([Verdict.FIRST, Verdict.SECOND])
                comparing.give_verdict(session, account_id, asked, verdict, chance.randrange(200, 90_000))
            for scope in consenting.CONSENT_TEXTS:
                consenting.set_consent(session, account_id, scope, True)


def exported(database: Database, file_format: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exporting.export_rows(database, file_format=file_format, requested_by=None)]


def who(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Each made-up name's real person, told by the texts, which name their account here."""
    turns = "prompt" if "prompt" in rows[0] else "conversation_a"
    return {row["participant"]: row[turns][0]["content"].rpartition(" ")[2] for row in rows}


def joined(one: list[dict[str, Any]], other: list[dict[str, Any]], columns: tuple[str, ...]) -> int:
    """How many people a join by these columns finds again: a value that one person alone has in each file is a name."""
    votes: dict[str, Counter[str]] = {}
    owners: list[dict[str, set[str]]] = [{}, {}]
    for rows, owned in zip((one, other), owners, strict=True):
        for row in rows:
            owned.setdefault(json.dumps([row[column] for column in columns]), set()).add(row["participant"])
    for value in owners[0].keys() & owners[1].keys():
        if len(owners[0][value]) == len(owners[1][value]) == 1:
            (name,), (guess,) = owners[0][value], owners[1][value]
            votes.setdefault(name, Counter())[guess] += 1
    people, others = who(one), who(other)
    return sum(people[name] == others[guesses.most_common(1)[0][0]] for name, guesses in votes.items())


@pytest.mark.parametrize("file_format", ["trl", "lmsys"])
def test_no_column_and_no_pair_of_columns_finds_people_again(database: Database, file_format: str) -> None:
    some_people(database, [ROWS] * PEOPLE)

    one, other = exported(database, file_format), exported(database, file_format)

    columns = sorted(one[0].keys() - TEXTS)
    assert len(who(one)) == PEOPLE
    tried = [*((column,) for column in columns), *combinations(columns, 2)]
    assert {key: found for key in tried if (found := joined(one, other, key)) >= TOO_MANY} == {}


def test_the_same_join_finds_everybody_by_exact_times(database: Database) -> None:
    some_people(database, [ROWS] * PEOPLE)
    with database.reading() as session:
        exact = sorted(row.milliseconds or 0 for row in session.exec(select(VerdictRow)))

    files = [exported(database, "trl") for _ in range(2)]
    for rows in files:
        rows.sort(key=lambda row: row["prompt"][0]["content"])
        for row, milliseconds in zip(rows, exact, strict=True):
            row["milliseconds"] = milliseconds

    assert joined(files[0], files[1], ("milliseconds",)) == PEOPLE


def test_the_number_of_rows_tells_people_apart_who_give_different_numbers(database: Database) -> None:
    some_people(database, range(1, 6))

    one, other = exported(database, "trl"), exported(database, "trl")

    counts = [Counter(row["participant"] for row in rows) for rows in (one, other)]
    again = {n: name for name, n in counts[1].items()}
    assert [who(one)[name] == who(other)[again[n]] for name, n in counts[0].items()] == [True] * 5
