"""Choices from files of preferences and from the sample histories.

An import is one transaction: it is stored with all its rows or not at all. What the account has already is counted, not
stored again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from app.adapters.parquet_rows import parquet_rows
from app.adapters.reading_apart import parent
from app.adapters.reading_apart.parent import KNOWN, STRANGERS, Limits
from app.domain.choices.preference import first_is_left
from app.domain.errors import NotFound
from app.domain.texts.conversation import Turn, context_as_json, digest
from app.domain.transcripts.detector import Told
from app.domain.transcripts.found import FoundComparison, side_seed
from app.domain.transcripts.pairs_file import PairsFile, pairs_file
from app.domain.transcripts.rows.unpacking import PACKED
from app.domain.transcripts.text import clean_name
from app.services.importing.reports import ImportReport, from_document
from app.storage.choosing import comparisons, imports, noted
from app.storage.choosing import samples as sample_rows
from app.storage.database import Session
from app.storage.people import accounts

__all__ = ["KNOWN", "STRANGERS", "Limits", "PairsFile"]  # for whoever hands a file in

MOST_READ_HERE = 16_000
"""Bytes of a file or paste that is read in this process; see decision 0022."""
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


def samples() -> list[SampleView]:
    """The sample histories, in the order in which they are offered."""
    index = json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))
    return [SampleView(**entry) for entry in index]


def load_sample(session: Session, account_id: str, name: str) -> ImportReport:
    """Gives the account a sample history's choices, marked as samples for good, and brings back what was taken away of it.
    Raises NotFound for an unknown name."""
    sample = next((sample for sample in samples() if sample.name == name), None)
    if sample is None:
        raise NotFound("There is no sample history of that name.")
    pairs = read_pairs((SAMPLES / f"{name}.jsonl").read_bytes())
    report = _import_decided(session, account_id, sample.title, pairs, kind="sample")
    sample_rows.set_aside(session, account_id, aside=False)
    return report


def read_pairs(data: bytes, person: str | None = None) -> PairsFile:
    """Reads a file of preferences in this process; stores nothing. Raises as pairs_file.pairs_file.

    A large file takes seconds, so it is read before the transaction that stores it.
    """
    return _noted(pairs_file(data, person, parquet_rows))


def is_read_here(file: IO[bytes], size: int) -> bool:
    """Whether a file costs too little to be read in a process of its own: small, and nothing in it is packed."""
    file.seek(0)
    return size <= MOST_READ_HERE and not file.read(4).startswith(PACKED)


def read_upload(file: IO[bytes], size: int, person: str, limits: Limits) -> PairsFile:
    """Reads a file that came from outside: a process of its own reads it, within limits, unless `is_read_here`.

    Raises as `read_pairs`, and TooLarge over a limit. `file` must be one of the operating system where it is not read here.
    """
    if is_read_here(file, size):
        file.seek(0)
        return read_pairs(file.read(), person)
    return _noted(parent.read_pairs(file, person, limits))


def _noted(pairs: PairsFile) -> PairsFile:
    """The same with what is noted of its answers: to work it out takes as long as to store them, and would hold up all other
    writers."""
    notes = {
        identity: (
            noted.of_answer((*one.context, *one.first.lead_in), one.first.text),
            noted.of_answer((*one.context, *one.second.lead_in), one.second.text),
        )
        for identity, one in pairs.kept.items()
    }
    return replace(pairs, noted=notes)


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
    kept = pairs.kept
    new = [identity for identity in kept if identity not in known]
    decided = [
        _decided(kept[identity], identity, seq + place, pairs.noted[identity])
        for place, identity in enumerate(new, start=1)
    ]
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
        found=pairs.found,
        added=len(decided),
        doubled=len(kept) - len(decided) - len(opposite),
        skipped=_places(pairs.skipped),
        repeated=_places(pairs.repeated),
        contradicting=_places((*pairs.contradicted, *opposite)),
        left_out=_places(pairs.left_out),
        changed=pairs.changed,
        notes=_notes(pairs.for_testing),
        person=pairs.person,
    )
    document = outcome.as_document()
    imports.report(session, batch, document)
    return from_document(batch.import_id, kind, document)


def _places(told: Iterable[Told]) -> list[tuple[str, str]]:
    return [(each.where, each.why) for each in told]


def _notes(held: int) -> tuple[str, ...]:
    """What the file means that the pages do not know: a split. Every choice counts here."""
    if not held:
        return ()
    return (f"{held:,} of the choices are marked as for testing; here they count like the others.",)


def _decided(
    found: FoundComparison, identity: str, seq: int, notes: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> imports.Decided:
    """The comparison on its sides: as the file recorded them, else drawn.

    Its conversation is the file's own, else that of all comparisons which begin with the same question, so that no split
    parts comparisons of one question.
    """
    seed = side_seed(identity, keep_first=True if found.sides_known else None)
    is_kept = first_is_left(seed)
    return imports.Decided(
        shown=found if is_kept else found.swapped(),
        noted=notes if is_kept else notes[::-1],
        conversation_key=found.conversation_key or digest(context_as_json([_first_question(found)])),
        side_seed=seed,
        pair_sha256=identity,
        seq=seq,
    )


def _first_question(found: FoundComparison) -> Turn:
    return next(turn for turn in found.context if turn.role == "user")
