"""What is noted with texts stands there for rows from before it was: which answers name a model, which are equal, in which language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.services.choosing import comparing
from app.storage import migrations
from app.storage.database import Database

BEFORE = "0015"
QUESTION = "Why is the sky blue, and what is the reason for it?"
OLD_PAIRS: dict[str, tuple[str, str, str, str]] = {
    "plain": (QUESTION, "Light.", "Air.", "ready"),
    "equal": ("Warum ist das so, und wie ist es auf dem Mond?", "The  same.", "The same.\n", "ready"),
    "unwritten": ("x = 1", "", "", "pending"),
    "names": (QUESTION, "I am ChatGPT, made by OpenAI.", "Light.", "ready"),
}


@pytest.fixture(params=["sqlite", "postgres"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'app.sqlite'}"
    if request.param == "postgres":
        url = request.getfixturevalue("empty_postgres_url")
    migrations.upgrade(url)
    migrations.downgrade(url, BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:

        def insert(table: str, **values: Any) -> None:
            names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
            connection.execute(sa.text(f"insert into {table} ({names}) values ({marks})"), values)

        mine = {"account_id": "a", "created_at": "2026-01-01 00:00:00"}
        insert("account", code="CODE", role="person", language="en", **mine)
        for seq, (name, (question, first, second, state)) in enumerate(OLD_PAIRS.items(), start=1):
            context = json.dumps([{"role": "user", "content": question}])
            insert("conversation", conversation_id=name, source="typed", title="", turns=context, **mine)
            for side, text in (("first", first), ("second", second)):
                values = {"state": state, "text": text, "lead_in": "[]", "model": "", "style": "", "sampling": "{}"}
                insert("completion", completion_id=f"{name} {side}", failure="", **values, **mine)
            sides = {"first_id": f"{name} first", "second_id": f"{name} second", "side_seed": 0}
            known = {"comparison_id": name, "conversation_id": name, "seq": seq, "source": "typed"}
            insert("comparison", is_sample=False, context=context, pair_sha256=name, **known, **sides, **mine)
    engine.dispose()
    return url


def test_rows_from_before_are_noted_too_and_an_old_equal_pair_waits_for_nobody(old_url: str) -> None:
    migrations.upgrade(old_url)

    database = Database(old_url)
    with database.reading() as session:
        run = session.connection().exec_driver_sql
        pairs = run("select comparison_id, language, equal_answers from comparison order by seq").all()
        named = run("select completion_id from completion where names_model").scalars().all()
        waiting = comparing.progress(session, "a").waiting
    database.close()
    assert [(name, language, bool(equal)) for name, language, equal in pairs] == [
        ("plain", "en", False),
        ("equal", "de", True),
        ("unwritten", "und", False),
        ("names", "en", False),
    ]
    assert named == ["names first"]
    assert waiting == 2


def test_the_notes_can_be_taken_back(old_url: str) -> None:
    migrations.upgrade(old_url)

    migrations.downgrade(old_url, BEFORE)

    engine = sa.create_engine(old_url, poolclass=sa.NullPool)
    columns = {each["name"] for table in ("comparison", "completion") for each in sa.inspect(engine).get_columns(table)}
    engine.dispose()
    assert not columns & {"language", "equal_answers", "names_model"}
