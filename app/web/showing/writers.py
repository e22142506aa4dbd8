"""The person's own table of models, as rows of a plot, and in words which of them cannot be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from app.adapters.model_status import title_of
from app.domain.letter.letter import listed
from app.induction.counting.model_table import Standing
from app.web.showing.views import IntervalRow, TitleOf


@dataclass(frozen=True, slots=True)
class WritersView:
    """`alike` names the models that cannot be told apart, a sentence for each group of them."""

    rows: Sequence[IntervalRow]
    alike: Sequence[str]
    verdicts: int


def writers_view(standings: Sequence[Standing], title_of: TitleOf = title_of) -> WritersView | None:
    """None where there are too few verdicts for a table. `title_of`: what people are told of a model."""
    if not standings:
        return None
    groups = [[title_of(each.model) for each in group] for _, group in groupby(standings, lambda each: each.group)]
    if len(groups) == 1:
        alike = ["Your verdicts do not tell these models apart yet."]
    else:
        alike = [f"{listed(names)} cannot be told apart." for names in groups if len(names) > 1]
    # Each verdict is counted for both of its models.
    verdicts = sum(each.wins + each.losses + each.even for each in standings) // 2
    return WritersView([_row(each, title_of(each.model)) for each in standings], alike, verdicts)


def _row(one: Standing, label: str) -> IntervalRow:
    even = f", {one.even} even" if one.even else ""
    return IntervalRow(
        label=label,
        share=one.share,
        low=one.low,
        high=one.high,
        count=f"{one.wins} of {one.wins + one.losses} won{even}",
        sure=one.low > 0.5 or one.high < 0.5,
    )
