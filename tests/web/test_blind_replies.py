"""Before the verdict no reply says more of one answer than of the other: in no header, field, length or id."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.storage.database import Database
from tests.web.clients import application, program
from tests.web.work import work_off

SECRETS = ("secret-model", "second-model")


@pytest.mark.parametrize("path", ["/api/v1/comparisons/{id}", "/api/v1/comparisons/next", "/api/v1/me/data"])
def test_before_the_verdict_a_reply_has_the_same_headers_and_fields_whichever_model_stands_first(
    database: Database, database_url: str, tmp_path: Path, path: str
) -> None:
    app = application(database_url, tmp_path, second_model="openai/second-model")
    client = program(app)
    comparison_id = client.post("/api/v1/prompts", json={"text": "Why?"}).json()["comparison_id"]
    work_off(database)
    with database.engine.begin() as connection:
        connection.execute(sa.text("update completion set text = 'One of two texts.' where model like '%second%'"))
        connection.execute(sa.text("update completion set text = 'The other of two.' where model like '%secret%'"))
    address = path.format(id=comparison_id)
    as_drawn = client.get(address)

    with database.engine.begin() as connection:
        turned = "case when model like '%secret%' then 'openai/second-model' else 'openai/secret-model' end"
        connection.execute(sa.text(f"update completion set model = {turned}"))
    the_other_way = client.get(address)

    timed = {"date", "ratelimit", "x-request-id", "content-digest", "etag"}
    assert as_drawn.status_code == 200
    assert not [secret for secret in SECRETS if secret in as_drawn.text + str(as_drawn.headers)]
    assert _still(as_drawn.text) == _still(the_other_way.text)
    assert {k: v for k, v in as_drawn.headers.items() if k not in timed} == {
        k: v for k, v in the_other_way.headers.items() if k not in timed
    }


def test_ids_of_answers_are_random_and_follow_no_order(database: Database, database_url: str, tmp_path: Path) -> None:
    client = program(application(database_url, tmp_path, second_model="openai/second-model"))
    client.post("/api/v1/prompts", json={"text": "Why?"})

    with database.engine.connect() as connection:
        ids = connection.execute(sa.text("select completion_id from completion")).scalars().all()

    assert [UUID(each).version for each in ids] == [4, 4]


def _still(reply: str) -> str:
    return re.sub(r'"taken_at": "[^"]*"|"last_seen_at": "[^"]*"', "", reply)
