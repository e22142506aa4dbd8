"""The baseline table: how often each arm guesses unseen choices right, beside a judge who knows nothing of the person."""

from __future__ import annotations

import math
from collections.abc import Mapping

from app.induction.proof.arms import MODEL_ARMS, known_arms
from app.induction.proof.statistics import holm
from app.services.evaluating.asking import Asked, Group
from app.services.evaluating.counting import CELLS, LABELS, PLAIN, Count, count, interval_words, persona_words, who
from app.services.evaluating.folder import Record
from app.services.evaluating.plots import dots_with_intervals
from app.services.evaluating.tables import NONE, Findings
from app.services.evaluating.working import Lesson


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
    rows, figures = [], []
    for arm, found in counts.items():
        orders = [one.flipped for one in by_arm[arm] if one.flipped is not None]
        flips = f"{sum(orders)} of {len(orders)}" if orders else NONE
        rows.append((LABELS.get(arm, arm), *found.cells, flips, str(found.failed)))
        figures.append(
            {
                "arm": arm,
                **found.as_json(),
                "flips": sum(orders) if orders else None,
                "flips_of": len(orders) if orders else None,
            }
        )
    title = f"How often unseen choices are guessed right: {who(judged)}"
    return Findings(
        title=title,
        columns=("arm", *CELLS, "flips", "failed"),
        rows=tuple(rows),
        words=(_verdict(counts), *interval_words(counts.values()), *persona_words(record)),
        figures=tuple(figures),
        plot=dots_with_intervals(title, [found.dot(LABELS.get(arm, arm)) for arm, found in counts.items()]),
    )


def _verdict(counts: Mapping[str, Count]) -> str:
    """Which arms that ask the model differ from the plain judge beyond chance, considering how many were tried."""
    tested = {arm: found.p for arm, found in counts.items() if arm in MODEL_ARMS and not math.isnan(found.p)}
    if not counts:
        return "Nothing is judged yet."
    if not tested:
        return "Without the plain judge and another arm that asks the model, nothing says whether one helps."
    sure = [arm for arm, p in holm(tested).items() if p < 0.05]
    if not sure:
        return "No arm that asks the model differs from the plain judge beyond chance."
    told = "; ".join(f"{LABELS[arm]} is {'better' if counts[arm].gap.value > 0 else 'worse'}" for arm in sure)
    return f"Against the plain judge and beyond chance (5 %, corrected for the number of arms by Holm): {told}."
