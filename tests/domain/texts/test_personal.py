"""Personal data is told by its form: what is one is found and masked, and what only looks like one is left alone."""

from __future__ import annotations

import time

import pytest

from app.domain.texts.personal import masked, personal_in

FOUND = {
    "ana.b+c@example.org": "e-mail address",
    "+41 44 668 18 00": "phone number",
    "030 1234567": "phone number",
    "(415) 555-2671": "phone number",
    "4111 1111 1111 1111": "card",
    "DE89 3704 0044 0532 0130 00": "bank account",
    "sk-proj-abcdefghijklmnopqrst": "key",
    "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----": "key",
}
NONE = (
    "2026-11-28 17:10",
    "4111 1111 1111 1112",
    "AB12 CDEF GHIJ KLMN",
    "192.168.100.200",
    "version 1.2.3, page 12345678",
    "@home and a@b",
)


@pytest.mark.parametrize(("text", "kind"), FOUND.items())
def test_what_is_personal_is_counted_and_masked(text: str, kind: str) -> None:
    said = f"Reach me at {text}, please."

    assert personal_in(said) == {kind: 1}
    assert masked(said) == f"Reach me at [{kind}], please."


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("text", ["1 ", "+1 ", "a@", "0 0", "AA11 ", "eyJ", "-----BEGIN PRIVATE KEY-----"])
def test_no_text_takes_long_to_be_looked_through(text: str) -> None:
    begun = time.process_time()

    personal_in(text * (100_000 // len(text)))

    assert time.process_time() - begun < 2
