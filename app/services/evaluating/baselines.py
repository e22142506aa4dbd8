"""The baseline table: how often each arm guesses unseen choices right, beside a judge who knows nothing of the person."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from app.domain.prompt_targets.report import SORTS
from app.induction.proof.arms import MODEL_ARMS, known_arms
from app.induction.proof.statistics import holm
from app.services.evaluating.asking import Asked, Group
from app.services.evaluating.counting import (
    CELLS,
    COIN,
    LABELS,
    PLAIN,
    Count,
    count,
    fewer_words,
    interval_words,
    most_people,
    persona_words,
    who,
)
from app.services.evaluating.folder import Judged, Record
from app.services.evaluating.plots import dots_with_intervals
from app.services.evaluating.tables import NONE, Findings, p_value
from app.services.evaluating.working import Lesson

_LEVEL = 0.05


def lessons(asked: Asked, group: Group) -> list[Lesson]:
    """One a person, or one a fold; without stated wishes or demographics those two arms are not asked of a person."""
    return [
        Lesson(
            part,
            known_arms(part.person.about, asked.arms),
            asked.learn_with[0],
            asked.judge_with,
            part=f"fold {place}" if len(parts) > 1 else "",
        )
        for parts in group.parts
        for place, part in enumerate(parts, start=1)
    ]


def findings(record: Record) -> Findings:
    """A row an arm; its difference to `plain` is over the choices on which both gave a verdict."""
    judged, seed = record.judged, int(record.plan["seed"])
    by_arm = {arm: [one for one in judged if one.arm == arm] for arm in record.plan["arms"]}
    plain = by_arm.get(PLAIN, [])
    counts = {arm: count(ones, plain, seed) for arm, ones in by_arm.items() if ones}
    corrected, most = _corrected(counts), most_people(counts.values())
    rows, figures = [], []
    for arm, found in counts.items():
        orders = [one.flipped for one in by_arm[arm] if one.flipped is not None]
        flips = f"{sum(orders)} of {len(orders)}" if orders else NONE
        people, holm_p = str(found.share.people), p_value(corrected.get(arm, math.nan))
        rows.append((LABELS.get(arm, arm), people, *found.cells, holm_p, flips, str(found.failed)))
        figures.append(
            {
                "arm": arm,
                **found.as_json(),
                "p_holm": corrected.get(arm),
                "flips": sum(orders) if orders else None,
                "flips_of": len(orders) if orders else None,
                **{sort: _of_a_sort(by_arm[arm], sort) for sort in SORTS},
            }
        )
    title = f"How often unseen choices are guessed right: {who(judged)}"
    return Findings(
        title=title,
        columns=("arm", "people", *CELLS, "p (Holm)", "flips", "failed"),
        rows=tuple(rows),
        words=(
            *_verdict(counts, corrected),
            *_sort_words(by_arm),
            *fewer_words({LABELS.get(arm, arm): found for arm, found in counts.items()}),
            *interval_words(counts.values()),
            *persona_words(record),
        ),
        figures=tuple(figures),
        plot=dots_with_intervals(
            title,
            [found.dot(LABELS.get(arm, arm), most) for arm, found in counts.items()],
            "unseen choices guessed right",
        ),
    )


def _of_a_sort(judged: Sequence[Judged], sort: str) -> dict[str, float] | None:
    """Hits of n among the choices of a sort; None where no judgement was noted for it."""
    noted = [one for one in judged if getattr(one, sort) is not None and one.hit is not None]
    some = [one for one in noted if getattr(one, sort)]
    hits = len(some) / 2 if some and some[0].arm == COIN else sum(bool(one.hit) for one in some)
    return {"hits": hits, "n": len(some)} if noted else None


def _sort_words(by_arm: Mapping[str, Sequence[Judged]]) -> list[str]:
    """One sentence for each sort of choices that any are of."""
    found = []
    for sort, where in SORTS.items():
        shares = {arm: _of_a_sort(judged, sort) for arm, judged in by_arm.items()}
        told = [
            f"{LABELS.get(arm, arm)} {one['hits']:g} of {one['n']}" for arm, one in shares.items() if one and one["n"]
        ]
        found += [f"{where}, right on: {'; '.join(told)}."] if told else []
    return found


def _corrected(counts: Mapping[str, Count]) -> dict[str, float]:
    """The p-values of the arms that ask the model, corrected for how many were tried; without the plain judge none."""
    return holm({arm: found.p for arm, found in counts.items() if arm in MODEL_ARMS and not math.isnan(found.p)})


def _verdict(counts: Mapping[str, Count], corrected: Mapping[str, float]) -> list[str]:
    """Which arms that ask the model differ from the plain judge beyond chance, considering how many were tried."""
    if not counts:
        return ["Nothing is judged yet."]
    if not corrected:
        return ["Without the plain judge and another arm that asks the model, nothing says whether one helps."]
    sure = [arm for arm, p in corrected.items() if p < _LEVEL]
    told = "; ".join(f"{LABELS[arm]} is {'better' if counts[arm].gap.value > 0 else 'worse'}" for arm in sure)
    said = f"Against the plain judge and beyond chance (5 %, corrected for the number of arms by Holm): {told}."
    if not sure:
        said = "No arm that asks the model differs from the plain judge beyond chance (5 %, corrected by Holm)."
    return [said, *_alone_words(counts, corrected)]


def _alone_words(counts: Mapping[str, Count], corrected: Mapping[str, float]) -> list[str]:
    """Why an arm whose own interval leaves out 0, or whose own p-value is small, is not called different."""
    alone = [
        f"{LABELS[arm]} (p {p_value(counts[arm].p)}, corrected {p_value(p)})"
        for arm, p in corrected.items()
        if p >= _LEVEL and (counts[arm].p < _LEVEL or not counts[arm].gap.low <= 0 <= counts[arm].gap.high)
    ]
    if not alone:
        return []
    tried = f"{len(corrected)} arms were tried at once" if len(corrected) > 1 else "one arm was tried"
    said = (
        f"Not counted as different though its own interval leaves out 0 or its own p is below 0.05: {', '.join(alone)}. "
        f"Intervals and p are of one arm by itself; {tried}, and of twenty that differ in nothing one looks so by chance."
    )
    return [said]
