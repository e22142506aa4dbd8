"""A persona as the library hands it out: the document that persona.json holds, with names for what is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.personas.persona import Persona as Content
from app.domain.personas.persona import Trait
from app.domain.prompt_targets import persona_from_document
from app.induction.counting.counted_model import CountedModel, of_shares
from app.induction.counting.prior import shipped_prior
from app.services.evaluating.one_persona import persona_json
from app.services.whole_files import write_whole


@dataclass(frozen=True)
class Persona:
    """What was learned of one person. `document` is what persona.json holds, every figure of the test included."""

    document: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Raises BadInput where the document is none of ours."""
        persona_from_document(self.document)

    @property
    def content(self) -> Content:
        """Summary, traits and examples, as the judge uses them."""
        return persona_from_document(self.document)

    @property
    def counted_model(self) -> CountedModel | None:
        """What counting foresees of this person, by what the document keeps of it; None in documents from before counting."""
        counted = self.document.get("counted")
        if not counted:
            return None
        return of_shares(contrary=float(counted["contrary"]), own=float(counted["own"]), prior=shipped_prior())

    @property
    def summary(self) -> str:
        return str(self.document["summary"])

    @property
    def traits(self) -> tuple[Trait, ...]:
        """Strongest first; `supporting` and `opposing` are the ids of the choices for and against, `weight` its strength."""
        return self.content.traits

    @property
    def verdict(self) -> str:
        """What the test on unseen choices showed, in a sentence."""
        return str(self.document["verdict"])

    @property
    def accuracy(self) -> Mapping[str, Any] | None:
        """hits, n, failed, low, high, words; None where it was not tested."""
        found: Mapping[str, Any] | None = self.document["accuracy"]
        return found

    @property
    def system_prompt(self) -> str:
        """The prompt to give to any assistant."""
        return str(self.document["prompts"]["system"])

    @property
    def missing(self) -> tuple[str, ...]:
        """In plain sentences, what could not be done."""
        return tuple(self.document["missing"])

    def __repr__(self) -> str:
        return f"<Persona: {len(self.traits)} traits from {self.document['n_choices']} choices. {self.verdict}>"


def save(persona: Persona, path: Path | str) -> Path:
    """Writes persona.json, whole or not at all, and returns where. Raises BadInput where it cannot be written."""
    target = Path(path)
    write_whole(target, json.dumps(dict(persona.document), ensure_ascii=False, indent=2) + "\n")
    return target


def load(path: Path | str) -> Persona:
    """The persona of a persona.json, of `save`, of the command or of the page. Raises BadInput where it is none."""
    return Persona(persona_json(path))
