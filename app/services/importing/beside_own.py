"""A sample history beside a person's own choices: whether it counts, taking it away, and taking that back (decision 0031)."""

from __future__ import annotations

from dataclasses import dataclass

from app.storage.choosing import samples
from app.storage.database import Session
from app.storage.people import accounts


@dataclass(frozen=True, slots=True)
class SampleState:
    """Whether a sample is `here`, or was taken `away`, and whether there is a choice of the person's `own`."""

    here: bool
    away: bool
    own: bool

    @property
    def counts(self) -> bool:
        """Whether the sample's choices count: they do until there is an own one."""
        return self.here and not self.own


def state(session: Session, account_id: str) -> SampleState:
    """How the sample histories of the account stand; two queries."""
    here, aside = samples.places(session, account_id)
    return SampleState(here > 0, aside > 0, samples.has_own_choices(session, account_id))


def take_away(session: Session, account_id: str) -> None:
    """No choice of a sample is listed or counted any more; ready-made pairs and own choices stay. Twice is like once."""
    accounts.lock(session, account_id)
    samples.set_aside(session, account_id, aside=True)


def bring_back(session: Session, account_id: str) -> None:
    """The sample as it was before it was taken away."""
    accounts.lock(session, account_id)
    samples.set_aside(session, account_id, aside=False)
