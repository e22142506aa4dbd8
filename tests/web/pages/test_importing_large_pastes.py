"""A paste of up to 2 MB is taken in any script: a form's own encoding would treble every byte that is not Latin."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

TURN = "二つの答えのうち、どちらがよいですか。" * 500
TEXT = "\n\n".join(f"{who}: {TURN}" for _ in range(34) for who in ("You", "ChatGPT"))


def as_its_form_sends(client: TestClient, page: str, action: str) -> int:
    """The status of sending the text by the form of a page, encoded as that form says."""
    form = re.search(rf'<form[^>]*action="{action}"[^>]*>', page)
    assert form
    fields = {"text": TEXT, "answers": "3", "form_key": re.findall(r'name="form_key" value="([^"]+)"', page)[0]}
    if "multipart/form-data" in form.group():
        return client.post(action, files={name: (None, value) for name, value in fields.items()}).status_code
    return client.post(action, data=fields).status_code


@pytest.mark.parametrize("where", ["/import/preview", "/import/conversation"])
def test_almost_two_megabytes_of_a_script_that_is_not_latin_are_taken(guest: TestClient, where: str) -> None:
    assert 1_900_000 < len(TEXT.encode()) < 2_000_000
    page = guest.get("/import").text
    if where != "/import/preview":
        page = guest.post("/import/preview", data={"text": "You: Hi?\n\nChatGPT: Hello."}).text

    assert as_its_form_sends(guest, page, where) < 400
