"""Two exports of the same people: what besides the texts joins a person of one to a person of the other (decision 0010)."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
from sqlmodel import select

from app.domain.choices.preference import Verdict
from app.services.choosing import comparing
from app.services.exporting import exporting
from app.services.people import consenting
from app.storage.database import Database
from app.storage.tables import VerdictRow
from tests.builders import a_comparison, an_account

PEOPLE, ROWS = 12, 10
TEXTS = {"prompt", "chosen", "rejected", "conversation_a", "conversation_b"}
PERMUTATIONS = 1_000


def some_people(database: Database, rows: Iterable[int], *, unlike: bool = False, own_days: bool = False) -> None:
    """People who answer alike, or each with a side and a pace of their own; all today, or each on a day of their own in one month."""
    chance = random.Random(9)
    with database.writing() as session:
        for person, count in enumerate(rows):
            account_id = an_account(session)
            for number in range(count):
                asked = a_comparison(
                    session, account_id, question=f"What is the answer to question {number} of {account_id}?"
                )
                verdict = [Verdict.FIRST, Verdict.SECOND][person % 2 if unlike else chance.randrange(2)]
                pace = 400 * 2**person // 8 if unlike else chance.randrange(200, 90_000)
                comparing.give_verdict(session, account_id, asked, verdict, pace)
            if own_days:
                for given in session.exec(select(VerdictRow).where(VerdictRow.account_id == account_id)):
                    given.given_at = datetime(2026, 3, 1 + person, tzinfo=UTC)
            for scope in consenting.CONSENT_TEXTS:
                consenting.set_consent(session, account_id, scope, True)


def exported(database: Database, file_format: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exporting.export_rows(database, file_format=file_format, requested_by=None)]


def who(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Each made-up name's real person, told by the texts, which name their account here."""
    turns = "prompt" if "prompt" in rows[0] else "conversation_a"
    return {row["participant"]: row[turns][0]["content"].rpartition(" ")[2] for row in rows}


def matches(one: list[dict[str, Any]], other: list[dict[str, Any]], columns: tuple[str, ...]) -> list[tuple[str, str]]:
    """The real people that a join by these columns takes for one: a value that one person alone has in each file is a name."""
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
    return [(people[name], others[guesses.most_common(1)[0][0]]) for name, guesses in votes.items()]


def joined(one: list[dict[str, Any]], other: list[dict[str, Any]], columns: tuple[str, ...]) -> int:
    """How many people a join by these columns finds again."""
    return sum(person == guess for person, guess in matches(one, other, columns))


def tried(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> dict[tuple[str, ...], list[tuple[str, str]]]:
    """What every column and every pair of columns, texts apart, takes for one."""
    columns = sorted(one[0].keys() - TEXTS)
    return {key: matches(one, other, key) for key in [*((each,) for each in columns), *combinations(columns, 2)]}


def most_by_chance(found: Iterable[list[tuple[str, str]]], people: list[str]) -> int:
    """The most that any of these joins finds when it is chance who is who in the other file, in a thousand permutations."""
    chance, some = random.Random(9), [pairs for pairs in found if pairs]
    most = 0
    for _ in range(PERMUTATIONS):
        is_now = dict(zip(people, chance.sample(people, len(people)), strict=True))
        most = max([most, *(sum(person == is_now[guess] for person, guess in pairs) for pairs in some)])
    return most


@pytest.mark.exhaustive
@pytest.mark.parametrize("own_days", [False, True], ids=["one day", "a day each"])
@pytest.mark.parametrize("file_format", ["trl", "lmsys"])
def test_of_people_alike_no_column_and_no_pair_of_columns_finds_more_again_than_chance(
    database: Database, file_format: str, own_days: bool
) -> None:
    some_people(database, [ROWS] * PEOPLE, own_days=own_days)

    one, other = exported(database, file_format), exported(database, file_format)

    people = sorted(who(one).values())
    found = tried(one, other)
    assert len(people) == PEOPLE
    by_chance = most_by_chance(found.values(), people)
    again = {key: sum(person == guess for person, guess in pairs) for key, pairs in found.items()}
    assert {key: count for key, count in again.items() if count > by_chance} == {}


@pytest.mark.parametrize("own_days", [False, True], ids=["one day", "a day each"])
def test_of_people_unlike_in_pace_nobody_is_found_again_by_one_column(database: Database, own_days: bool) -> None:
    some_people(database, [ROWS] * PEOPLE, unlike=True, own_days=own_days)

    one, other = exported(database, "lmsys"), exported(database, "lmsys")

    alone = {key: pairs for key, pairs in tried(one, other).items() if len(key) == 1 and pairs}
    assert len({row["milliseconds"] for row in one}) > 1
    assert alone == {}


@pytest.mark.exhaustive
@pytest.mark.parametrize("column", ["side_seed", "milliseconds", "place"])
def test_what_would_join_is_seen_to_join(database: Database, column: str) -> None:
    """The measure itself: each column that was in the files once, or might be, finds everybody or far more than chance."""
    some_people(database, [ROWS] * PEOPLE)
    with database.reading() as session:
        exact = {row.comparison_id: row.milliseconds or 0 for row in session.exec(select(VerdictRow))}
    values = random.Random(4)
    stable = {
        text: values.randrange(2**62) for text in sorted({json.dumps(r["prompt"]) for r in exported(database, "trl")})
    }
    times = dict(zip(stable, sorted(exact.values()), strict=True))
    places = {text: place for place, text in enumerate(stable)}
    put = {"side_seed": stable, "milliseconds": times, "place": places}[column]

    files = [exported(database, "trl") for _ in range(2)]
    for rows in files:
        for row in rows:
            row[column] = put[json.dumps(row["prompt"])]

    found = tried(files[0], files[1])
    by_chance = most_by_chance(found.values(), sorted(who(files[0]).values()))
    again = sum(person == guess for person, guess in found[(column,)])
    assert again == PEOPLE > by_chance


def test_the_number_of_rows_tells_people_apart_who_give_different_numbers(database: Database) -> None:
    some_people(database, range(1, 6))

    one, other = exported(database, "trl"), exported(database, "trl")

    counts = [Counter(row["participant"] for row in rows) for rows in (one, other)]
    again = {n: name for name, n in counts[1].items()}
    assert [who(one)[name] == who(other)[again[n]] for name, n in counts[0].items()] == [True] * 5
