"""How many people hold a leaning: learnt where code can tell it, and said not to be known where it cannot.

The counts of most people (prior.json, or a prior of one's own) are a distribution of people's shares. Who has more of a measure in
over half of the choices that differ in it holds its side. Of a leaning that nothing counts no number is invented.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.personas.style_claims import claimed_measure
from app.induction.counting.betas import Beta, beta_below
from app.induction.counting.prior import CountedPrior

WIDE: Beta = (1.0, 1.0)
"""Any share is as likely as any other: what is known of people's leanings that nothing counts."""


@dataclass(frozen=True, slots=True)
class Holders:
    """`share` of people (0 to 1) who lean that way, `is_counted` whether it was learnt or stands for not knowing."""

    share: float
    is_counted: bool

    @property
    def are_few(self) -> bool:
        """Whether most people are known to hold the other side."""
        return self.is_counted and self.share < 0.5


def holders_of(text: str, prior: CountedPrior) -> Holders:
    """How many people hold what a trait's sentence says (a manner of the list, or what claims one measure)."""
    claimed = claimed_measure(text)
    more, less = prior.shares_of(claimed[0]) if claimed else WIDE
    above = 1 - beta_below(more, less, 0.5)
    return Holders(above if claimed is None or claimed[1] > 0 else 1 - above, claimed is not None)
