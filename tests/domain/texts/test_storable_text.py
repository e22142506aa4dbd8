from __future__ import annotations

import json

import pytest

from app.domain.texts.storable_text import alike, storable, storable_json


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("\ud800 half", "\ufffd half"),
        ("nul\x00here", "nul\ufffdhere"),
        ("\ud83d\x00\ude00", "\ufffd\ufffd\ufffd"),
        ("whole \U0001f600", "whole \U0001f600"),
        ("a backslash \\u0000 and \\ud800 told in words", "a backslash \\u0000 and \\ud800 told in words"),
        ("\\\ud800\\\x00", "\\\ufffd\\\ufffd"),
        ('quotes " and lines\n', 'quotes " and lines\n'),
    ],
)
@pytest.mark.parametrize("escaped", [True, False])
def test_json_holds_nothing_that_no_database_takes_and_else_what_it_held(said: str, read: str, escaped: bool) -> None:
    text = storable_json(json.dumps({"trait": said}, ensure_ascii=escaped))

    found = json.loads(text)["trait"]
    assert found == storable(found)
    assert found == read


def test_json_that_was_cut_off_is_mended_too() -> None:
    assert storable_json('{"trait": "a\\ud800b\\u0000c') == '{"trait": "a\ufffdb\ufffdc'


@pytest.mark.parametrize(
    "copy",
    [
        "caf\u00e9 \u2014 yes.\nNo.",
        " cafe\u0301 \u2014 yes.\r\n\r\nNo. ",
        "caf\u00e9\u00a0\u2014 \u200eyes.\x85No.\ufeff",
        "caf\u00e9 \u2014 y\u00ades. \ufffdNo.\0",
    ],
)
def test_a_copy_that_lost_what_copies_lose_is_alike(copy):
    assert alike(copy) == "caf\u00e9 \u2014 yes. No."
    assert alike(copy) != alike(f"{copy}!")
