"""Texts in the person's own words that were taken over of archives: listed, offered for a prompt, and taken away."""

from __future__ import annotations

from dataclasses import dataclass

from app.storage.bringing import own_words
from app.storage.database import Session
from app.storage.people import accounts

LONGEST_STATED = 2_000
"""As many characters as a run takes of what its person states."""


@dataclass(frozen=True, slots=True)
class WordsView:
    """One text; `source` names the product, `is_wish` says that it pushed back on an answer."""

    words_id: str
    source: str
    is_wish: bool
    text: str


def listed(session: Session, account_id: str) -> list[WordsView]:
    """The account's texts, settings before wishes."""
    rows = own_words.of_account(session, account_id)
    return [WordsView(row.words_id, row.source, row.is_wish, row.text) for row in rows]


def as_stated(session: Session, account_id: str) -> str:
    """As many of the texts as a run takes, whole and a line each, to be looked over before one is started; "" without any."""
    stated = ""
    for words in listed(session, account_id):
        longer = f"{stated}\n{words.text.strip()}".strip()
        if len(longer) <= LONGEST_STATED:
            stated = longer
    return stated


def take_away(session: Session, account_id: str, words_id: str) -> None:
    """Deletes one. Raises NotFound."""
    accounts.lock(session, account_id)
    own_words.delete(session, account_id, words_id)
