"""Which models and styles write the two answers to a typed prompt, and the alternatives to an imported answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from app.domain.choices.answer_styles import styles_for
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Writers:
    """Two models and two styles, in the order in which the answers are made; `seed` draws the sides."""

    models: tuple[str, str]
    styles: tuple[str, str]
    seed: int


@dataclass(frozen=True, slots=True)
class AlternativeWriter:
    """Who writes another answer beside one that was brought in; `seed` draws the sides."""

    model: str
    style: str
    seed: int


def writers(settings: Settings) -> Writers:
    """Two models where the settings name a second one, else one model in two styles drawn anew."""
    seed = secrets.randbits(62)
    if settings.second_model:
        return Writers((settings.model, settings.second_model), ("", ""), seed)
    return Writers((settings.model, settings.model), styles_for(seed), seed)


def alternative_writer(settings: Settings) -> AlternativeWriter:
    """The model that every page names as the one at work, so that the preview of an import can name it too."""
    by = writers(settings)
    return AlternativeWriter(by.models[0], by.styles[0], by.seed)
