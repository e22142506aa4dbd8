"""Long contexts: old rows read as they did, turns are stored once, and whole ones come back byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from app.domain.texts.conversation import Turn, context_as_json, context_from_json
from app.services.importing import conversations, files
from app.storage import migrations
from app.storage.choosing import answers, contexts
from app.storage.database import Database
from app.storage.tables import ComparisonRow, ContextPart, ConversationRow
from tests.builders import an_account, choices_of

OLD = "0009"
ODD = 'tab\t "quotes" \\ \u202e é 漢 \U0001f600 </script> '


def turns(count: int, text: str = ODD) -> list[dict[str, str]]:
    return [{"role": "assistant" if n % 2 else "user", "content": f"{text}{n}"} for n in range(count)]


OLD_CONVERSATIONS: dict[str, tuple[list[dict[str, str]], list[list[dict[str, str]]]]] = {
    "pasted": (turns(64), [turns(n) for n in range(1, 64, 2)]),
    "imported": (turns(41, "a"), [turns(41, "a"), turns(61, "a"), turns(41, "b"), turns(3, "c"), turns(1)]),
    "large": (turns(1), [[*turns(2, "x" * 60_000), {"role": "user", "content": "Why?"}]]),
    "ends with an answer": (turns(30), [turns(30), turns(1) + turns(80)[1::2]]),
    "short": (turns(3), [turns(1), turns(3)]),
}


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'app.sqlite'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


def put_old_rows(url: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    moment = "2026-01-01 00:00:00"
    with engine.begin() as connection:

        def insert(table: str, **values: Any) -> None:
            names = ", ".join(values)
            marks = ", ".join(f":{name}" for name in values)
            connection.execute(sa.text(f"insert into {table} ({names}) values ({marks})"), values)

        insert("account", account_id="a", code="CODE", role="person", language="en", created_at=moment)
        seq = 0
        for name, (whole, theirs) in OLD_CONVERSATIONS.items():
            mine = {"account_id": "a", "created_at": moment}
            source = "alternative" if name == "pasted" else "imported"
            insert("conversation", conversation_id=name, source=source, title="", turns=json.dumps(whole), **mine)
            for context in theirs:
                seq += 1
                for side in ("first", "second"):
                    texts = {"text": side, "lead_in": "[]", "model": "", "style": "", "sampling": "{}", "failure": ""}
                    insert("completion", completion_id=f"{seq} {side}", state="ready", **texts, **mine)
                ids = {"comparison_id": f"{seq}", "first_id": f"{seq} first", "second_id": f"{seq} second"}
                told = {"source": "imported", "is_sample": False, "side_seed": 1, "pair_sha256": f"{seq}", "seq": seq}
                insert("comparison", conversation_id=name, context=json.dumps(context), **ids, **told, **mine)
    engine.dispose()


def raw(url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Contexts of comparisons and turns of conversations as the old tables hold them."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        found = [
            {key: value if isinstance(value, list) else json.loads(value) for key, value in connection.execute(query)}
            for query in (
                sa.text("select comparison_id, context from comparison"),
                sa.text("select conversation_id, turns from conversation"),
            )
        ]
    engine.dispose()
    return found[0], found[1]


def test_contexts_from_before_read_the_same_and_are_put_together_again_on_the_way_back(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    migrations.downgrade(empty_url, OLD)
    put_old_rows(empty_url)
    before, _ = raw(empty_url)

    migrations.upgrade(empty_url)

    database = Database(empty_url)
    with database.reading() as session:
        rows = session.exec(select(ComparisonRow)).all()
        whole = contexts.Whole(session)
        read = {row.comparison_id: context_as_json(whole.of(row)) for row in rows}
        pieces = {
            row.comparison_id: [
                context_as_json(contexts.some(session, row, start, start + 7)) for start in range(0, 100, 7)
            ]
            for row in rows
        }
        branches = {
            name: len(
                session.exec(select(ContextPart.branch).where(ContextPart.conversation_id == name).distinct()).all()
            )
            for name in OLD_CONVERSATIONS
        }
    database.close()
    assert read == before
    assert {key: [turn for piece in value for turn in piece] for key, value in pieces.items()} == before
    assert branches == {"pasted": 1, "imported": 2, "large": 1, "ends with an answer": 2, "short": 0}

    migrations.downgrade(empty_url, OLD)
    again, conversations_again = raw(empty_url)
    assert again == before
    assert conversations_again["pasted"] == OLD_CONVERSATIONS["pasted"][0]
    assert conversations_again["short"] == OLD_CONVERSATIONS["short"][0]


def test_the_turns_of_a_pasted_conversation_are_stored_once_however_many_answers_it_has(database: Database) -> None:
    talk = [Turn(role, f"{n} " + "word " * 40) for n in range(500) for role in ("user", "assistant")]
    with database.writing() as session:
        account_id = an_account(session)
        made = conversations.import_conversation(
            session, account_id, conversations.identified(talk), model="m", style="brief", seed=3, answers=500, most=500
        )

    with database.reading() as session:
        rows = session.exec(select(ComparisonRow)).all()
        kept = session.exec(select(ContextPart).order_by(col(ContextPart.position))).all()
        ids = answers.pending_ids(session, "alternatives", made.import_id)
        pending = {each.completion_id: each.context for each in answers.by_ids(session, ids)}
        conversation = session.exec(select(ConversationRow)).one()
    assert (len(rows), len(kept), conversation.turns) == (500, 50, [])
    assert [turn for part in kept for turn in part.turns] == context_as_json(talk)
    stored = sum(len(json.dumps(row.context)) for row in rows) + sum(len(json.dumps(part.turns)) for part in kept)
    assert stored < 3 * len(json.dumps(context_as_json(talk)))
    by_seq = sorted(rows, key=lambda row: row.seq)
    for number, row in enumerate(by_seq):
        written = row.first_id if row.first_id in pending else row.second_id
        assert pending[written] == tuple(talk[: 2 * number + 1])


def test_choices_of_a_file_with_long_contexts_come_back_as_they_were(database: Database) -> None:
    given = [turns(n, text) for text in ("a", "b") for n in (1, 31, 45, 31)] + [turns(35, "a")[:-1] + turns(1, "c")]
    lines = [
        json.dumps({"context": context, "chosen": f"Yes {n}", "rejected": "No", "conversation_id": "one"})
        for n, context in enumerate(given)
    ]
    with database.writing() as session:
        account_id = an_account(session)
        files.import_pairs(session, account_id, "mine.jsonl", files.read_pairs("\n".join(lines).encode()))

        found = choices_of(session, account_id)
        branches = session.exec(select(ContextPart.branch).distinct()).all()

    assert {pair.chosen.text: pair.context for pair in found} == {
        f"Yes {n}": context_from_json(context) for n, context in enumerate(given)
    }
    assert sorted(branches) == [0, 1]
    assert len({pair.conversation_id for pair in found}) == 1
