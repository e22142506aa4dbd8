"""Personas and the evidence of their traits. The stored document is the whole result; traits are kept as rows too, so
that a trait cannot stand without a choice and a choice finds the traits that rest on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.errors import NotFound
from app.storage.people import accounts
from app.storage.tables import (
    ComparisonRow,
    InductionRun,
    PersonaRow,
    TraitEvidence,
    TraitRow,
    is_id,
)

ASKED_AT_ONCE = 500


def save_persona(session: Session, run: InductionRun, document: Mapping[str, Any], system_prompt: str) -> str:
    """Stores what a run induced and gives the persona's id; doing so again for the same run replaces it in place.

    Evidence that names a choice the account no longer has is left out, and with its last supporting choice the trait's
    row (the document keeps both as they were induced).
    """
    accounts.lock(session, run.account_id)
    row = session.exec(select(PersonaRow).where(PersonaRow.run_id == run.run_id)).first()
    if row is None:
        highest = select(sa.func.max(PersonaRow.version)).where(PersonaRow.account_id == run.account_id)
        version = (session.exec(highest).one() or 0) + 1
        row = PersonaRow(account_id=run.account_id, run_id=run.run_id, version=version, summary="", system_prompt="")
    row.document = dict(document)
    row.summary, row.system_prompt = str(document["summary"]), system_prompt
    row.is_sketch = bool(document["is_sketch"])
    session.add(row)
    session.flush()
    session.connection().execute(sa.delete(TraitRow).where(col(TraitRow.persona_id) == row.persona_id))
    _add_traits(session, row)
    return row.persona_id


def find(session: Session, account_id: str, persona_id: str) -> PersonaRow:
    """The account's persona. Raises NotFound."""
    rows = select(PersonaRow).where(PersonaRow.account_id == account_id, PersonaRow.persona_id == persona_id)
    found = session.exec(rows).first() if is_id(persona_id) else None
    if found is None:
        raise NotFound("There is no such persona, or it is not yours.")
    return found


def count(session: Session, account_id: str) -> int:
    """How many personas the account has."""
    return session.exec(select(sa.func.count()).where(PersonaRow.account_id == account_id)).one()


def newest_first(session: Session, account_id: str, limit: int = 50, offset: int = 0) -> Sequence[PersonaRow]:
    """The account's personas, the newest version first, a part of them."""
    rows = select(PersonaRow).where(PersonaRow.account_id == account_id)
    return session.exec(rows.order_by(col(PersonaRow.version).desc()).offset(offset).limit(limit)).all()


def pairs_of_run(session: Session, run_id: str) -> list[dict[str, Any]]:
    """The choices a run was made from: `[{"pair_id", "chosen_first", "verdict_revision"}, ...]`."""
    return list(session.exec(select(InductionRun.pairs).where(InductionRun.run_id == run_id)).one())


def _add_traits(session: Session, row: PersonaRow) -> None:
    traits = list(row.document["traits"])
    mine = _known(session, row.account_id, (pair for trait in traits for pair in _named(trait)))
    for position, trait in enumerate(traits):
        supporting = [pair for pair in dict.fromkeys(trait["supporting"]) if pair in mine]
        if not supporting:
            continue
        trait_row = TraitRow(
            persona_id=row.persona_id,
            position=position,
            text=str(trait["text"]),
            certainty=str(trait["certainty"]),
            lead_comparison_id=supporting[0],
        )
        session.add(trait_row)
        session.flush()
        opposing = [pair for pair in dict.fromkeys(trait["opposing"]) if pair in mine and pair not in supporting]
        for pairs, supports in ((supporting, True), (opposing, False)):
            session.add_all(
                TraitEvidence(trait_id=trait_row.trait_id, comparison_id=pair, supports=supports) for pair in pairs
            )
    session.flush()


def _named(trait: Mapping[str, Any]) -> list[str]:
    return [*trait["supporting"], *trait["opposing"]]


def _known(session: Session, account_id: str, comparison_ids: Iterable[str]) -> set[str]:
    ids = sorted({each for each in comparison_ids if is_id(each)})
    known: set[str] = set()
    for start in range(0, len(ids), ASKED_AT_ONCE):
        part = ids[start : start + ASKED_AT_ONCE]
        rows = select(ComparisonRow.comparison_id).where(
            ComparisonRow.account_id == account_id, col(ComparisonRow.comparison_id).in_(part)
        )
        known.update(session.exec(rows))
    return known
