"""The learning curve: accuracy by the number of choices that were learnt from, and what one further choice is worth."""

from __future__ import annotations

import math
from dataclasses import asdict

from app.induction.proof.statistics import Slope, slope
from app.services.evaluating.asking import Asked, Group
from app.services.evaluating.counting import CELLS, LABELS, PLAIN, count, interval_words, observed, persona_words, who
from app.services.evaluating.folder import Record
from app.services.evaluating.people import Parted
from app.services.evaluating.plots import Line, line_with_band
from app.services.evaluating.tables import Findings, p_value
from app.services.evaluating.working import Lesson


def lessons(asked: Asked, group: Group) -> list[Lesson]:
    """One a person and size, each size's choices the beginning of the next; the plain judge is asked with the first."""
    found = []
    for parts in group.parts:
        for part in parts:
            sizes = [size for size in sorted(set(asked.sizes)) if size <= len(part.train)] or [len(part.train)]
            for place, size in enumerate(sizes):
                arms = (PLAIN, *asked.arms) if place == 0 else asked.arms
                learnt = Parted(part.person, part.train[:size], part.tests)
                found.append(Lesson(learnt, arms, asked.learn_with[0], asked.judge_with))
    return found


def findings(record: Record) -> Findings:
    """A row a size. The slope compares each unseen choice with itself only, so people who lack a size do not bend it."""
    judged, seed = record.judged, int(record.plan["seed"])
    arm = record.plan["arms"][0]
    plain = [one for one in judged if one.arm == PLAIN]
    learnt = [one for one in judged if one.arm == arm]
    nothing = count(plain, [], seed)
    counts = {0: nothing} | {
        size: count([one for one in learnt if one.learnt_from == size], plain, seed)
        for size in sorted({one.learnt_from for one in learnt})
    }
    hits = observed(learnt)
    clusters = interval_words(counts.values(), len({one.person for one in hits}))
    line = slope(hits, seed) or Slope(math.nan, math.nan, math.nan, math.nan, math.nan)
    level = nothing.share.value
    title = f"Accuracy by number of choices learnt from ({LABELS.get(arm, arm)}): {who(judged)}"
    dots = [(float(size), found.dot(str(size))) for size, found in counts.items() if size]
    drawn = Line(dots, line.value, line.intercept, line.low, line.high, level, LABELS[PLAIN])
    return Findings(
        title=title,
        columns=("choices", "people", *CELLS, "failed"),
        rows=tuple(
            (str(size), str(found.share.people), *found.cells, str(found.failed)) for size, found in counts.items()
        ),
        words=(_worth(line, level), "0 choices: the plain judge.", *clusters, *persona_words(record)),
        figures=tuple({"choices": size, **found.as_json()} for size, found in counts.items()),
        more={"slope": asdict(line)},
        plot=line_with_band(title, drawn, "choices learnt from"),
    )


def _worth(line: Slope, level: float) -> str:
    """The slope in words, and where the line meets the plain judge."""
    if math.isnan(line.value):
        return "No choice was judged after learning from two different numbers of choices, so there is no slope yet."
    said = (
        f"{100 * line.value:+.2f} points for each further choice (95 % {100 * line.low:+.2f} to "
        f"{100 * line.high:+.2f}, p {p_value(line.p)}): accuracy = {100 * line.intercept:.1f} % "
        f"{100 * line.value:+.2f} x choices."
    )
    meets = (level - line.intercept) / line.value if line.value > 0 and not math.isnan(level) else math.nan
    if math.isnan(meets) or line.p >= 0.05:
        return said
    return f"{said} It meets the plain judge at {max(0.0, meets):.0f} choices."
