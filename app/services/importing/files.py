"""Choices from files of preferences and from the sample histories.

An import is one transaction: it is stored with all its rows or not at all. What the account has already is counted, not
stored again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.adapters.parquet_rows import parquet_rows
from app.domain.conversation import Turn, context_as_json, digest
from app.domain.errors import NotFound, SeveralPeople
from app.domain.preference import first_is_left
from app.domain.transcripts.detector import Read, Told, read_preferences
from app.domain.transcripts.found import FoundComparison, side_seed
from app.domain.transcripts.settling import Settled, of_one_person, people_in, settled
from app.domain.transcripts.text import clean_name
from app.services.importing.reports import ImportReport, from_document
from app.storage import accounts, comparisons, imports
from app.storage.database import Session

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@dataclass(frozen=True)
class SampleView:
    """A sample history that comes with the product; `n` is its number of choices."""

    name: str
    title: str
    description: str
    attribution: str
    licence: str
    n: int


@dataclass(frozen=True)
class PairsFile:
    """A file that was read: what it holds of the one person it is about, in all and without repetitions, whose choices
    these are, and the digest of its bytes."""

    read: Read
    once: Settled
    person: str
    sha256: str


def samples() -> list[SampleView]:
    """The sample histories, in the order in which they are offered."""
    index = json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))
    return [SampleView(**entry) for entry in index]


def load_sample(session: Session, account_id: str, name: str) -> ImportReport:
    """Gives the account a sample history's choices, marked as samples for good. Raises NotFound for an unknown name."""
    sample = next((sample for sample in samples() if sample.name == name), None)
    if sample is None:
        raise NotFound("There is no sample history of that name.")
    pairs = read_pairs((SAMPLES / f"{name}.jsonl").read_bytes())
    return _import_decided(session, account_id, sample.title, pairs, kind="sample")


def read_pairs(data: bytes, person: str | None = None) -> PairsFile:
    """Reads a file of preferences (see domain/transcripts); stores nothing.

    Raises SeveralPeople where it holds the choices of more than one person and `person` names none of them, and BadInput or
    TooLarge where no row can be used. A large file takes seconds, so it is read before the transaction that stores it.
    """
    read = read_preferences(data, parquet=parquet_rows)
    try:
        mine = of_one_person(read, person or None)
    except SeveralPeople as several:
        raise SeveralPeople(f"{several} Say whose are yours. Nothing was stored.", several.people) from several
    name = person or next(iter(people_in(mine)))
    return PairsFile(mine, settled(mine.comparisons), name, hashlib.sha256(data).hexdigest())


def import_pairs(session: Session, account_id: str, source_name: str, pairs: PairsFile) -> ImportReport:
    """Stores the choices of a file that was read, all or none; rows that could not be used are reported."""
    return _import_decided(session, account_id, clean_name(source_name), pairs, kind="pairs")


def _import_decided(
    session: Session, account_id: str, source_name: str, pairs: PairsFile, *, kind: str
) -> ImportReport:
    accounts.lock(session, account_id)
    batch = imports.add(
        session,
        account_id=account_id,
        kind=kind,
        state="done",
        source_name=source_name,
        content_sha256=pairs.sha256,
    )
    known = comparisons.known_digests(session, account_id)
    seq = comparisons.last_seq(session, account_id)
    kept = pairs.once.kept
    new = [identity for identity in kept if identity not in known]
    decided = [_decided(kept[identity], identity, seq + place) for place, identity in enumerate(new, start=1)]
    here = imports.decisions(session, account_id, [identity for identity in kept if identity in known])
    imports.add_decided(session, batch, decided)
    opposite = [
        Told(kept[identity].where, "A choice between the same two is here already and says otherwise; that one stands.")
        for identity, decision in here.items()
        if decision != kept[identity].decision
    ]
    outcome = ImportReport(
        import_id=batch.import_id,
        kind=kind,
        found=len(pairs.read.comparisons),
        added=len(decided),
        doubled=len(kept) - len(decided) - len(opposite),
        skipped=_places(pairs.read.skipped),
        repeated=_places(pairs.once.repeated),
        contradicting=_places((*pairs.once.contradicted, *opposite)),
        left_out=_places(pairs.read.left_out),
        changed=pairs.read.changed,
        notes=_notes(pairs.read),
        person=pairs.person,
    )
    document = outcome.as_document()
    imports.report(session, batch, document)
    return from_document(batch.import_id, kind, document)


def _places(told: Iterable[Told]) -> list[tuple[str, str]]:
    return [(each.where, each.why) for each in told]


def _notes(read: Read) -> tuple[str, ...]:
    """What the file means that the pages do not know: a split. Every choice counts here."""
    held = sum(bool(found.split) for found in read.comparisons)
    if not held:
        return ()
    return (f"{held:,} of the choices are marked as for testing; here they count like the others.",)


def _decided(found: FoundComparison, identity: str, seq: int) -> imports.Decided:
    """The comparison on its sides: as the file recorded them, else drawn.

    Its conversation is the file's own, else that of all comparisons which begin with the same question, so that no split
    parts comparisons of one question.
    """
    seed = side_seed(identity, keep_first=True if found.sides_known else None)
    return imports.Decided(
        shown=found if first_is_left(seed) else found.swapped(),
        conversation_key=found.conversation_key or digest(context_as_json([_first_question(found)])),
        side_seed=seed,
        pair_sha256=identity,
        seq=seq,
    )


def _first_question(found: FoundComparison) -> Turn:
    return next(turn for turn in found.context if turn.role == "user")
