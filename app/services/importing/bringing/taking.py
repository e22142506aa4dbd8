"""Looks right: what the person ticked is taken over, with what was chosen in it, and nothing else.

Recorded choices (A) and rated ones (B) are choices; those that were seen by going on (C), and corrections of manner (E), are asked about
one by one (`doubtful`), C also taken where the person says so. Votes on one answer alone (D) never become choices. What is here already
is not added again. It is one transaction, and of at most
500 conversations, for on SQLite all others wait until it has ended: the rest stays ticked.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.domain.choices.naming_itself import are_equal
from app.domain.choices.preference import Completion, Verdict, first_is_left
from app.domain.errors import BadInput
from app.domain.texts.conversation import Context, Turn
from app.domain.texts.personal import masked
from app.domain.texts.storable_text import plain
from app.domain.transcripts.archives import chats
from app.domain.transcripts.archives.chats import Chat
from app.domain.transcripts.archives.gathered import Grade
from app.domain.transcripts.found import FoundComparison, side_seed
from app.domain.transcripts.text import MOST_TURNS, kept, kept_turn
from app.services.importing.reports import ImportReport
from app.storage.bringing import archives, own_words, taken
from app.storage.bringing.taken import Graded, Taken
from app.storage.choosing import comparisons, imports
from app.storage.database import Session
from app.storage.people import accounts
from app.storage.tables import Archive, ImportBatch, OwnWords, now

AGAIN = "say that it looks right once more to keep them, too"
STORED_AT_ONCE = 100
MOST_AT_ONCE = 500
"""New conversations that one transaction takes: it holds the one writer of SQLite for two seconds where they are long (13 kB each)."""
KEPT, CORRECTED = Grade.KEPT.value, "E"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to take of the ticked conversations: `counts_kept`, answers from which the chat went on are choices (else they are asked
    about); `corrections`, they are asked about and their wishes kept; `words`, which of the texts in own words; `mask`, personal data
    is masked before it is stored."""

    counts_kept: bool = False
    corrections: bool = True
    words: frozenset[int] = frozenset()
    mask: bool = False


@dataclass(slots=True)
class _Sum:
    """What became of it, and why the rest was left out."""

    known: set[str]
    found: int = 0
    chats: int = 0
    done: list[int] = field(default_factory=list)
    doubled: int = 0
    by_grade: Counter[str] = field(default_factory=Counter)
    suggested: int = 0
    wishes: dict[str, None] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)


def take(session: Session, account_id: str, archive_id: str, wanted: Wanted) -> ImportReport:
    """Takes over what is ticked and wanted, and tells what became of it. The archive stays until it expires or is deleted.

    Raises NotFound, BadInput where nothing is ticked and no words are wanted, and StorageFull.
    """
    accounts.lock(session, account_id)
    archive = archives.find(session, account_id, archive_id)
    known = archives.known(session, account_id)
    words = [archive.own_words[at] for at in sorted(wanted.words) if at < len(archive.own_words)]
    if not words and not archives.ticked_counts(session, archive_id):
        raise BadInput("Nothing is ticked, so nothing was stored. Tick the conversations that may be kept here.")
    batch = imports.add(
        session,
        account_id=account_id,
        kind="pairs",
        state="done",
        source_name=archive.name,
        content_sha256=hashlib.sha256(archive_id.encode()).hexdigest(),
    )
    told = _Sum(comparisons.known_digests(session, account_id))
    seq = comparisons.last_seq(session, account_id)
    for some in _batches(_taken(session, archive, known, wanted, told)):
        seq = taken.add(session, batch, some, seq)
    archives.tick(session, archive_id, told.done, ticked=False)
    n_words = _keep_words(session, archive, batch, words, list(told.wishes), mask=wanted.mask)
    left = len(archives.ticked_counts(session, archive_id))
    return _reported(session, archive, batch, told, n_words, left)


def _taken(session: Session, archive: Archive, known: dict[str, str], wanted: Wanted, told: _Sum) -> Iterator[Taken]:
    taken_here = 0
    for row in archives.ticked(session, archive.archive_id):
        if taken_here == MOST_AT_ONCE:
            return
        told.done.append(row.position)
        chat = chats.from_object(json.loads(row.held))
        graded = list(_graded(chat, wanted, told))
        here = known.get(row.identity, "")
        try:
            turns = tuple(map(kept_turn, chat.turns[:MOST_TURNS]))
        except BadInput:
            turns = ()
            told.left_out["conversation with a turn that is too long"] += 1
        told.left_out["turn beyond the 2,000th"] += max(0, len(chat.turns) - MOST_TURNS)
        if here and not graded:
            continue
        told.chats += not here
        taken_here += 1
        title = masked(row.title) if wanted.mask else row.title
        yield Taken(title, row.identity, _shown(turns, mask=wanted.mask), graded, here)


def _graded(chat: Chat, wanted: Wanted, told: _Sum) -> Iterator[Graded]:
    for choice in chat.choices:
        grade = choice.grade.value
        yield from _new(choice.comparison, grade, grade == KEPT and not wanted.counts_kept, wanted, told)
    told.left_out["vote on one answer alone"] += len(chat.thumbs)
    if not wanted.corrections:
        return
    for context, correction in chat.corrections:
        told.wishes.setdefault(plain(correction.words))
        sides = Completion(correction.before), Completion(correction.after)
        found = FoundComparison(context, *sides, Verdict.SECOND, sides_known=False)
        yield from _new(found, CORRECTED, True, wanted, told)


def _new(found: FoundComparison, grade: str, is_suggested: bool, wanted: Wanted, told: _Sum) -> Iterator[Graded]:
    told.found += 1
    identity = found.digest
    if identity in told.known:
        told.doubled += 1
        return
    if are_equal(found.first, found.second):
        told.left_out["no difference"] += 1
        return
    try:
        stored = _stored(found, mask=wanted.mask)
    except BadInput:
        told.left_out["choice that is too long or empty"] += 1
        return
    told.known.add(identity)
    told.by_grade[grade] += not is_suggested
    told.suggested += is_suggested
    # Drawn by the texts as they came, so that masked or not the same pair has the same sides.
    seed = side_seed(identity, keep_first=True if found.sides_known else None)
    yield Graded(stored if first_is_left(seed) else stored.swapped(), grade, is_suggested, seed, identity)


def _stored(found: FoundComparison, *, mask: bool) -> FoundComparison:
    """The comparison as its texts are kept. Raises BadInput where one is too long, or there is no question."""
    context = tuple(map(kept_turn, found.context))
    if not any(turn.role == "user" for turn in context):
        raise BadInput("There is no question before the answers.")
    first, second = (
        Completion(kept(side.text), tuple(map(kept_turn, side.lead_in))) for side in (found.first, found.second)
    )
    if not mask:
        return replace(found, context=context, first=first, second=second)
    first, second = (Completion(masked(side.text), _shown(side.lead_in, mask=True)) for side in (first, second))
    return replace(found, context=_shown(context, mask=True), first=first, second=second)


def _shown(turns: Context, *, mask: bool) -> Context:
    return tuple(Turn(turn.role, masked(turn.content)) for turn in turns) if mask else turns


def _batches(found: Iterator[Taken]) -> Iterator[list[Taken]]:
    some: list[Taken] = []
    for one in found:
        some.append(one)
        if len(some) == STORED_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _keep_words(
    session: Session, archive: Archive, batch: ImportBatch, words: Sequence[str], wishes: Collection[str], *, mask: bool
) -> int:
    """How many of the texts were new."""
    here = own_words.known(session, archive.account_id)
    rows: dict[str, OwnWords] = {}
    for text, is_wish in (*((each, False) for each in words), *((each, True) for each in wishes)):
        digest = own_words.digest_of(text)
        if digest not in here and digest not in rows:
            rows[digest] = OwnWords(
                account_id=archive.account_id,
                import_id=batch.import_id,
                source=str(archive.report.get("label", ""))[:40],
                is_wish=is_wish,
                text=masked(text) if mask else text,
                text_sha256=digest,
                created_at=now(),
            )
    own_words.add(session, list(rows.values()))
    return len(rows)


def _reported(
    session: Session, archive: Archive, batch: ImportBatch, told: _Sum, n_words: int, left: int
) -> ImportReport:
    added = told.by_grade.total()
    notes = [
        (told.chats, "conversation was kept", "conversations were kept"),
        (told.suggested, "pair waits for your word", "pairs wait for your word"),
        (n_words, "text in your own words was kept", "texts in your own words were kept"),
        (left, f"ticked conversation is left: {AGAIN}", f"ticked conversations are left: {AGAIN}"),
    ]
    outcome = ImportReport(
        import_id=batch.import_id,
        kind=batch.kind,
        found=told.found,
        added=added,
        doubled=told.doubled,
        skipped=(),
        notes=tuple(f"{n:,} {one if n == 1 else many}." for n, one, many in notes if n),
        left_out=[(what, f"{count:,} left out") for what, count in sorted(told.left_out.items()) if count],
    )
    grades = {grade: told.by_grade[grade] for grade in "ABC"}
    document = {
        **outcome.as_document(),
        "product": archive.report.get("label", ""),
        "grades": grades,
        "suggested": told.suggested,
        "conversations": told.chats,
        "own_words": n_words,
    }
    imports.report(session, batch, document)
    return outcome
