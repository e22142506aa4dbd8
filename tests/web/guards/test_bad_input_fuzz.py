"""Whatever is sent, the answer is never a failure of the program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.clients import application, program

FIELDS = ("context", "chosen", "rejected", "prompt", "winner")


@pytest.fixture
def on_sqlite(sqlite_url: str, tmp_path: Path) -> TestClient:
    return program(application(sqlite_url, tmp_path, limit_prompts="9999/hour", limit_imports="9999/hour"))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
JSON_ROUTES = [
    ("POST", "/api/v1/prompts", "text"),
    ("POST", "/api/v1/imports/conversation/preview", "text"),
    ("POST", "/api/v1/imports/conversation", "turns"),
    ("PUT", "/api/v1/comparisons/none/verdict", "value"),
    ("PUT", "/api/v1/consents/choices", "granted"),
    ("POST", "/api/v1/runs", "seed"),
]


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(route=st.sampled_from(JSON_ROUTES), value=JSON_VALUES, wrapped=st.booleans())
def test_no_json_whatever_makes_the_api_fail(
    on_sqlite: TestClient, route: tuple[str, str, str], value: object, wrapped: bool
) -> None:
    method, path, field = route
    body = json.dumps({field: value} if wrapped else value)

    reply = on_sqlite.request(method, path, content=body, headers={"Content-Type": "application/json"})

    assert reply.status_code < 500, reply.text


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    path=st.sampled_from(["/api/v1/imports/pairs", "/api/v1/prompts"]),
    body=st.binary(max_size=200)
    | st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES), max_size=3).map(
        lambda rows: "\n".join(map(json.dumps, rows)).encode()
    ),
)
def test_no_bytes_whatever_make_the_api_fail(on_sqlite: TestClient, path: str, body: bytes) -> None:
    reply = on_sqlite.post(path, content=body, headers={"Content-Type": "application/json"})

    assert reply.status_code < 500, reply.text


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    path=st.sampled_from(["/choose/ask", "/import/pairs", "/import/preview", "/import/conversation", "/data/consent"]),
    form=st.dictionaries(
        st.sampled_from(["text", "role-0", "turn-0", "scope", "granted", "pasted"]), st.text(max_size=30)
    ),
)
def test_no_form_whatever_makes_a_page_fail(on_sqlite: TestClient, path: str, form: dict[str, str]) -> None:
    encodable = {name: value.encode("utf-8", "replace").decode() for name, value in form.items()}

    assert on_sqlite.post(path, data=encodable).status_code < 500
