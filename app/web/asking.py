"""Which models and styles write the two answers to a typed prompt, and the alternatives to an imported answer."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass

from app.adapters.roster.listing import Roster
from app.domain.choices.answer_styles import styles_for
from app.domain.choices.drawing import two_drawn
from app.services.calling.swapping import drawable
from app.settings import Settings
from app.storage.database import Session


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


def writers(roster: Roster, session: Session) -> Writers:
    """Two models drawn by weight among those that are on and do not rest; where there is one, it writes in two styles drawn anew."""
    seed = secrets.randbits(62)
    models = two_drawn(drawable(session, roster.listing.candidates), random.SystemRandom())
    return Writers(models, ("", "") if models[0] != models[1] else styles_for(seed), seed)


def alternative_writer(settings: Settings) -> AlternativeWriter:
    """The model that every page names as the one at work, so that the preview of an import can name it too."""
    seed = secrets.randbits(62)
    return AlternativeWriter(settings.model, "" if settings.second_model else styles_for(seed)[0], seed)
