"""What stands in for a model where no lesson and no judgement asks one: such a question needs none, and none is fetched."""

from __future__ import annotations

from dataclasses import dataclass

from app.induction.model.language_model import ModelProfile, PermanentModelError, Prompt, Reply

NO_MODEL = "no model"
"""Its name in plans and reports."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """A completer that refuses: it is there for its name and profile, and never sent anything."""

    name: str

    @property
    def profile(self) -> ModelProfile:
        return ModelProfile(self.name, slot_tokens=8_192)

    async def complete(self, prompt: Prompt) -> Reply:
        raise PermanentModelError(f"{self.name} was to be asked nothing, and was asked to {prompt.purpose}.")
