"""The steps of a run as its page shows them."""

from __future__ import annotations

from dataclasses import replace

from app.services.inducing.inducing import RunView, StageView


def shown_stages(run: RunView) -> list[StageView]:
    """The six steps. Style facts are counted at once and have their own plot; while they are the newest thing known,
    the step after them has begun."""
    stages = [stage for stage in run.stages if stage.stage != "style"]
    if run.state != "running" or any(stage.state == "active" for stage in stages):
        return stages
    begun = next((stage for stage in stages if stage.state == "waiting"), None)
    return [replace(stage, state="active") if stage is begun else stage for stage in stages]
