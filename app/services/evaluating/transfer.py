"""Transfer between models: what is learnt with one and deployed with another, as a matrix of accuracies."""

from __future__ import annotations

from app.services.evaluating.asking import Asked, Group
from app.services.evaluating.counting import (
    CELLS,
    LABELS,
    PLAIN,
    count,
    fewer_words,
    interval_words,
    most_people,
    persona_words,
    who,
)
from app.services.evaluating.folder import Record
from app.services.evaluating.plots import matrix
from app.services.evaluating.tables import Findings
from app.services.evaluating.working import Lesson

NOTHING = "nothing learnt"


def lessons(asked: Asked, group: Group) -> list[Lesson]:
    """One a person and model that learns; every judge is asked about it. The plain judge is asked with the first."""
    return [
        Lesson(part, (PLAIN, *asked.arms) if place == 0 else asked.arms, model, asked.judge_with)
        for parts in group.parts
        for part in parts
        for place, model in enumerate(asked.learn_with)
    ]


def findings(record: Record) -> Findings:
    """A row for each model that learnt and each that judges; the difference is to the same judge told nothing."""
    plan, judged, seed = record.plan, record.judged, int(record.plan["seed"])
    arm = plan["arms"][0]
    plain = [one for one in judged if one.arm == PLAIN]
    counts = {
        (NOTHING, judge): count([one for one in plain if one.judged_with == judge], [], seed)
        for judge in plan["judge_with"]
    }
    for learner in plan["learn_with"]:
        for judge in plan["judge_with"]:
            cell = [one for one in judged if (one.arm, one.learnt_with, one.judged_with) == (arm, learner, judge)]
            counts[learner, judge] = count(cell, plain, seed)
    most = most_people(counts.values())
    learners = (NOTHING, *plan["learn_with"])
    title = f"Learn with (row), deploy with (column), {LABELS.get(arm, arm)}: {who(judged)}"
    return Findings(
        title=title,
        columns=("learnt with", "deployed with", "people", *CELLS, "failed"),
        rows=tuple(
            (learner, judge, str(found.share.people), *found.cells, str(found.failed))
            for (learner, judge), found in counts.items()
        ),
        words=(
            *fewer_words({f"{learner} / {judge}": found for (learner, judge), found in counts.items()}),
            *interval_words(counts.values()),
            *persona_words(record),
        ),
        figures=tuple(
            {"learnt_with": learner, "deployed_with": judge, **found.as_json()}
            for (learner, judge), found in counts.items()
        ),
        plot=matrix(
            title,
            ("learnt with", "deployed with"),
            learners,
            plan["judge_with"],
            [[counts[learner, judge].dot("", most) for judge in plan["judge_with"]] for learner in learners],
        ),
    )
