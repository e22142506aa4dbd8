"""Archives that were read and wait for their person's word, with the conversations found in them. Every query is of one account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.errors import NotFound
from app.storage.tables import Archive, ArchiveChat, ConversationRow, is_id

ROWS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Sought:
    """Which conversations are meant: whose title or text holds `words`, and which began in `since` .. `until`; `with_choices`: those
    with a choice, a vote or a correction alone."""

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    with_choices: bool = False


def add(session: Session, archive: Archive, chats: Iterable[Mapping[str, Any]]) -> None:
    """Keeps an archive with its conversations, a few of them in memory at a time."""
    session.add(archive)
    session.flush()
    waiting: list[Mapping[str, Any]] = []
    for chat in chats:
        waiting.append({"archive_id": archive.archive_id, **chat})
        archive.size += len(chat["held"])
        if len(waiting) == ROWS_AT_ONCE:
            session.connection().execute(sa.insert(ArchiveChat), waiting)
            waiting = []
    if waiting:
        session.connection().execute(sa.insert(ArchiveChat), waiting)
    session.add(archive)
    session.flush()


def find(session: Session, account_id: str, archive_id: str) -> Archive:
    """The account's archive. Raises NotFound; somebody else's reads the same."""
    archive = session.get(Archive, archive_id) if is_id(archive_id) else None
    if archive is None or archive.account_id != account_id:
        raise NotFound("There is no such archive here, or not any more. Archives are deleted after a day.")
    return archive


def of_account(session: Session, account_id: str) -> Sequence[Archive]:
    """The account's archives, newest first."""
    rows = select(Archive).where(Archive.account_id == account_id)
    return session.exec(rows.order_by(col(Archive.created_at).desc())).all()


def bytes_in_all(session: Session) -> int:
    """What all archives of everybody take."""
    return int(session.exec(select(sa.func.coalesce(sa.func.sum(Archive.size), 0))).one())


def delete(session: Session, archive: Archive) -> None:
    """Deletes an archive with all that was found in it."""
    session.delete(archive)
    session.flush()


def delete_expired(session: Session, at: datetime) -> None:
    """Deletes what has waited for long enough."""
    session.connection().execute(sa.delete(Archive).where(col(Archive.expires_at) <= at))


def some(session: Session, archive_id: str, sought: Sought, offset: int, limit: int) -> list[ArchiveChat]:
    """A part of the conversations that are meant, newest first, without what they hold."""
    columns = [each for each in sa.inspect(ArchiveChat).columns if each.key != "held"]
    rows = sa.select(*columns).where(*_meant(archive_id, sought))
    order = (col(ArchiveChat.begun_at).desc().nulls_last(), col(ArchiveChat.position))
    found = session.connection().execute(rows.order_by(*order).offset(offset).limit(limit))
    return [ArchiveChat(**row, held="") for row in found.mappings()]


def count(session: Session, archive_id: str, sought: Sought) -> int:
    """How many conversations are meant."""
    return session.exec(select(sa.func.count()).select_from(ArchiveChat).where(*_meant(archive_id, sought))).one()


def positions(session: Session, archive_id: str, sought: Sought) -> set[int]:
    """Where the conversations stand that are meant."""
    return set(session.exec(select(ArchiveChat.position).where(*_meant(archive_id, sought))))


def ticked_counts(session: Session, archive_id: str) -> list[tuple[dict[str, int], dict[str, int]]]:
    """Of each ticked conversation its choices by grade, and its personal data by kind."""
    rows = sa.select(col(ArchiveChat.counts), col(ArchiveChat.personal)).where(
        col(ArchiveChat.archive_id) == archive_id, col(ArchiveChat.is_ticked)
    )
    return [(counts, personal) for counts, personal in session.connection().execute(rows)]


def tick(session: Session, archive_id: str, positions: Sequence[int] | None, *, ticked: bool) -> None:
    """Ticks or unticks the conversations at the positions; None: all of them."""
    some = sa.update(ArchiveChat).values(is_ticked=ticked).where(col(ArchiveChat.archive_id) == archive_id)
    if positions is None:
        session.connection().execute(some)
        return
    for start in range(0, len(positions), ROWS_AT_ONCE):
        part = col(ArchiveChat.position).in_(positions[start : start + ROWS_AT_ONCE])
        session.connection().execute(some.where(part))


def ticked(session: Session, archive_id: str) -> Iterator[ArchiveChat]:
    """The ticked conversations whole, the oldest first, a few in memory at a time."""
    mine = select(ArchiveChat.position).where(ArchiveChat.archive_id == archive_id, col(ArchiveChat.is_ticked))
    order = (col(ArchiveChat.begun_at).asc().nulls_last(), col(ArchiveChat.position).desc())
    positions = session.exec(mine.order_by(*order)).all()
    for start in range(0, len(positions), ROWS_AT_ONCE):
        part = positions[start : start + ROWS_AT_ONCE]
        rows = select(ArchiveChat).where(ArchiveChat.archive_id == archive_id, col(ArchiveChat.position).in_(part))
        by_position = {row.position: row for row in session.exec(rows)}
        for position in part:
            yield by_position[position]
        for row in by_position.values():
            session.expunge(row)


def one(session: Session, archive_id: str, position: int) -> ArchiveChat:
    """One conversation whole. Raises NotFound."""
    chat = session.get(ArchiveChat, (archive_id, position))
    if chat is None:
        raise NotFound("There is no such conversation in this archive.")
    return chat


def known(session: Session, account_id: str) -> dict[str, str]:
    """The ids of the account's conversations that came out of archives, by their identities."""
    rows = select(ConversationRow.identity, ConversationRow.conversation_id).where(
        ConversationRow.account_id == account_id, ConversationRow.identity != ""
    )
    return dict(session.exec(rows).all())


def _meant(archive_id: str, sought: Sought) -> tuple[sa.ColumnElement[bool], ...]:
    terms: list[sa.ColumnElement[bool]] = [col(ArchiveChat.archive_id) == archive_id]
    for word in sought.words.split():
        in_text = col(ArchiveChat.held).icontains(word, autoescape=True)
        terms.append(sa.or_(col(ArchiveChat.title).icontains(word, autoescape=True), in_text))
    if sought.since:
        terms.append(col(ArchiveChat.begun_at) >= sought.since)
    if sought.until:
        terms.append(col(ArchiveChat.begun_at) < sought.until)
    if sought.with_choices:
        terms.append(col(ArchiveChat.has_choices).is_(True))
    return tuple(terms)
