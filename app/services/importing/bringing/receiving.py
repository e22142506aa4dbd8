"""An archive as it comes in: read in a process of its own, and what was found kept for a day until its person has said what to take.

The file itself is gone with the request that brought it. An archive that yields nothing is not kept.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from app.adapters.reading_apart import parent
from app.adapters.reading_apart.parent import ARCHIVES, Limits
from app.domain.errors import NothingUsable, TooLarge
from app.domain.texts.storable_text import storable
from app.domain.transcripts.archives import chats
from app.domain.transcripts.archives.reading import BESIDE, LABELS
from app.domain.transcripts.text import clean_name
from app.storage.bringing import archives
from app.storage.database import Session
from app.storage.people import accounts
from app.storage.tables import Archive, now

__all__ = ["ARCHIVES", "Limits"]  # for whoever hands an archive in

KEPT_HOURS = 24
MOST_KEPT_BYTES = 4_000_000_000
"""Of all archives that wait, of everybody."""
HTML_HINT = " Google writes activity as HTML unless JSON is chosen: ask Takeout for it again as JSON."
WHOLE_HINT = " Bring the whole ZIP, or the files that hold the conversations: they stand beside what you chose."
COPIED_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of an archive: what is told of it, and a file with its conversations, a line each."""

    name: str
    report: Mapping[str, Any]
    own_words: Sequence[str]
    lines: Iterator[bytes]


def as_one(files: Sequence[tuple[str, IO[bytes]]], target: IO[bytes]) -> None:
    """Writes several files into one archive, unpacked; of two with one name both are kept."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        names: set[str] = set()
        for number, (name, file) in enumerate(files):
            inside = f"{number}/{name}" if name in names else name
            names.add(inside)
            file.seek(0)
            with packed.open(zipfile.ZipInfo(inside), "w", force_zip64=True) as out:
                shutil.copyfileobj(file, out, COPIED_AT_ONCE)


@contextmanager
def read(file: IO[bytes], name: str, limits: Limits) -> Iterator[Read]:
    """What the archive holds, for the length of the block; a process of its own reads it, within limits.

    Raises BadInput, TooLarge over a limit, and NothingUsable where there is no conversation, choice or own word in it: that
    names what was seen.
    """
    with parent.read_archive(file, name or "archive", limits) as told:
        head, lines = chats.heads(told)
        report = head["report"]
        refuse_empty(report)
        yield Read(clean_name(name), report, head["own_words"], lines)


def refuse_empty(report: Mapping[str, Any]) -> None:
    """Raises NothingUsable, with what was seen, where nothing in an archive is of use."""
    useful = (report["conversations"], report["ties"], report["own_words"], *report["choices"].values())
    if any(useful):
        return
    seen = "; ".join(report["seen"]) or "no file at all"
    is_html = any(each.rsplit(":", 1)[0].lower().endswith((".html", ".htm")) for each in report["seen"])
    is_beside = any(BESIDE in each for each in report["seen"])
    what = f" Left out: {_counted(report['left_out'])}." if report["left_out"] else ""
    raise NothingUsable(
        f"Nothing in it is of use: no conversation, no choice and no words of yours. Nothing was stored. Seen: {seen}.{what}"
        f"{HTML_HINT if is_html else WHOLE_HINT if is_beside else ''}"
    )


def _counted(rows: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{row['what']} {row['count']:,}" for row in rows)


def keep(session: Session, account_id: str, found: Read) -> str:
    """Keeps what was read for a day, in the place of what waits of the account, and gives its id. Raises TooLarge where the site has
    no room for more archives."""
    accounts.lock(session, account_id)
    for earlier in archives.of_account(session, account_id):
        archives.delete(session, earlier)
    if archives.bytes_in_all(session) > MOST_KEPT_BYTES:
        raise TooLarge("Too many archives wait here at the moment. Nothing was stored; try again tomorrow.")
    made = now()
    archive = Archive(
        account_id=account_id,
        name=found.name,
        product=found.report["format"] or "",
        report={**found.report, "label": LABELS.get(found.report["format"] or "", "")},
        own_words=[storable(text) for text in found.own_words],
        created_at=made,
        expires_at=made + timedelta(hours=KEPT_HOURS),
    )
    archives.add(session, archive, (_row(at, line) for at, line in enumerate(found.lines)))
    return archive.archive_id


def _row(position: int, line: bytes) -> dict[str, Any]:
    # Nothing of what a conversation holds is read here: on SQLite all others wait until the archive is kept.
    told, _, held = line.rstrip(b"\n").partition(chats.BETWEEN.encode())
    row = json.loads(told)
    begun_at = moment(row.pop("time"))
    return {**row, "position": position, "begun_at": begun_at, "is_ticked": False, "held": held.decode()}


def moment(seconds: float) -> datetime | None:
    """The time in UTC; None where it is not known, or none that a calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
