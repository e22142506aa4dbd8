"""What became of an import, as it is told once and kept with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.storage.choosing import imports
from app.storage.database import Session

MOST_TOLD = 1_000
"""How many rows of one kind are kept by place and reason; all are counted."""

Told = tuple[str, str]
"""`(where, why)`: a row's place and what is told of it."""


@dataclass(frozen=True)
class ImportReport:
    """What became of an import.

    Every comparison found was `added`, was here already (`doubled`), says something again (`repeated`), or decides a pair
    otherwise than another row or than what is here (`contradicting`). `skipped` are the rows that could not be read,
    `left_out` what was left out of rows that were read, `changed` the characters that became U+FFFD. Of very many rows the
    lists hold the first thousand; `skipped_in_all` counts. `notes` are sentences about the whole. `kind` is sample, pairs or
    conversation; `person` whose choices they were, "" where the file names nobody.
    """

    import_id: str
    found: int
    added: int
    doubled: int
    skipped: Sequence[Told]
    kind: str = "pairs"
    repeated: Sequence[Told] = ()
    contradicting: Sequence[Told] = ()
    left_out: Sequence[Told] = ()
    changed: int = 0
    notes: Sequence[str] = ()
    person: str = ""
    skipped_in_all: int = 0
    repeated_in_all: int = 0
    contradicting_in_all: int = 0

    def as_document(self) -> dict[str, object]:
        """The report as stored."""
        lists = ("skipped", "repeated", "contradicting", "left_out")
        return {
            "found": self.found,
            "added": self.added,
            "doubled": self.doubled,
            **{name: [list(each) for each in getattr(self, name)[:MOST_TOLD]] for name in lists},
            **{f"{name}_in_all": len(getattr(self, name)) for name in lists[:3]},
            "changed": self.changed,
            "notes": list(self.notes),
            "person": self.person,
        }


def report(session: Session, account_id: str, import_id: str) -> ImportReport:
    """The report of an earlier import as the person was shown it. Raises NotFound."""
    batch = imports.find(session, account_id, import_id)
    return from_document(batch.import_id, batch.kind, batch.report)


def from_document(import_id: str, kind: str, stored: dict[str, Any]) -> ImportReport:
    """A stored report; earlier versions stored fewer of its fields."""
    skipped, repeated, contradicting, left_out = (
        [(where, why) for where, why in stored.get(name, [])]
        for name in ("skipped", "repeated", "contradicting", "left_out")
    )
    return ImportReport(
        import_id=import_id,
        kind=kind,
        found=stored["found"],
        added=stored["added"],
        doubled=stored["doubled"],
        skipped=skipped,
        repeated=repeated,
        contradicting=contradicting,
        left_out=left_out,
        skipped_in_all=stored.get("skipped_in_all", len(skipped)),
        repeated_in_all=stored.get("repeated_in_all", len(repeated)),
        contradicting_in_all=stored.get("contradicting_in_all", len(contradicting)),
        changed=stored.get("changed", 0),
        notes=stored.get("notes", []),
        person=stored.get("person", ""),
    )
