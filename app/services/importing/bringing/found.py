"""What we found: an archive that was read and waits, its conversations, and which of them its person has ticked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.texts.conversation import Turn
from app.domain.texts.personal import KINDS, personal_in
from app.domain.transcripts.archives import chats
from app.domain.transcripts.archives.chats import Chat
from app.storage.bringing import archives, own_words
from app.storage.bringing.archives import Sought
from app.storage.database import Session
from app.storage.people import accounts
from app.storage.tables import ArchiveChat

__all__ = ["Sought"]  # for whoever looks for conversations

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Words:
    """A text in the person's own words; `is_here`: it was taken over before."""

    text: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """An archive with what was found in it. `report` is the one that the command `read` prints. Of the ticked conversations: how many
    they are, their choices by grade, and the personal data that they seem to hold by kind."""

    archive_id: str
    name: str
    label: str
    report: Mapping[str, Any]
    own_words: Sequence[Words]
    chats: int
    ticked: int
    ticked_choices: Counts
    ticked_personal: Counts
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class FoundChat:
    """A line of the list. `is_here`: it was taken over before. `is_loose`: a choice whose conversation is not in the archive."""

    position: int
    title: str
    begun_at: datetime | None
    n_turns: int
    counts: Counts
    personal: int
    is_ticked: bool
    is_here: bool

    @property
    def is_loose(self) -> bool:
        return self.n_turns == 0


@dataclass(frozen=True, slots=True)
class ChatView:
    """One conversation to be read before it is ticked."""

    position: int
    title: str
    turns: Sequence[Turn]
    chat: Chat


def waiting(session: Session, account_id: str) -> list[ArchiveView]:
    """The archives of the account that wait; at most one today."""
    return [archive(session, account_id, row.archive_id) for row in archives.of_account(session, account_id)]


def archive(session: Session, account_id: str, archive_id: str) -> ArchiveView:
    """What was found. Raises NotFound."""
    row = archives.find(session, account_id, archive_id)
    choices: Counter[str] = Counter()
    personal: Counter[str] = Counter()
    ticked = archives.ticked_counts(session, archive_id)
    for counts, pieces in ticked:
        choices.update(counts)
        personal.update(pieces)
    known = own_words.known(session, account_id)
    words = [Words(text, own_words.digest_of(text) in known) for text in row.own_words]
    for text in row.own_words:
        personal.update(personal_in(text))
    return ArchiveView(
        archive_id=archive_id,
        name=row.name,
        label=row.report.get("label", ""),
        report=row.report,
        own_words=words,
        chats=archives.count(session, archive_id, Sought()),
        ticked=len(ticked),
        ticked_choices={name: choices[name] for name in ("A", "B", "C", "D", "E", "ties")},
        ticked_personal={kind: personal[kind] for kind in KINDS if personal[kind]},
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def listed(
    session: Session, account_id: str, archive_id: str, sought: Sought, offset: int, limit: int
) -> tuple[list[FoundChat], int]:
    """A part of the conversations that are meant, newest first, and how many they are in all. Raises NotFound."""
    archives.find(session, account_id, archive_id)
    known = archives.known(session, account_id)
    rows = archives.some(session, archive_id, sought, offset, limit)
    return [_line(row, known) for row in rows], archives.count(session, archive_id, sought)


def _line(row: ArchiveChat, known: Mapping[str, str]) -> FoundChat:
    return FoundChat(
        position=row.position,
        title=row.title,
        begun_at=row.begun_at,
        n_turns=row.n_turns,
        counts=row.counts,
        personal=sum(row.personal.values()),
        is_ticked=row.is_ticked,
        is_here=row.identity in known,
    )


def chat(session: Session, account_id: str, archive_id: str, position: int) -> ChatView:
    """One conversation of the archive. Raises NotFound."""
    archives.find(session, account_id, archive_id)
    row = archives.one(session, archive_id, position)
    held = chats.from_object(json.loads(row.held))
    return ChatView(position, row.title, held.turns, held)


def tick(session: Session, account_id: str, archive_id: str, shown: Sequence[int], ticked: Sequence[int]) -> None:
    """Of the conversations that were `shown` those are ticked that are named, and no other. Raises NotFound."""
    accounts.lock(session, account_id)
    archives.find(session, account_id, archive_id)
    there = set(shown) & archives.positions(session, archive_id, Sought())
    archives.tick(session, archive_id, sorted(there.difference(ticked)), ticked=False)
    archives.tick(session, archive_id, sorted(there.intersection(ticked)), ticked=True)


def meant(session: Session, archive_id: str, sought: Sought) -> list[int]:
    """Where the conversations stand that are meant. To be asked before a transaction that writes: words are looked for in all texts.
    Whose archive it is is checked by whoever ticks them."""
    return sorted(archives.positions(session, archive_id, sought))


def tick_all(session: Session, account_id: str, archive_id: str, *, ticked: bool) -> None:
    """Ticks or unticks all conversations. Raises NotFound."""
    accounts.lock(session, account_id)
    archives.find(session, account_id, archive_id)
    archives.tick(session, archive_id, None, ticked=ticked)


def discard(session: Session, account_id: str, archive_id: str) -> None:
    """Deletes the archive and what was found in it at once; what was taken over stays. Raises NotFound."""
    archives.delete(session, archives.find(session, account_id, archive_id))
