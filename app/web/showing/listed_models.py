"""The models that write answers, as operators see them: how often each is drawn, whether it rests, and how its last calls ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.adapters.roster.listing import Roster
from app.domain.model_standing import Standing
from app.domain.model_trouble import at_about
from app.services.calling.swapping import share_of_draws


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model; `state` is "on", "off" or "rests until 15:20 UTC", `drawn` its share of all draws in per cent, "" where it is in none."""

    title: str
    model: str
    state: str
    weight: str
    drawn: str
    last: str
    rests: bool


@dataclass(frozen=True, slots=True)
class ListedModels:
    """`file` is the name of the file that lists them, "" where the settings do; `fault` is what is wrong with it."""

    rows: Sequence[ModelRow]
    file: str
    fault: str


def listed_models(roster: Roster, standings: Mapping[str, Standing], now: datetime) -> ListedModels:
    """Every model that is listed, in the order of the file."""
    listing = roster.listing
    shares = share_of_draws(listing.candidates, standings, now)
    rows = []
    for one in listing.models:
        standing = standings.get(one.model, Standing())
        rests = one.is_on and standing.is_resting(now)
        rows.append(
            ModelRow(
                title=roster.title_of(one.model),
                model=one.model,
                state=_rest(standing, now) if rests else "on" if one.is_on else "off",
                weight=f"{one.weight:g}",
                drawn=f"{100 * shares[one.model]:.0f} %" if one.model in shares else "",
                last="too many failed"
                if rests
                else f"{standing.failed} of {len(standing.ends)} failed"
                if standing.ends
                else "none yet",
                rests=rests,
            )
        )
    return ListedModels(rows, roster.file, listing.fault)


def _rest(standing: Standing, now: datetime) -> str:
    until = standing.rests_until or now
    return f"rests until {at_about(until, (until - now).total_seconds())}"
