"""Personas as pages and downloads show them: each trait with the choices for and against it, and the prompts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.errors import NotFound
from app.domain.prompt_targets import (
    EvidenceText,
    judge_prompt,
    markdown,
    messages,
    system_prompt,
)
from app.domain.texts.scopes import scope_as_stored
from app.induction.proof.tested_judge import tested_judge
from app.settings import is_embedded
from app.storage.choosing import comparisons, samples
from app.storage.choosing.comparisons import Found
from app.storage.database import Session
from app.storage.tables import PersonaRow
from app.storage.working import personas as rows

DOWNLOADS = {
    "prompt.txt": "text/plain; charset=utf-8",
    "persona.md": "text/markdown; charset=utf-8",
    "persona.json": "application/json",
    "messages.json": "application/json",
    "judge.txt": "text/plain; charset=utf-8",
    "judge.json": "application/json",
}
"""The kinds of download and their media types; the kind is the end of the file's name."""


@dataclass(frozen=True)
class EvidenceView:
    """One choice behind a trait; `seq` is the number it is cited by."""

    comparison_id: str
    seq: int
    question: str
    chosen: str
    rejected: str


@dataclass(frozen=True)
class TraitView:
    """A trait with the choices for it and against it, as far as they still exist (weight, spread, when: domain/personas/persona)."""

    text: str
    certainty: str
    supporting: list[EvidenceView]
    opposing: list[EvidenceView]
    weight: float = 0.0
    spread: float = 0.0
    when: str = ""
    counted: Mapping[str, Any] | None = None
    """What counting says of it (domain/personas/counted), where counting found it."""

    @property
    def tips(self) -> tuple[float, float, float] | None:
        """The share of choices that it would tip its way if it alone spoke, with the ends of the likely range (95 %): the
        range that its certainty is read from."""
        if self.counted and self.counted.get("low", 0) > 0:
            return float(self.counted["share"]), float(self.counted["low"]), float(self.counted["high"])
        if not self.spread:
            return None
        reach = 1.96 * self.spread
        return _share(self.weight), _share(self.weight - reach), _share(self.weight + reach)


@dataclass(frozen=True, slots=True)
class Changes:
    """How many choices were made, changed to the other answer and taken back since a persona was written."""

    new: int = 0
    changed: int = 0
    gone: int = 0


@dataclass(frozen=True)
class PersonaView:
    """One persona. `changes` counts what happened to choices since it was written; `document` is the whole result
    (domain/prompt_targets). `is_sample` where a sample history wrote it, `is_passed` where that does not count any more."""

    persona_id: str
    run_id: str
    version: int
    summary: str
    system_prompt: str
    document: Mapping[str, Any]
    traits: list[TraitView]
    is_sketch: bool
    changes: Changes
    is_sample: bool
    is_passed: bool
    created_at: datetime

    @property
    def stale(self) -> int:
        """The choices made, changed or taken back, together."""
        return self.changes.new + self.changes.changed + self.changes.gone


@dataclass(frozen=True)
class PersonaLine:
    """One persona in the list of versions."""

    persona_id: str
    version: int
    summary: str
    is_sketch: bool
    created_at: datetime


@dataclass(frozen=True)
class Download:
    """A file to hand out."""

    filename: str
    media_type: str
    content: str


def latest_persona(session: Session, account_id: str) -> PersonaView | None:
    """The newest persona of the account, or None."""
    newest = rows.newest_first(session, account_id, limit=1)
    return _view(session, newest[0]) if newest else None


def persona(session: Session, account_id: str, persona_id: str) -> PersonaView:
    """One persona of the account. Raises NotFound."""
    return _view(session, rows.find(session, account_id, persona_id))


def list_personas(session: Session, account_id: str, offset: int = 0, limit: int = 50) -> list[PersonaLine]:
    """The account's personas, newest first, a part of them."""
    return [
        PersonaLine(row.persona_id, row.version, row.summary, row.is_sketch, row.created_at)
        for row in rows.newest_first(session, account_id, limit, offset)
    ]


def count_personas(session: Session, account_id: str) -> int:
    """How many personas the account has."""
    return rows.count(session, account_id)


def download(session: Session, account_id: str, persona_id: str, kind: str) -> Download:
    """The persona as a file: one of DOWNLOADS. Raises NotFound for another kind and for another's persona."""
    if kind not in DOWNLOADS:
        raise NotFound(f"There is no such download. The downloads are {', '.join(DOWNLOADS)}.")
    row = rows.find(session, account_id, persona_id)
    stem, ending = kind.split(".")
    return Download(f"{stem}-{row.version}.{ending}", DOWNLOADS[kind], _content(session, row, kind))


def _content(session: Session, row: PersonaRow, kind: str) -> str:
    document = row.document
    if kind == "prompt.txt":
        return system_prompt(document)
    if kind == "judge.txt":
        return judge_prompt(document)
    if kind == "persona.md":
        choices = _choices(session, row)
        return markdown(document, {pair_id: _as_text(view) for pair_id, view in choices.items()})
    value: object = document
    if kind == "messages.json":
        value = messages(document)
    elif kind == "judge.json":
        value = tested_judge(document, small=is_embedded(str(document["model"])))
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _view(session: Session, row: PersonaRow) -> PersonaView:
    choices = _choices(session, row)
    then = {each["pair_id"]: each["chosen_first"] for each in rows.pairs_of_run(session, row.run_id)}
    today = comparisons.chosen_sides(session, row.account_id)
    of_samples = samples.ids(session, row.account_id)
    is_sample = bool(then) and then.keys() <= of_samples
    is_passed = is_sample and of_samples.isdisjoint(today)
    return PersonaView(
        persona_id=row.persona_id,
        run_id=row.run_id,
        version=row.version,
        summary=row.summary,
        system_prompt=row.system_prompt,
        document=row.document,
        traits=[
            TraitView(
                text=str(trait["text"]),
                certainty=str(trait["certainty"]),
                supporting=[choices[each] for each in trait["supporting"] if each in choices],
                opposing=[choices[each] for each in trait["opposing"] if each in choices],
                weight=float(trait.get("weight", 0.0)),
                spread=float(trait.get("spread", 0.0)),
                when=scope_as_stored(str(trait.get("when", ""))),
                counted=trait.get("counted"),
            )
            for trait in row.document["traits"]
        ],
        is_sketch=row.is_sketch,
        # Of a sample that was taken away nothing was changed; what is new is one's own.
        changes=_changes({} if is_passed else then, today),
        is_sample=is_sample,
        is_passed=is_passed,
        created_at=row.created_at,
    )


def _share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _choices(session: Session, row: PersonaRow) -> dict[str, EvidenceView]:
    """The choices that the document's traits name, by id, as they stand now."""
    named = {each for trait in row.document["traits"] for each in (*trait["supporting"], *trait["opposing"])}
    found = comparisons.find_many(session, row.account_id, sorted(named))
    sides = {each["pair_id"]: each["chosen_first"] for each in rows.pairs_of_run(session, row.run_id)}
    return {one.row.comparison_id: _evidence(one, sides) for one in found}


def _evidence(found: Found, sides: Mapping[str, bool]) -> EvidenceView:
    """The choice as it was when the run read it; a verdict changed since shows as `stale`, not as other evidence."""
    chosen, rejected = found.first, found.second
    if not sides.get(found.row.comparison_id, True):
        chosen, rejected = rejected, chosen
    return EvidenceView(
        comparison_id=found.row.comparison_id,
        seq=found.row.seq,
        question=found.question,
        chosen=chosen.text,
        rejected=rejected.text,
    )


def _as_text(view: EvidenceView) -> EvidenceText:
    return EvidenceText(question=view.question, chosen=view.chosen, rejected=view.rejected)


def _changes(then: Mapping[str, bool], today: Mapping[str, bool]) -> Changes:
    return Changes(
        new=len(today.keys() - then.keys()),
        changed=sum(then[pair_id] != today[pair_id] for pair_id in then.keys() & today.keys()),
        gone=len(then.keys() - today.keys()),
    )
