"""What was found out about a model, in one sentence for people: how it answers, and what that means for cost and time."""

from __future__ import annotations

from app.induction.model.habits import Habits
from app.induction.model.language_model import ModelProfile


def told(
    profile: ModelProfile, habits: Habits, *, calls: int = 0, minutes: float = 0.0, is_learned: bool = True
) -> str:
    """One sentence; `calls` and `minutes` are those of a run, where one is spoken of. "" for the embedded model.

    "openai/gpt-5-mini thinks before it answers (about 400 tokens a call): several choices go into one call, a run takes
    about 12 calls and 4 minutes; it is asked without a temperature."
    """
    if profile.small:
        return ""
    if not is_learned:
        return (
            f"What {profile.name} takes is found out by a few short calls before its first use; until then a run is "
            "reckoned as with a model that answers at once."
        )
    said = f"{profile.name} {_answers(profile, habits)}"
    if calls:
        said += f", a run takes about {calls:,} calls and {_minutes(minutes)}"
    lacking = _lacking(habits)
    return f"{said}; it is asked without {lacking}." if lacking else f"{said}."


def _answers(profile: ModelProfile, habits: Habits) -> str:
    thinks = f"thinks before it answers (about {habits.thought_tokens:,} tokens a call)"
    if profile.judging == "stacked":
        how = thinks if habits.thinks else "answers at once"
        return f"{how}: several choices go into one call"
    if habits.thinks:
        return f"{thinks}, and each choice is asked about apart, which takes many calls (MODEL_JUDGING)"
    if profile.judging == "reasoned":
        return "answers at once: each choice is judged by reasoning in writing"
    if habits.top_logprobs:
        return "answers at once and tells how likely each answer is: a choice is judged by one token"
    return "answers at once but tells no probabilities: a choice is judged by the letter it writes"


def _lacking(habits: Habits) -> str:
    """What it does not take, as far as that is worth a word."""
    lacking = [] if habits.schema == "json_schema" else ["a JSON schema"]
    lacking += [] if habits.seed else ["a seed (so two runs may differ)"]
    lacking += [] if habits.temperature else ["a temperature"]
    lacking += [] if habits.system_role else ["a system message"]
    if len(lacking) < 2:
        return "".join(lacking)
    return f"{', '.join(lacking[:-1])} and {lacking[-1]}"


def _minutes(minutes: float) -> str:
    if minutes < 1.5:
        return "a minute"
    return f"{round(minutes)} minutes" if minutes < 90 else f"{round(minutes / 60)} hours"
